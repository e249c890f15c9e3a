"""The stage `verify`: what policies let through, on real output and on small policies."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.check_case import KEDA, workers
from tests.unit.small_tree import MALARIA, Specs, sources

from modelops.manifests import (
    Component,
    EnvironmentManifests,
    Given,
    Manifests,
    Unit,
)
from modelops.pipeline import judge
from modelops.verify import verify
from modelops.verify.flows import End, Port, policies, way_in, way_out
from modelops.verify.placement import place

WORKSPACES: tuple[Specs, ...] = (
    {MALARIA: "{}"},
    {**KEDA, **workers("processes: 5, autoscaling: {max: 4}")},
    {MALARIA: "secrets: {web: {generate: [cookie]}}\nbundles: {source: file}"},
)


def rendered(specs: Specs) -> Manifests:
    """What the compiler makes of a workspace."""
    manifests = judge(sources(specs)).value
    assert manifests is not None
    return manifests


def without(manifests: Manifests, policy: str) -> Manifests:
    """The same without the policies of this name."""
    (environment,) = manifests.environments
    units = tuple(
        replace(
            unit,
            components=tuple(
                replace(
                    component,
                    objects=tuple(
                        body
                        for body in component.objects
                        if (body["kind"], body["metadata"]["name"]) != ("NetworkPolicy", policy)
                    ),
                )
                for component in unit.components
            ),
        )
        for unit in environment.units
    )
    return Manifests((replace(environment, units=units),))


@pytest.mark.parametrize("specs", WORKSPACES)
def test_what_is_rendered_lets_every_flow_through(specs: Specs) -> None:
    assert verify(rendered(specs)).diagnostics == ()


@pytest.mark.parametrize("specs", WORKSPACES)
@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("default-deny", "NET001"),
        ("allow-dns", "NET002"),
        ("dask-scheduler", "NET002"),
        ("dask-worker", "NET002"),
    ],
)
def test_each_policy_of_a_workspace_is_needed(specs: Specs, policy: str, code: str) -> None:
    found = verify(without(rendered(specs), policy)).diagnostics
    assert {one.rule.code for one in found} == {code}


# --- one policy at a time ------------------------------------------------------------------------

A, B = End("one", {"app": "a"}), End("two", {"app": "b"})
AT_80 = Port(80)


def lets(spec: dict[str, Any], port: Port = AT_80) -> tuple[bool, bool]:
    """Whether A in `one`, which has the policy, may connect to B in `two`, and B to A."""
    bodies: list[dict[str, Any]] = [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "two", "labels": {"t": "x"}},
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "p", "namespace": "one"},
            "spec": {"podSelector": {}, **spec},
        },
    ]
    unit = Unit("dev/one", "environments/dev/one.yaml", (Component("a.yaml", tuple(bodies)),))
    made = EnvironmentManifests("dev", "e.yaml", "1.35", (unit,), Given(frozenset()))
    (environment,) = place(Manifests((made,))).environments
    known = policies(environment)
    return way_out(known, A, B).lets(port), way_in(known, B, A).lets(port)


ANY: dict[str, Any] = {"namespaceSelector": {}}
EGRESS = ["Egress"]


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ({"podSelector": {"matchLabels": {"app": "z"}}}, (True, True)),
        ({}, (True, False)),  # without types a policy is about ingress
        ({"policyTypes": EGRESS}, (False, True)),
        ({"egress": [{}]}, (True, False)),  # and about egress, where it has any
        ({"policyTypes": EGRESS, "egress": [{"to": [{"podSelector": {}}]}]}, (False, True)),
        ({"policyTypes": EGRESS, "egress": [{"to": [ANY]}]}, (True, True)),
        ({"ingress": [{"from": [ANY]}]}, (True, True)),
        (
            {"ingress": [{"from": [{**ANY, "podSelector": {"matchLabels": {"app": "c"}}}]}]},
            (True, False),
        ),
        (
            {"ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"t": "x"}}}]}]},
            (True, True),
        ),
        (
            {"ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"t": "y"}}}]}]},
            (True, False),
        ),
        (
            {
                "ingress": [
                    {
                        "from": [
                            {
                                "namespaceSelector": {
                                    "matchLabels": {"kubernetes.io/metadata.name": "two"}
                                }
                            }
                        ]
                    }
                ]
            },
            (True, True),
        ),
        ({"ingress": [{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]}, (True, False)),
        ({"ingress": [{"ports": [{"port": 80}]}]}, (True, True)),
        ({"ingress": [{"ports": [{"port": 81}]}]}, (True, False)),
        ({"ingress": [{"ports": [{"port": 79, "endPort": 81}]}]}, (True, True)),
        ({"ingress": [{"ports": [{"port": 70, "endPort": 79}]}]}, (True, False)),
        ({"ingress": [{"ports": [{"port": 80, "protocol": "UDP"}]}]}, (True, False)),
        ({"ingress": [{"ports": [{"protocol": "TCP"}]}]}, (True, True)),
        ({"ingress": [{"ports": [{"port": "http"}]}]}, (True, False)),
    ],
)
def test_a_policy_lets_through_what_it_says(
    spec: dict[str, Any], wanted: tuple[bool, bool]
) -> None:
    assert lets(spec) == wanted

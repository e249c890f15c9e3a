"""The stage `verify`: an environment without fault, and every way to break one thing in it.

`verify_cases/mutations.yaml` is the table: what is changed, and everything that is then found.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelops.diagnostics import Diagnostic, Severity, Tier
from modelops.manifests import (
    Component,
    EnvironmentManifests,
    Given,
    Identity,
    Manifests,
    Unit,
)
from modelops.provenance import start_of
from modelops.verify import verify
from modelops.verify.checks import CHECKS

CASES = Path(__file__).parent / "verify_cases"
GIVEN = Given(
    frozenset(
        {
            Identity("", "Namespace", "", "monitoring"),
            Identity("", "Secret", "malaria", "pull"),
            Identity("external-secrets.io", "ClusterSecretStore", "", "vault"),
            Identity("storage.k8s.io", "StorageClass", "", "managed-csi"),
        }
    )
)

Tree = dict[str, dict[str, list[dict[str, Any]]]]
Case = Mapping[str, Any]


GOOD = json.dumps(yaml.safe_load((CASES / "environment.yaml").read_text(encoding="utf-8")))


def tree() -> Tree:
    """The good environment, fresh; nothing in it is shared."""
    loaded: Tree = json.loads(GOOD)
    return loaded


def manifests(units: Tree, kubernetes: str = "1.35", name: str = "dev") -> Manifests:
    return Manifests((environment(units, kubernetes, name),))


def environment(units: Tree, kubernetes: str = "1.35", name: str = "dev") -> EnvironmentManifests:
    made = tuple(
        Unit(
            unit,
            f"environments/{unit}.yaml",
            tuple(Component(file, tuple(files[file])) for file in sorted(files)),
        )
        for unit, files in sorted(units.items())
    )
    source = f"environments/{name}/environment.yaml"
    return EnvironmentManifests(name, source, kubernetes, made, GIVEN)


def body(units: Tree, which: str) -> dict[str, Any]:
    (found,) = (
        body
        for files in units.values()
        for bodies in files.values()
        for body in bodies
        if f"{body['kind']}/{body['metadata']['name']}" == which
    )
    return found


def changed(case: Case) -> Tree:
    """The good environment with the one change of a case."""
    units = tree()
    *steps, last = (step.replace("~1", "/") for step in case["at"].split("/")[1:])
    node: Any = body(units, case["in"])
    for step in steps:
        node = node[int(step) if isinstance(node, list) else step]
    if last == "-":
        node.append(case["set"])
    elif "set" in case:
        value = "x" * 2**20 if case["set"] == "LONG" else case["set"]
        node[int(last) if isinstance(node, list) else last] = value
    else:
        del node[int(last) if isinstance(node, list) else last]
    return units


def said(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    """Code and message without the file, which `test_a_finding_says_where` is about."""
    return [f"{found.rule.code} {found.message.partition(': ')[2]}" for found in diagnostics]


MUTATIONS: dict[str, list[Case]] = yaml.safe_load(
    (CASES / "mutations.yaml").read_text(encoding="utf-8")
)


def test_what_is_right_leaves_as_it_came() -> None:
    right = manifests(tree())
    outcome = verify(right)
    assert outcome.diagnostics == ()
    assert outcome.value is right


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{check}-{case['in']}{case['at']}-{number}")
        for check, cases in MUTATIONS.items()
        for number, case in enumerate(cases)
    ],
)
def test_one_change_is_found_for_what_it_is(case: Case) -> None:
    outcome = verify(manifests(changed(case)))
    assert sorted(said(outcome.diagnostics)) == sorted(case["find"])
    assert (outcome.value is None) == any(one.is_error for one in outcome.diagnostics)


RAISED = {"AVL006", "GIT005", "NET001", "SEC012"}
"""What only production refuses."""


@pytest.mark.parametrize(
    "check",
    [
        "careless_kustomization",
        "missing_probe",
        "needless_api_access",
        "undenied_namespace",
        "unprotected_data",
    ],
)
@pytest.mark.parametrize("tier", Tier)
def test_only_production_refuses_what_harms_it_alone(check: str, tier: Tier) -> None:
    wanted = Severity.ERROR if tier is Tier.PRODUCTION else Severity.WARNING
    for case in MUTATIONS[check]:
        (made,) = manifests(changed(case)).environments
        outcome = verify(Manifests((replace(made, tier=tier),)))
        found = [one for one in outcome.diagnostics if one.rule.code in RAISED]
        assert {one.severity for one in found} <= {wanted}
        assert (outcome.value is None) == outcome.failed


def test_a_writable_root_is_a_lesser_breach() -> None:
    units = tree()
    context = body(units, "Deployment/worker")["spec"]["template"]["spec"]["containers"][0]
    context["securityContext"]["readOnlyRootFilesystem"] = False
    (made,) = manifests(units).environments
    found = {tier: verify(Manifests((replace(made, tier=tier),))).diagnostics for tier in Tier}
    assert {tier: [one.severity for one in said] for tier, said in found.items()} == {
        Tier.DEVELOPMENT: [Severity.WARNING],
        Tier.STAGING: [Severity.WARNING],
        Tier.PRODUCTION: [Severity.ERROR],
    }


def test_every_check_has_cases_and_every_case_a_check() -> None:
    named = [check.__name__ for check in CHECKS]
    failing = {check for check, cases in MUTATIONS.items() if any(case["find"] for case in cases)}
    assert failing == set(named)
    assert len(set(named)) == len(named)


def test_a_finding_says_where() -> None:
    units = tree()
    body(units, "Deployment/worker")["spec"]["template"]["spec"]["hostPID"] = True
    (found,) = verify(manifests(units)).diagnostics
    assert found.message.startswith(
        "generated/dev/workspaces/malaria/workers.yaml: Deployment worker in malaria: spec."
    )
    assert found.at == start_of("environments/dev/workspaces/malaria.yaml")
    assert found.help


def test_every_finding_has_a_remedy_and_repeats_no_document() -> None:
    for cases in MUTATIONS.values():
        for case in cases:
            for found in verify(manifests(changed(case))).diagnostics:
                assert found.help, found.message
                assert len(found.message) < 400, found.message


def test_everything_is_found_at_once() -> None:
    units = tree()
    body(units, "Deployment/worker")["spec"]["template"]["spec"]["hostPID"] = True
    body(units, "Service/scheduler")["spec"]["selector"]["component"] = "none"
    body(units, "Namespace/malaria")["metadata"]["labels"] = {"a": "b"}
    del body(units, "Kustomization/dev-malaria")["spec"]["prune"]
    assert len(verify(manifests(units)).diagnostics) == 4


@pytest.mark.parametrize("shape", [None, 5, "text", [], [5], {}, {"a": 5}])
@pytest.mark.parametrize("key", ["metadata", "spec", "apiVersion", "kind", "roleRef", "subjects"])
def test_an_object_of_any_shape_is_judged_without_a_crash(key: str, shape: object) -> None:
    units = tree()
    for files in units.values():
        for bodies in files.values():
            for each in bodies:
                each[key] = deepcopy(shape)
    assert verify(manifests(units)).failed


def test_a_namespace_must_come_before_what_is_in_it() -> None:
    units = tree()
    units["dev/platform"]["late.yaml"] = [units["dev/workspaces/malaria"]["config.yaml"].pop(0)]
    (found,) = said(verify(manifests(units)).diagnostics)
    assert found == (
        "GIT003 ConfigMap runtime in malaria: metadata.namespace: the Namespace comes from"
        " dev/workspaces/malaria, which dev/platform does not depend on"
    )


def test_a_given_namespace_is_there_whoever_else_makes_it() -> None:
    units = tree()
    namespace = body(units, "Namespace/malaria")
    late = namespace | {"metadata": namespace["metadata"] | {"name": "monitoring"}}
    units["dev/workspaces/malaria"]["namespace.yaml"].append(late)
    quota = body(units, "ResourceQuota/quota")
    units["dev/platform"]["quota.yaml"] = [
        quota | {"metadata": {"name": "quota", "namespace": "monitoring"}}
    ]
    assert verify(manifests(units)).diagnostics == ()


def test_dependencies_count_through_others() -> None:
    units = tree()
    quota = body(units, "ResourceQuota/quota")
    units["dev/workspaces/malaria"]["namespace.yaml"].remove(quota)
    units["dev/after"] = {
        "quota.yaml": [quota | {"metadata": {"name": "q", "namespace": "shared"}}]
    }
    after = deepcopy(body(units, "Kustomization/dev-malaria"))
    after["metadata"]["name"] = "dev-after"
    after["spec"]["path"] = "./generated/dev/after"
    after["spec"]["dependsOn"] = [{"name": "dev-malaria"}]
    units["dev/flux"]["after.yaml"] = [after]
    assert verify(manifests(units)).diagnostics == ()
    after["spec"]["dependsOn"] = []
    (found,) = said(verify(manifests(units)).diagnostics)
    assert found == (
        "GIT003 ResourceQuota q in shared: metadata.namespace: the Namespace comes from"
        " dev/platform, which dev/after does not depend on"
    )


def test_environments_may_be_on_two_clusters_and_differ() -> None:
    def with_class(name: str, value: int) -> EnvironmentManifests:
        made = {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": "batch"},
            "value": value,
        }
        return environment({f"{name}/platform": {"classes.yaml": [made]}}, name=name)

    different = Manifests((with_class("dev", 1), with_class("prod", 2)))
    assert verify(different).diagnostics == ()


def test_references_stay_within_an_environment() -> None:
    units = tree()
    classes = {"prod/platform": units.pop("dev/platform")}
    both = Manifests((environment(units), environment(classes, name="prod")))
    found = said(verify(both).diagnostics)
    claim = "PersistentVolumeClaim results in malaria: spec.storageClassName"
    assert f"VER002 {claim}: there is no StorageClass dev-retain" in found

"""The stage `render`: network policies."""

from dataclasses import replace

import pytest
from tests.unit.rendering import HTTPS, WORKSPACE_PLAN, found, planned

from modelops.planned import Entity, EntityPolicyPlan, Flow, PodsPeer, PolicyPlan
from modelops.render import render


def test_an_empty_direction_denies_all_of_it() -> None:
    assert found("NetworkPolicy", "default-deny")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }


def test_a_direction_that_is_not_spoken_of_is_not_named() -> None:
    assert found("NetworkPolicy", "allow-dns")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {
                            "matchLabels": {"kubernetes.io/metadata.name": "kube-system"}
                        },
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    },
                    {"ipBlock": {"cidr": "169.254.20.10/32"}},
                ],
                "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
            }
        ],
    }


def test_a_namespace_peer_without_labels_is_the_whole_namespace() -> None:
    (rule,) = found("NetworkPolicy", "monitoring")["spec"]["ingress"]
    assert rule["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "metrics"}}}
    ]


def test_flows_name_both_ends_and_ranges_of_numbers() -> None:
    spec = found("NetworkPolicy", "dask-worker")["spec"]
    assert [peer["podSelector"]["matchLabels"] for peer in spec["ingress"][0]["from"]] == [
        {"app.kubernetes.io/name": "dask", "app.kubernetes.io/component": "scheduler"},
        {"app.kubernetes.io/name": "dask", "app.kubernetes.io/component": "worker"},
    ]
    assert spec["ingress"][0]["ports"] == [
        {"protocol": "TCP", "port": 9000, "endPort": 9002},
        {"protocol": "TCP", "port": 9100, "endPort": 9102},
    ]
    assert spec["egress"][1]["to"] == [
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "169.254.0.0/16"]}}
    ]


@pytest.mark.parametrize("flow", [Flow((), HTTPS), Flow((PodsPeer("worker"),), ())])
def test_a_flow_that_would_allow_everything_is_refused(flow: Flow) -> None:
    policy = PolicyPlan("open", "worker", None, (flow,))
    with pytest.raises(ValueError, match="would allow all"):
        render(planned(replace(WORKSPACE_PLAN, policies=(policy,))))


def test_an_entity_policy_without_ports_is_refused() -> None:
    policy = EntityPolicyPlan("open", "", Entity.HOST, (), ())
    with pytest.raises(ValueError, match="would allow all"):
        render(planned(replace(WORKSPACE_PLAN, entity_policies=(policy,))))


def test_cilium_s_policies_follow_the_others() -> None:
    ports = [
        {"ports": [{"port": "53", "protocol": "UDP"}, {"port": "53", "protocol": "TCP"}]},
    ]
    assert found("CiliumNetworkPolicy", "allow-local-dns")["spec"] == {
        "endpointSelector": {},
        "egress": [
            {"toEntities": ["host"], "toPorts": ports},
            {"toCIDR": ["169.254.10.0/24"], "toPorts": ports},
        ],
    }
    spec = found("CiliumNetworkPolicy", "api-server")["spec"]
    assert spec["endpointSelector"]["matchLabels"]["app.kubernetes.io/component"] == (
        "secret-bootstrap"
    )
    assert [list(rule) for rule in spec["egress"]] == [["toEntities", "toPorts"]]

"""The stage `plan`: exactly the network flows that a workspace needs."""

from collections.abc import Iterator

import pytest
from tests.unit.small_tree import MALARIA, POOLS, dev, environment, malaria

from modelops.planned import (
    AddressPeer,
    AllowedPorts,
    Entity,
    EntityPolicyPlan,
    Flow,
    NamespacePeer,
    Peer,
    PodsPeer,
    PolicyPlan,
    PortRange,
    Protocol,
    WorkspacePlan,
)

Row = tuple[str, str, str, str]
"""Component ("*" for every pod), direction, peer and port."""

OUTSIDE = "0.0.0.0/0 - 10.0.0.0/8 - 172.16.0.0/12 - 192.168.0.0/16 - 169.254.0.0/16"
ANYWHERE = "0.0.0.0/0"
GENERIC_POOLS = "pools: {cpu: {allocatable: {cpu: 8, memory: 32Gi}}}"
SECRET = "secrets: {web: {generate: [cookie]}}"  # noqa: S105 -- a declaration, not a password


def flows(workspace: WorkspacePlan) -> set[Row]:
    rows = [row for policy in workspace.policies for row in _rows(policy)]
    assert len(rows) == len(set(rows)), "a flow is allowed twice"
    return set(rows)


def _rows(policy: PolicyPlan) -> Iterator[Row]:
    for direction, allowed in (("in", policy.ingress), ("out", policy.egress)):
        for flow in allowed or ():
            for peer in flow.peers:
                for ports in flow.ports:
                    yield policy.component or "*", direction, _peer(peer), _ports(ports)


def _peer(peer: Peer) -> str:
    match peer:
        case PodsPeer(component):
            return component
        case NamespacePeer(namespace, labels):
            return " ".join((namespace, *(f"{key}={value}" for key, value in labels.items())))
        case AddressPeer(cidr, excluded):
            return " - ".join((cidr, *excluded))


def _ports(allowed: AllowedPorts) -> str:
    first, last = allowed.ports.first, allowed.ports.last
    span = str(first) if first == last else f"{first}-{last}"
    return f"{allowed.protocol} {span}"


DNS: set[Row] = {
    ("*", "out", peer, f"{protocol} 53")
    for protocol in ("UDP", "TCP")
    for peer in (
        "kube-system k8s-app=kube-dns",
        "kube-system k8s-app=node-local-dns",
        "169.254.10.0/24",
        "169.254.20.10/32",
    )
}
DASK: set[Row] = {
    ("scheduler", "in", "worker", "TCP 8786"),
    ("scheduler", "out", "worker", "TCP 9000-9001"),
    ("scheduler", "out", "worker", "TCP 9100-9101"),
    ("worker", "in", "scheduler", "TCP 9000-9001"),
    ("worker", "in", "scheduler", "TCP 9100-9101"),
    ("worker", "in", "worker", "TCP 9000-9001"),
    ("worker", "in", "worker", "TCP 9100-9101"),
    ("worker", "out", "scheduler", "TCP 8786"),
    ("worker", "out", "worker", "TCP 9000-9001"),
    ("worker", "out", "worker", "TCP 9100-9101"),
}
BUNDLES: set[Row] = {("worker", "out", OUTSIDE, "TCP 443")}
DEFAULT = DNS | DASK | BUNDLES


def test_a_workspace_reaches_its_parts_its_names_and_its_bundles() -> None:
    assert flows(malaria()) == DEFAULT


def test_each_flow_between_our_pods_has_both_halves() -> None:
    rows = {row for row in flows(malaria()) if row[2] in ("scheduler", "worker")}
    ingress = {(peer, component, port) for component, way, peer, port in rows if way == "in"}
    egress = {(component, peer, port) for component, way, peer, port in rows if way == "out"}
    assert ingress == egress != set()


def test_everything_else_is_denied_both_ways() -> None:
    (deny,) = (one for one in malaria().policies if one.name == "default-deny")
    assert deny == PolicyPlan("default-deny", "", (), ())


def test_dns_is_every_pod_s_and_says_nothing_of_ingress() -> None:
    (dns,) = (one for one in malaria().policies if one.name == "allow-dns")
    assert (dns.component, dns.ingress) == ("", None)


def test_policies_are_sorted_and_named_once() -> None:
    spec = f"{SECRET}\nnetwork: {{egress: {{z: {{cidr: 10.0.0.0/8}}, a: {{cidr: 11.0.0.0/8}}}}}}"
    names = [one.name for one in malaria(spec).policies]
    assert names == [
        "allow-dns",
        "dask-scheduler",
        "dask-worker",
        "default-deny",
        "egress-a",
        "egress-z",
        "secret-bootstrap",
    ]


def test_one_process_has_one_port() -> None:
    rows = flows(malaria("workers: {processes: 1}"))
    assert ("worker", "in", "scheduler", "TCP 9000") in rows
    assert ("worker", "in", "scheduler", "TCP 9100") in rows
    assert rows.isdisjoint(DASK - {row for row in DASK if row[3] == "TCP 8786"})


# --- who reads numbers from outside --------------------------------------------------------------


@pytest.mark.parametrize(("provider", "namespace"), [("aks", "kube-system"), ("generic", "keda")])
def test_keda_may_ask_the_scheduler(provider: str, namespace: str) -> None:
    pools = GENERIC_POOLS if provider == "generic" else POOLS
    dev_spec = environment(
        f"provider: {provider}", "features: {keda: true, networkPolicy: calico}", pools=pools
    )
    keda = ("scheduler", "in", f"{namespace} app=keda-operator", "TCP 8787")
    assert flows(malaria("workers: {autoscaling: {max: 3}}", dev_spec)) == DEFAULT | {keda}


@pytest.mark.parametrize("workers", ["{replicas: 3}", "{autoscaling: {mode: cpu, max: 3}}"])
def test_keda_may_ask_only_where_it_scales(workers: str) -> None:
    dev_spec = environment("features: {keda: true, networkPolicy: calico}")
    assert flows(malaria(f"workers: {workers}", dev_spec)) == DEFAULT


def test_monitoring_may_scrape_both_parts() -> None:
    dev_spec = environment("monitoring: {namespace: metrics}")
    assert flows(malaria(dev_spec=dev_spec)) == DEFAULT | {
        ("scheduler", "in", "metrics", "TCP 8787"),
        ("worker", "in", "metrics", "TCP 8790"),
    }


# --- bundles -------------------------------------------------------------------------------------


def test_bundles_of_the_image_need_no_registry() -> None:
    assert flows(malaria("bundles: {source: file}")) == DNS | DASK


@pytest.mark.parametrize(
    ("registry", "port"),
    [
        ("ghcr.io", 443),
        ("ghcr.io/epi/bundles", 443),
        ("registry.local:5000", 5000),
        ("registry.local:5000/epi/bundles", 5000),
        ("registry:5000", 5000),
        ("localhost:80/x", 80),
        ("registry.local:443", 443),
        ("registry.local:65535", 65535),
        ("registry.local/epi.5000/x", 443),
    ],
)
def test_the_port_of_a_registry_is_opened_instead_of_443(registry: str, port: int) -> None:
    rows = flows(malaria(f"bundles: {{registry: '{registry}'}}"))
    assert rows == DNS | DASK | {("worker", "out", OUTSIDE, f"TCP {port}")}


def test_the_environment_s_registry_is_the_bundles_too() -> None:
    rest = "registry: {prefix: 'registry.local:5000/epi'}"
    rows = flows(malaria(dev_spec=environment(rest=rest)))
    assert rows == DNS | DASK | {("worker", "out", OUTSIDE, "TCP 5000")}


# --- what a person declares ----------------------------------------------------------------------


def test_declared_egress_is_allowed_to_every_pod_and_to_nothing_else() -> None:
    spec = """\
network:
  egress:
    internal-api: {cidr: 10.1.0.0/16}
    database: {cidr: 10.2.3.4/32, ports: [5432, 443, 5432]}
"""
    assert flows(malaria(spec)) == DEFAULT | {
        ("*", "out", "10.1.0.0/16", "TCP 443"),
        ("*", "out", "10.2.3.4/32", "TCP 5432"),
        ("*", "out", "10.2.3.4/32", "TCP 443"),
    }


def test_a_declared_name_may_be_as_long_as_kubernetes_lets_it() -> None:
    name = ".".join(["a" * 62] * 4)  # 251 characters, 258 with ours
    policies = malaria(f"network: {{egress: {{{name}: {{cidr: 10.0.0.0/8}}}}}}").policies
    (policy,) = (one for one in policies if one.name.startswith("egress-"))
    assert len(policy.name) <= 253


# --- the bootstrap Job ---------------------------------------------------------------------------

PORT_443 = (AllowedPorts(PortRange(443, 443)),)
PORTS_OF_ANY = (AllowedPorts(PortRange(443, 443)), AllowedPorts(PortRange(6443, 6443)))


@pytest.mark.parametrize("engine", ["calico", "azure", "null"])
def test_the_job_reaches_the_api_server_by_address(engine: str) -> None:
    dev_spec = environment(f"features: {{networkPolicy: {engine}}}")
    workspace = malaria(SECRET, dev_spec)
    assert flows(workspace) == DEFAULT | {("secret-bootstrap", "out", ANYWHERE, "TCP 443")}
    assert workspace.entity_policies == ()


def test_the_job_reaches_the_api_server_by_name_with_cilium() -> None:
    workspace = malaria(SECRET, environment("features: {networkPolicy: cilium}"))
    assert flows(workspace) == DEFAULT
    assert workspace.entity_policies == (
        EntityPolicyPlan(
            "secret-bootstrap-api-server", "secret-bootstrap", Entity.API_SERVER, (), PORT_443
        ),
    )


def test_an_api_server_elsewhere_may_listen_at_6443() -> None:
    provider = "provider: generic"
    by_address = malaria(SECRET, environment(provider, pools=GENERIC_POOLS))
    assert flows(by_address) - DEFAULT == {
        ("secret-bootstrap", "out", ANYWHERE, "TCP 443"),
        ("secret-bootstrap", "out", ANYWHERE, "TCP 6443"),
    }
    cilium = environment(provider, "features: {networkPolicy: cilium}", pools=GENERIC_POOLS)
    (by_name,) = malaria(SECRET, cilium).entity_policies
    assert by_name.ports == PORTS_OF_ANY


@pytest.mark.parametrize("features", ["{}", "{networkPolicy: cilium}"])
def test_without_a_job_nobody_reaches_the_api_server(features: str) -> None:
    workspace = malaria("secrets: {web: {existing: true}}", environment(f"features: {features}"))
    assert flows(workspace) == DEFAULT
    assert workspace.entity_policies == ()


# --- LocalDNS ------------------------------------------------------------------------------------


def test_dns_on_the_node_needs_an_entity_policy() -> None:
    dev_spec = environment("features: {localDns: true, networkPolicy: cilium}")
    workspace = malaria(dev_spec=dev_spec)
    assert flows(workspace) == DEFAULT
    ports = tuple(
        AllowedPorts(PortRange(53, 53), protocol) for protocol in (Protocol.UDP, Protocol.TCP)
    )
    assert workspace.entity_policies == (
        EntityPolicyPlan("allow-local-dns", "", Entity.HOST, ("169.254.10.0/24",), ports),
    )


# --- no flow is open -----------------------------------------------------------------------------


def test_no_flow_lacks_a_peer_or_a_port() -> None:
    """Either would allow everything."""
    dev_spec = environment(
        "features: {keda: true, networkPolicy: calico}", "monitoring: {namespace: metrics}"
    )
    spec = f"""\
{SECRET}
workers: {{autoscaling: {{max: 3}}}}
network: {{egress: {{a: {{cidr: 10.0.0.0/8}}}}}}
"""
    for workspace in dev({MALARIA: spec, "environments/dev/environment.yaml": dev_spec}).workspaces:
        for policy in workspace.policies:
            for flow in (*(policy.ingress or ()), *(policy.egress or ())):
                assert isinstance(flow, Flow)
                assert flow.peers
                assert flow.ports

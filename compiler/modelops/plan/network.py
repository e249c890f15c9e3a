"""The network flows of a workspace as values: everything is denied but what stands here.

The policies are exact: each names both ends and the ports. What crosses namespaces needs both
halves, each in its own namespace. Source: Kubernetes' NetworkPolicy and Cilium's documentation.
"""

from collections.abc import Iterator

from modelops import names
from modelops.model.workspace import AutoscalingMode, BlobResults, BundleSource
from modelops.plan import flows, workload_network
from modelops.plan.facts import providers
from modelops.plan.flows import at_port
from modelops.plan.images import HTTPS_PORT, bundle_registry, registry_port
from modelops.plan.scope import Scope
from modelops.planned import (
    AddressPeer,
    AllowedPorts,
    EntityPolicyPlan,
    Flow,
    NamespacePeer,
    PodsPeer,
    PolicyPlan,
    PortRange,
    SchedulerPlan,
    SecretsPlan,
    WorkersPlan,
)
from modelops.provenance import carried, derived


def policies(
    scope: Scope, scheduler: SchedulerPlan, workers: WorkersPlan, secrets: SecretsPlan
) -> tuple[PolicyPlan, ...]:
    """Every NetworkPolicy of the workspace's namespace, sorted by name."""
    return tuple(
        sorted(
            (
                *flows.closed(),
                _scheduler(scope, scheduler, workers),
                _workers(scope, scheduler, workers),
                *_declared(scope),
                *workload_network.of_components(scope),
                *flows.bootstrap(scope, secrets, names.DASK),
            ),
            key=lambda policy: policy.name,
        )
    )


def entity_policies(scope: Scope, secrets: SecretsPlan) -> tuple[EntityPolicyPlan, ...]:
    """What needs Cilium's own policies: DNS on the node itself, and the API server by name."""
    return (*flows.local_dns(scope), *flows.named_bootstrap(scope, secrets, names.DASK))


def _worker_ports(workers: WorkersPlan) -> tuple[AllowedPorts, ...]:
    return (AllowedPorts(workers.worker_ports), AllowedPorts(workers.nanny_ports))


def _scheduler(scope: Scope, scheduler: SchedulerPlan, workers: WorkersPlan) -> PolicyPlan:
    component = scheduler.pod.component
    to_workers = Flow((PodsPeer(workers.pod.component),), _worker_ports(workers))
    ingress = (
        Flow((PodsPeer(workers.pod.component),), at_port(scheduler.comm_port)),
        *_counts_reader(scope, scheduler),
        *flows.scraper(scope, scheduler.dashboard_port),
    )
    return PolicyPlan(scheduler.name, component, ingress, (to_workers,))


def _counts_reader(scope: Scope, scheduler: SchedulerPlan) -> Iterator[Flow]:
    autoscaling = scope.spec.workers.autoscaling
    if autoscaling is not None and autoscaling.mode == AutoscalingMode.QUEUE:
        provider = scope.cluster.provider
        home = providers.KEDA_NAMESPACE[provider]
        namespace = derived("where the provider runs KEDA", home, autoscaling.mode, provider)
        keda = NamespacePeer(namespace, providers.KEDA_POD_LABELS)
        yield Flow((keda,), at_port(scheduler.dashboard_port))


def _workers(scope: Scope, scheduler: SchedulerPlan, workers: WorkersPlan) -> PolicyPlan:
    component = workers.pod.component
    ours = (PodsPeer(scheduler.pod.component), PodsPeer(component))
    return PolicyPlan(
        workers.name,
        component,
        ingress=(
            Flow(ours, _worker_ports(workers)),
            *flows.scraper(scope, workers.metrics_port),
        ),
        egress=(
            Flow((PodsPeer(scheduler.pod.component),), at_port(scheduler.comm_port)),
            Flow((PodsPeer(component),), _worker_ports(workers)),
            *_outside(scope),
        ),
    )


def _outside(scope: Scope) -> Iterator[Flow]:
    """What lies outside the cluster; private addresses need `network.egress`."""
    reached = tuple(_listeners(scope))
    for port in sorted({int(each) for each in reached}):
        yield flows.outside(carried(port, *(each for each in reached if each == port)))


def _listeners(scope: Scope) -> Iterator[int]:
    """The ports of what bundles come from, and of what results go to."""
    bundles, results = scope.spec.bundles, scope.spec.results
    if bundles.source == BundleSource.OCI:
        registry = bundle_registry(scope)
        port = registry_port(registry)
        yield derived("the port of the bundle registry", port, registry, bundles.source)
    if isinstance(results, BlobResults):
        yield derived(
            "HTTPS: the storage account, and who lets pods log in", HTTPS_PORT, results.kind
        )


def _declared(scope: Scope) -> Iterator[PolicyPlan]:
    for name, egress in sorted(scope.spec.network.egress.items()):
        ports = tuple(AllowedPorts(PortRange(port, port)) for port in sorted(set(egress.ports)))
        flow = Flow((AddressPeer(egress.cidr),), ports)
        fitted = carried(names.fitted(f"egress-{name}", names.SUBDOMAIN_LIMIT), name)
        yield PolicyPlan(fitted, "", None, (flow,))

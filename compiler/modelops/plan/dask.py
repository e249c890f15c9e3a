"""The Dask plane of a workspace: scheduler, workers, their environment and volumes."""

from collections.abc import Iterator, Mapping

from modelops import names
from modelops.model.workspace import (
    BlobResults,
    BundleSource,
    EphemeralResults,
    Results,
    Scheduler,
    VolumeResults,
    Workers,
    WorkspaceSpec,
)
from modelops.plan import resources
from modelops.plan.identities import Purpose, blob_endpoint, client_id
from modelops.plan.images import PULL_ENTRY, planned_image, pull_secrets
from modelops.plan.placement import placement
from modelops.plan.scope import Scope
from modelops.plan.uses import bindings, variables
from modelops.planned import (
    Amounts,
    ClaimPlan,
    ClaimVolume,
    ConfigPlan,
    ConfigVolume,
    PlainValue,
    PodPlan,
    PortRange,
    SchedulerPlan,
    ScratchVolume,
    SecretValue,
    SecretVolume,
    Variables,
    Volume,
    WorkersPlan,
)
from modelops.provenance import carried, derived

COMM_PORT = 8786
DASHBOARD_PORT = 8787
WORKER_PORT = 9000
NANNY_PORT = 9100
METRICS_PORT = 8790
"""Dask's defaults where it has any; workers' would be random, and policies need to know them."""

SCRATCH_DIRECTORY = "/tmp"  # noqa: S108 -- in the container, whose root is read-only
SPILL_DIRECTORY = "/dask-spill"
CONFIG_DIRECTORY = "/etc/modelops"
CONFIG_FILE = "runtime.json"
CACHE_DIRECTORY = "/var/cache/modelops"
RESULTS_DIRECTORY = "/var/lib/modelops/results"

SCHEDULER_GRACE = 30
AFTER_DRAIN = 30
"""Seconds for a drained worker to close its connections before SIGKILL."""

SCHEDULER_VARIABLES: Mapping[str, str] = {
    "HOME": SCRATCH_DIRECTORY,
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3",
    # Simulations run for minutes: Dask's half second would ask for far too few workers.
    "DASK_DISTRIBUTED__SCHEDULER__UNKNOWN_TASK_DURATION": "60s",
}
WORKER_VARIABLES: Mapping[str, str] = {
    "HOME": SCRATCH_DIRECTORY,
    "MALLOC_TRIM_THRESHOLD_": "65536",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""What a person may set otherwise."""

THRESHOLDS = ("target", "spill", "pause", "terminate")


def threshold_variable(threshold: str) -> str:
    """The variable that Dask reads a memory threshold from."""
    return f"DASK_DISTRIBUTED__WORKER__MEMORY__{threshold.upper()}"


SATURATION_VARIABLE = "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION"
CONFIG_VARIABLE = "MODELOPS_CONFIG"
LOGIN_VARIABLE = "DOCKER_CONFIG"
LOGIN_DIRECTORY = "/run/secrets/registry"
"""How clients of registries are told where their `config.json` is."""

ADDRESS_VARIABLE = "DASK_SCHEDULER_ADDRESS"
POD_NAME_VARIABLE = "POD_NAME"

FIELD_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "scheduler": {SATURATION_VARIABLE: "workers.saturation"},
    "workers": {
        CONFIG_VARIABLE: "executor, bundles and results",
        ADDRESS_VARIABLE: "the scheduler's own Service",
        POD_NAME_VARIABLE: "the pod's own name",
        **{threshold_variable(name): f"workers.memory.{name}" for name in THRESHOLDS},
    },
}
"""For each part the variables that follow from something else, and from what."""


def scheduler_address(namespace: str) -> str:
    """The address that workers and clients of every namespace connect to."""
    address = f"tcp://{names.service_host(names.SCHEDULER, namespace)}:{COMM_PORT}"
    return derived("the scheduler's Service in the workspace's namespace", address, namespace)


def counts_url(namespace: str) -> str:
    """Where the scheduler tells how many worker processes it wants."""
    host = names.service_host(names.SCHEDULER, namespace)
    url = f"http://{host}:{DASHBOARD_PORT}/json/counts.json"
    return derived("the scheduler's Service in the workspace's namespace", url, namespace)


def scheduler(scope: Scope) -> SchedulerPlan:
    """The scheduler, decided."""
    part = scope.spec.scheduler
    pod = _pod(
        scope,
        part,
        component="scheduler",
        amounts=resources.scheduler_amounts(part),
        variables=_variables(
            part,
            {**SCHEDULER_VARIABLES, SATURATION_VARIABLE: _number(scope.spec.workers.saturation)},
        ),
        volumes=(ScratchVolume("tmp", SCRATCH_DIRECTORY, resources.SCHEDULER_SCRATCH),),
    )
    address = scheduler_address(scope.namespace)
    return SchedulerPlan(names.SCHEDULER, pod, address, COMM_PORT, DASHBOARD_PORT)


def workers(scope: Scope, config: ConfigPlan) -> WorkersPlan:
    """The workers, decided."""
    part = scope.spec.workers
    pod = _pod(
        scope,
        part,
        component="worker",
        amounts=resources.worker_amounts(scope.spec),
        variables=_variables(
            part,
            {
                **WORKER_VARIABLES,
                **_services(scope),
                **_worker_settings(scope),
                **_registry_login(scope),
            },
        ),
        volumes=(*_worker_volumes(scope.spec, config), *_registry_credentials(scope)),
    )
    return WorkersPlan(
        name=names.WORKER,
        pod=pod,
        scheduler_address=scheduler_address(scope.namespace),
        scale=resources.scale(part, counts_url(scope.namespace)),
        processes=part.processes,
        threads=part.threads,
        memory_limit=resources.process_memory(part),
        worker_ports=_ports(WORKER_PORT, part.processes),
        nanny_ports=_ports(NANNY_PORT, part.processes),
        metrics_port=METRICS_PORT,
        spill_directory=SPILL_DIRECTORY,
        drain=resources.drain(scope.spec),
        results_address=_results_address(scope),
    )


def claims(scope: Scope) -> tuple[ClaimPlan, ...]:
    """The volumes that outlive pods."""
    results = scope.spec.results
    if not isinstance(results, VolumeResults):
        return ()
    return (ClaimPlan(names.RESULTS_CLAIM, scope.cluster.storage_classes.shared, results.size),)


def _pod(
    scope: Scope,
    part: Scheduler | Workers,
    *,
    component: str,
    amounts: Amounts,
    variables: Variables,
    volumes: tuple[Volume, ...],
) -> PodPlan:
    worker = isinstance(part, Workers)
    return PodPlan(
        component=component,
        service_account=names.WORKER if worker else names.SCHEDULER,
        priority_class=names.priority_class(
            scope.environment.name, "batch" if worker else "control"
        ),
        image=planned_image(scope, part.image),
        pull_secrets=pull_secrets(scope),
        placement=placement(part.pool, scope.cluster.pools[part.pool]),
        amounts=amounts,
        variables=variables,
        volumes=volumes,
        grace=_grace(scope.spec) if worker else SCHEDULER_GRACE,
        identity=_identity(scope) if worker else "",
    )


def _identity(scope: Scope) -> str:
    """Who the workers are to the storage account that takes their results."""
    in_container = isinstance(scope.spec.results, BlobResults)
    return client_id(scope, Purpose.RESULTS) if in_container else ""


def _results_address(scope: Scope) -> str:
    results = scope.spec.results
    if not isinstance(results, BlobResults):
        return ""
    return f"{blob_endpoint(scope).rstrip('/')}/{results.container}/{scope.workspace.name}"


def _grace(spec: WorkspaceSpec) -> int:
    drain = resources.drain(spec)
    return derived("drain + 30 s to close connections", drain + AFTER_DRAIN, drain)


def _ports(first: int, processes: int) -> PortRange:
    last = derived("one port for each process", first + processes - 1, processes)
    return PortRange(first, last)


def _variables(part: Scheduler | Workers, ours: Mapping[str, str]) -> Variables:
    """Ours, then the person's by name: moving a line in a file must not restart a pod."""
    written = {name: PlainValue(text) for name, text in sorted(part.env.items())}
    secret = {
        name: SecretValue(source.secret, source.key)
        for name, source in sorted(part.secret_env.items())
    }
    return {**{name: PlainValue(text) for name, text in ours.items()}, **written, **secret}


def _worker_settings(scope: Scope) -> dict[str, str]:
    memory = scope.spec.workers.memory
    shares = {"target": memory.target, "spill": memory.spill, "pause": memory.pause}
    return {
        ADDRESS_VARIABLE: scheduler_address(scope.namespace),
        CONFIG_VARIABLE: f"{CONFIG_DIRECTORY}/{CONFIG_FILE}",
        **{threshold_variable(name): _number(share) for name, share in shares.items()},
        threshold_variable("terminate"): _number(memory.terminate),
    }


def _registry_login(scope: Scope) -> dict[str, str]:
    """Where bundles' registries find how to log in."""
    return {LOGIN_VARIABLE: LOGIN_DIRECTORY} if any(_registry_credentials(scope)) else {}


def _registry_credentials(scope: Scope) -> Iterator[SecretVolume]:
    """What images are pulled with, for bundles too: the kubelet has it, and pods have not."""
    if scope.spec.bundles.source == BundleSource.OCI:
        for secret in pull_secrets(scope):
            yield SecretVolume(
                "registry", LOGIN_DIRECTORY, secret, only=(PULL_ENTRY, "config.json")
            )


def _services(scope: Scope) -> dict[str, str]:
    """Where the services are that the workspace uses."""
    found = variables(bindings(scope, scope.spec.uses))
    return {name: value.text for name, value in found.items()}


def _number(value: float) -> str:
    """As short as it was typed: 0.6, 1, inf."""
    return carried(f"{value:.10g}", value)


def _worker_volumes(spec: WorkspaceSpec, config: ConfigPlan) -> tuple[Volume, ...]:
    return (
        ScratchVolume("tmp", SCRATCH_DIRECTORY, resources.WORKER_SCRATCH),
        ScratchVolume("dask-spill", SPILL_DIRECTORY, spec.workers.spill),
        ScratchVolume("cache", CACHE_DIRECTORY, spec.bundles.cache),
        *_results_volume(spec.results),
        ConfigVolume("config", CONFIG_DIRECTORY, config.name),
    )


def _results_volume(results: Results) -> Iterator[Volume]:
    """None for results that go to a container: nothing of them stays on a disk."""
    match results:
        case EphemeralResults(size=size):
            yield ScratchVolume("results", RESULTS_DIRECTORY, size)
        case VolumeResults():
            yield ClaimVolume("results", RESULTS_DIRECTORY, names.RESULTS_CLAIM)

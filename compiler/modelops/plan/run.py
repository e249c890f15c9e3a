"""One run, decided: the parts put together."""

from collections.abc import Iterator
from dataclasses import dataclass

from modelops import names
from modelops.model.run import RunWorkers
from modelops.model.workspace import Quota
from modelops.plan import dask, run_network
from modelops.plan.images import planned_image, pull_secrets
from modelops.plan.placement import placement
from modelops.plan.pull_secret import pull_check
from modelops.plan.quota import Counted, bounds, quota
from modelops.plan.resources import GIB, LOGS
from modelops.plan.run_config import BUNDLE_REF, CONFIG_FILE, CONFIG_VARIABLE, run_config
from modelops.plan.scope import RunScope
from modelops.plan.secrets import Runner, generated_secrets, secrets
from modelops.plan.store import (
    OWN_PASSWORD,
    binding,
    identity,
    login,
    password,
    server,
)
from modelops.plan.store import generated as of_store
from modelops.plan.store_jobs import backup, connection, store_init
from modelops.plan.unit import pod_security
from modelops.plan.uses import ServiceBinding, bindings, variables, ways_in
from modelops.planned import (
    Amounts,
    BackupPlan,
    ClusterPlan,
    ConfigValue,
    ConfigVolume,
    DaskBinding,
    FieldValue,
    GeneratedSecret,
    NeighbourPolicy,
    PlainValue,
    PodPlan,
    PostgresBinding,
    PullCheckPlan,
    QuotaPlan,
    RunConfigPlan,
    RunPlan,
    RunWorkersPlan,
    ScratchVolume,
    SecretsPlan,
    SecretValue,
    ServerPlan,
    Stage,
    StoreInitPlan,
    Variables,
    Volume,
)
from modelops.provenance import carried, derived

COMMAND = ("python", "-m", "modelops_runtime", "adaptive-worker")

GRACE = 120
"""Seconds for a stopping worker to tell what it knows and to let go of the lead."""

SCRATCH = GIB
GRACE_VARIABLE = "MODELOPS_GRACE_SECONDS"
METRICS_PORT = 8791
"""Beside those of Dask."""

FORMULA = (
    "the workers twice, for those of a run that is started again wait for those that stop; the "
    "store, and the Jobs around it"
)


def run(scope: RunScope) -> RunPlan:
    """Everything about one run; its references have been checked."""
    plane, store, used = _plane(scope), binding(scope), bindings(scope, scope.spec.uses)
    config = run_config(scope, plane, store, OWN_PASSWORD)
    image, pool = scope.spec.workers.image, scope.spec.workers.pool
    decided_secrets = secrets(scope, Runner(image, pool, names.RUN), generated(scope))
    parts = _Parts(
        workers=_workers(scope, plane, store, config, used),
        bootstrap=decided_secrets.bootstrap.pod if decided_secrets.bootstrap else None,
        check=pull_check(scope, image, pool, names.RUN),
        store=server(scope),
        init=store_init(scope, store, config),
        backup=backup(scope, store),
    )
    return RunPlan(
        name=scope.unit.name,
        source=scope.unit.source,
        units=_units(scope, decided_secrets, parts),
        namespace=scope.namespace,
        labels=_labels(scope),
        pod_security=pod_security(scope),
        keep=bool(scope.spec.store.retain and (parts.store or parts.backup)),
        trials=scope.spec.trials,
        dask=plane,
        binding=store,
        config=config,
        accounts=_accounts(parts),
        secrets=decided_secrets,
        pull_check=parts.check,
        store=parts.store,
        store_init=parts.init,
        backup=parts.backup,
        workers=parts.workers,
        policies=run_network.policies(scope, plane, store, decided_secrets, used, METRICS_PORT),
        entity_policies=run_network.entity_policies(scope, decided_secrets),
        neighbours=(
            *run_network.workspace_policies(scope, plane),
            *_ways_into_services(scope, used),
        ),
        quota=_quota(parts),
        bounds=bounds(parts.pods()),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What runs in a run's namespace."""

    workers: RunWorkersPlan
    bootstrap: PodPlan | None
    check: PullCheckPlan | None
    store: ServerPlan | ClusterPlan | None
    init: StoreInitPlan | None
    backup: BackupPlan | None

    def own_pods(self) -> Iterator[PodPlan]:
        """Those whose accounts are the run's own."""
        yield self.workers.pod
        if isinstance(self.store, ServerPlan):
            yield self.store.pod
        if self.init:
            yield self.init.tables
        if self.backup:
            yield from (self.backup.backup, self.backup.restore)

    def pods(self) -> list[Counted]:
        """Every pod that there can be at once."""
        server = self.store.pod if self.store else None
        instances = self.store.instances if isinstance(self.store, ClusterPlan) else 1
        # One more than its instances: the operator's own Jobs make and join them.
        count = instances + 1 if isinstance(self.store, ClusterPlan) else 1
        jobs = (
            self.bootstrap,
            self.check.pod if self.check else None,
            self.init.tables if self.init else None,
            *((self.backup.backup, self.backup.restore) if self.backup else ()),
        )
        replicas = self.workers.replicas
        return [
            (self.workers.pod.amounts, derived("the workers twice", 2 * replicas, replicas)),
            *([(server.amounts, count)] if server else []),
            *((job.amounts, 1) for job in jobs if job),
        ]

    def claims(self) -> list[int]:
        """The sizes of all volumes."""
        instances = self.store.instances if isinstance(self.store, ClusterPlan) else 1
        own = [self.store.size] * instances if self.store else []
        return [*own, *([self.backup.claim.size] if self.backup else [])]


def _plane(scope: RunScope) -> DaskBinding:
    """Where simulations go; that the workspace exists has been checked."""
    namespace = names.workspace_namespace(scope.environment.name, scope.spec.workspace)
    address = dask.scheduler_address(namespace)
    return DaskBinding(address, namespace, "scheduler", dask.COMM_PORT)


def _accounts(parts: _Parts) -> tuple[PodPlan, ...]:
    """The pods whose accounts are the run's own; of those that share one, the first."""
    found: dict[str, PodPlan] = {}
    for pod in parts.own_pods():
        found.setdefault(pod.service_account, pod)
    return tuple(found.values())


def generated(scope: RunScope) -> tuple[GeneratedSecret, ...]:
    """The Secrets that get random values, the person's and the store's, by name."""
    made = (*generated_secrets(scope), *of_store(scope))
    return tuple(sorted(made, key=lambda secret: secret.name))


def _labels(scope: RunScope) -> dict[str, str]:
    return {
        **dict(sorted(scope.spec.labels.items())),
        "modelops.io/env": scope.environment.name,
        "modelops.io/kind": "run",
        "modelops.io/name": scope.unit.name,
        "modelops.io/workspace": scope.spec.workspace,
    }


def _units(scope: RunScope, decided: SecretsPlan, parts: _Parts) -> dict[Stage, str]:
    """The stages that have anything to apply."""
    there = {
        Stage.BASE: True,
        Stage.SECRETS: bool(decided.bootstrap or decided.passwords or decided.external),
        Stage.STORE: bool(parts.store or parts.backup),
        Stage.STORE_INIT: parts.init is not None,
        Stage.WORKERS: True,
    }
    return {
        stage: names.run_unit(scope.environment.name, scope.unit.name, stage)
        for stage, is_there in there.items()
        if is_there
    }


def _quota(parts: _Parts) -> QuotaPlan:
    return quota(Quota(), parts.pods(), parts.claims(), FORMULA)


def _ways_into_services(
    scope: RunScope, used: tuple[ServiceBinding, ...]
) -> Iterator[NeighbourPolicy]:
    user = carried(f"run-{scope.unit.name}", scope.unit.name)
    namespace = names.services_namespace(scope.environment.name)
    for policy in ways_in(used, user, run_network.workers_peer(scope)):
        yield NeighbourPolicy(namespace, policy)


# --- the workers ---------------------------------------------------------------------------------


def _workers(
    scope: RunScope,
    plane: DaskBinding,
    store: PostgresBinding | None,
    config: RunConfigPlan,
    used: tuple[ServiceBinding, ...],
) -> RunWorkersPlan:
    spec = scope.spec.workers
    pod = PodPlan(
        component=names.RUN_WORKER,
        service_account=names.RUN_WORKER,
        priority_class=names.priority_class(scope.environment.name, "batch"),
        image=planned_image(scope, spec.image),
        pull_secrets=pull_secrets(scope),
        placement=placement(spec.pool, scope.cluster.pools[spec.pool]),
        amounts=_amounts(spec),
        variables=_variables(scope, plane, store, config, used),
        volumes=_volumes(config, store),
        grace=GRACE,
        product=names.RUN,
        identity=identity(scope),
    )
    return RunWorkersPlan(
        name=names.RUN_WORKER,
        pod=pod,
        command=COMMAND,
        replicas=spec.replicas,
        deadline=scope.spec.deadline,
        restart=scope.spec.restart,
        config_digest=config.digest,
        metrics_port=METRICS_PORT,
    )


def _amounts(workers: RunWorkers) -> Amounts:
    resources = workers.resources
    disk = resources.ephemeral_storage
    return Amounts(
        cpu_request=resources.cpu.request,
        cpu_limit=resources.cpu.limit,
        memory_request=resources.memory.request,
        memory_limit=resources.memory.limit,
        disk_request=disk.request if disk else SCRATCH + LOGS,
        disk_limit=disk.limit if disk else SCRATCH + LOGS,
    )


def _variables(
    scope: RunScope,
    plane: DaskBinding,
    store: PostgresBinding | None,
    config: RunConfigPlan,
    used: tuple[ServiceBinding, ...],
) -> Variables:
    """Ours, then the person's by name: moving a line in a file must not restart a run."""
    bundle = {BUNDLE_REF: ConfigValue(config.name, BUNDLE_REF)}
    written = {name: PlainValue(text) for name, text in sorted(scope.spec.workers.env.items())}
    secret = {
        name: SecretValue(source.secret, source.key)
        for name, source in sorted(scope.spec.secret_env.items())
    }
    return {
        "HOME": PlainValue(dask.SCRATCH_DIRECTORY),
        dask.POD_NAME_VARIABLE: FieldValue("metadata.name"),
        dask.ADDRESS_VARIABLE: PlainValue(plane.address),
        CONFIG_VARIABLE: PlainValue(f"{dask.CONFIG_DIRECTORY}/{CONFIG_FILE}"),
        GRACE_VARIABLE: PlainValue(str(GRACE)),
        **(bundle if BUNDLE_REF in config.values else {}),
        **({**connection(store), **login(store)} if store else {}),
        **variables(used),
        **written,
        **secret,
    }


def _volumes(config: RunConfigPlan, store: PostgresBinding | None) -> tuple[Volume, ...]:
    return (
        ScratchVolume("tmp", dask.SCRATCH_DIRECTORY, SCRATCH),
        ConfigVolume("config", dask.CONFIG_DIRECTORY, config.name),
        *(password(store) if store else ()),
    )

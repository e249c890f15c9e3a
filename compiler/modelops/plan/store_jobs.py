"""The Jobs around a run's store: what makes all that is in it, and what backs it up.

They run the scripts of `render/store_scripts`, whose contract is the variables and files here; the
tables of a run are made by the runtime itself, from the image of the run's workers.
"""

from dataclasses import replace

from modelops import names
from modelops.model.store import StoreMode
from modelops.plan import dask
from modelops.plan.facts import postgres
from modelops.plan.images import planned_image, pull_secrets
from modelops.plan.resources import LOGS, MIB
from modelops.plan.run_config import CONFIG_FILE, CONFIG_VARIABLE
from modelops.plan.scope import RunScope
from modelops.plan.store import (
    ADMIN_DIRECTORY,
    OWN_PASSWORD,
    PASSWORD,
    dumps,
    identity,
    login,
    password,
    storage_class,
    store_pod,
    where,
)
from modelops.planned import (
    Amounts,
    BackupPlan,
    ClaimPlan,
    ClaimVolume,
    ConfigVolume,
    PlainValue,
    PodPlan,
    PostgresBinding,
    RunConfigPlan,
    ScratchVolume,
    SecretVolume,
    StoreInitPlan,
    Variables,
    Volume,
)
from modelops.provenance import carried

BACKUP_DIRECTORY = "/var/lib/modelops/backups"
BACKUP_CLAIM = "store-backups"

READY = 300
"""Seconds that a Job waits for the server: it may have to recover first."""

INIT_DEADLINE = 1800
BACKUP_DEADLINE = 6 * 3600
"""Seconds after which a Job is ended, with its retries."""

GRACE = 30
JOB_AMOUNTS = Amounts(
    cpu_request=100,
    cpu_limit=1000,
    memory_request=256 * MIB,
    memory_limit=256 * MIB,
    disk_request=LOGS,
    disk_limit=LOGS,
)
TABLES_AMOUNTS = replace(JOB_AMOUNTS, memory_request=512 * MIB, memory_limit=512 * MIB)
"""The search library takes some 200 MiB. No less of anything than the containers before it have:
the quota counts this one for the whole pod."""

TABLES_COMMAND = ("python", "-m", "modelops_runtime", "store-init")
CREATE_DATABASE = "--create-database"
"""Has the runtime make the database too, as who it is."""

TMP = ScratchVolume("tmp", dask.SCRATCH_DIRECTORY, 64 * MIB)


def store_init(
    scope: RunScope, store: PostgresBinding | None, config: RunConfigPlan
) -> StoreInitPlan | None:
    """The Job that makes role and database, where they are ours, proves them, and makes tables.

    In Azure the identity of the pods is a role already, and the runtime alone does the rest.
    """
    if store is None:
        return None
    ours = scope.spec.store.mode == StoreMode.IN_CLUSTER
    return StoreInitPlan(
        name=names.STORE_INIT,
        tables=_tables(scope, store, config),
        command=(*TABLES_COMMAND, *_further(scope)),
        check=None if scope.store_in_azure else _job_pod(scope, names.STORE_INIT, store, {}, ()),
        database=_database(scope, store) if ours else None,
        deadline=INIT_DEADLINE,
        restart=scope.spec.restart,
        config_digest=config.digest,
    )


def backup(scope: RunScope, store: PostgresBinding | None) -> BackupPlan | None:
    """The CronJobs of dumps and of the way back, where a schedule is written."""
    written = dumps(scope)
    if store is None or written is None:
        return None
    claim = ClaimPlan(
        BACKUP_CLAIM,
        storage_class(scope),
        scope.spec.store.size,
        shared=False,
        keep=scope.spec.store.retain,
    )
    folder: Variables = {"BACKUP_DIRECTORY": PlainValue(BACKUP_DIRECTORY)}
    keep = PlainValue(carried(str(written.keep), written.keep))
    volume = (ClaimVolume("backups", BACKUP_DIRECTORY, claim.name),)
    return BackupPlan(
        backup=_job_pod(scope, names.STORE_BACKUP, store, {**folder, "BACKUP_KEEP": keep}, volume),
        restore=_job_pod(
            scope,
            names.STORE_RESTORE,
            store,
            {**folder, "BACKUP": PlainValue("newest")},
            volume,
        ),
        schedule=written.schedule,
        claim=claim,
        deadline=BACKUP_DEADLINE,
    )


def connection(store: PostgresBinding) -> dict[str, PlainValue]:
    """Libpq's own variables, but for the password."""
    return {
        "PGHOST": PlainValue(store.host),
        "PGPORT": PlainValue(carried(str(store.port), store.port)),
        "PGUSER": PlainValue(store.user),
        "PGDATABASE": PlainValue(store.database),
        "PGSSLMODE": PlainValue(store.sslmode),
    }


def _tables(scope: RunScope, store: PostgresBinding, config: RunConfigPlan) -> PodPlan:
    """The same program as the workers, so that what it makes is what they look for.

    Where it logs in as who it is, it has the account of the workers: Azure knows few of them.
    """
    return PodPlan(
        component=names.STORE_INIT,
        service_account=_account(scope),
        priority_class=names.priority_class(scope.environment.name, "control"),
        image=planned_image(scope, scope.spec.workers.image),
        pull_secrets=pull_secrets(scope),
        placement=where(scope),
        amounts=TABLES_AMOUNTS,
        variables={
            "HOME": PlainValue(dask.SCRATCH_DIRECTORY),
            CONFIG_VARIABLE: PlainValue(f"{dask.CONFIG_DIRECTORY}/{CONFIG_FILE}"),
            **connection(store),
            **login(store),
        },
        volumes=(
            TMP,
            ConfigVolume("config", dask.CONFIG_DIRECTORY, config.name),
            *password(store),
        ),
        grace=GRACE,
        product=names.RUN,
        identity=identity(scope),
    )


def _further(scope: RunScope) -> tuple[str, ...]:
    """What else the runtime is to do, beside the tables."""
    mode = scope.spec.store.mode
    return (carried(CREATE_DATABASE, mode),) if scope.store_in_azure else ()


def _account(scope: RunScope) -> str:
    mode = scope.spec.store.mode
    return carried(names.RUN_WORKER, mode) if scope.store_in_azure else names.STORE_INIT


def _job_pod(
    scope: RunScope,
    component: str,
    store: PostgresBinding,
    variables: Variables,
    volumes: tuple[Volume, ...],
) -> PodPlan:
    """A pod that goes to the store as the run's own user."""
    return store_pod(
        scope,
        component,
        amounts=JOB_AMOUNTS,
        variables={
            "HOME": PlainValue(dask.SCRATCH_DIRECTORY),
            **connection(store),
            "PASSWORD_FILE": PlainValue(OWN_PASSWORD),
            "READY_SECONDS": PlainValue(str(READY)),
            **variables,
        },
        volumes=(TMP, *password(store), *volumes),
        grace=GRACE,
    )


def _database(scope: RunScope, store: PostgresBinding) -> PodPlan:
    """The same pod's first container, which goes there as the administrator."""
    admin = SecretVolume("store-admin", ADMIN_DIRECTORY, names.STORE_ADMIN)
    variables = {
        "PGUSER": PlainValue(postgres.ADMIN),
        "PGDATABASE": PlainValue(postgres.ADMIN),
        "PASSWORD_FILE": PlainValue(f"{ADMIN_DIRECTORY}/{PASSWORD}"),
        "STORE_USER": PlainValue(store.user),
        "STORE_DATABASE": PlainValue(store.database),
        "STORE_PASSWORD_FILE": PlainValue(OWN_PASSWORD),
    }
    return _job_pod(scope, names.STORE_INIT, store, variables, (admin,))

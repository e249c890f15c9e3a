"""The store of a run: who runs its Postgres, how clients reach it, and the Jobs around it."""

from modelops import names
from modelops.diagnostics import Tier
from modelops.model.store import Backup, Store, StoreKind, StoreMode
from modelops.plan import dask
from modelops.plan.facts import postgres
from modelops.plan.identities import Purpose, client_id, identity_name
from modelops.plan.images import planned_image, pull_secrets
from modelops.plan.parts import store_image
from modelops.plan.placement import placement
from modelops.plan.resources import GIB, LOGS, MIB
from modelops.plan.scope import RunScope
from modelops.planned import (
    Amounts,
    ClusterPlan,
    GeneratedSecret,
    ImagePlan,
    MemoryVolume,
    Placement,
    PlainValue,
    PodPlan,
    PostgresBinding,
    ScratchVolume,
    SecretVolume,
    ServerPlan,
    StoreLogin,
    Variables,
    Volume,
)
from modelops.provenance import carried, derived

PASSWORD = "password"  # noqa: S105 -- the key of a Secret
SECRETS_DIRECTORY = "/run/secrets"
PASSWORD_DIRECTORY = f"{SECRETS_DIRECTORY}/{names.STORE}"
ADMIN_DIRECTORY = f"{SECRETS_DIRECTORY}/{names.STORE_ADMIN}"
OWN_PASSWORD = f"{PASSWORD_DIRECTORY}/{PASSWORD}"
PASSWORD_VARIABLE = "MODELOPS_STORE_PASSWORD_FILE"  # noqa: S105 -- the name of a variable
LOGIN_VARIABLE = "MODELOPS_STORE_LOGIN"
"""Says how to log in, where that is not by a password."""

SERVER_GRACE = 120
"""Seconds for a fast shutdown: the image's stop signal is SIGINT."""

SERVER_AMOUNTS = Amounts(
    cpu_request=500,
    cpu_limit=2000,
    memory_request=GIB,
    memory_limit=GIB,
    disk_request=LOGS + 256 * MIB,
    disk_limit=LOGS + 256 * MIB,
)
SERVER_SCRATCH = 256 * MIB
"""Temporary files, and as much shared memory: the same as its shared buffers."""

INSTANCES = {Tier.DEVELOPMENT: 1, Tier.STAGING: 1, Tier.PRODUCTION: 3}
"""Pods of a CloudNativePG cluster: in production one may fail while another is replaced."""

MODES = {
    StoreMode.IN_CLUSTER: "disable",
    StoreMode.CLOUD_NATIVE_PG: "require",
    StoreMode.AZURE_FLEXIBLE: "verify-full",
}
"""What clients demand of the connection: ours never leaves the cluster, the operator's has TLS, and
whoever gets a token has to be who they say they are."""


ELSEWHERE = frozenset({StoreMode.EXTERNAL, StoreMode.AZURE_FLEXIBLE})
"""Modes in which nothing of the run's own namespace keeps its trials."""


def binding(scope: RunScope) -> PostgresBinding | None:
    """How clients reach the store; None where there is none."""
    store = scope.spec.store
    if store.kind == StoreKind.NONE:
        return None
    if store.mode == StoreMode.EXTERNAL:
        return _external(store)
    if scope.store_in_azure:
        return _flexible(scope)
    operated = store.mode == StoreMode.CLOUD_NATIVE_PG
    service = f"{names.STORE}-rw" if operated else names.STORE
    product, component = names.OPERATED if operated else (names.RUN, names.STORE)
    return PostgresBinding(
        host=names.service_host(carried(service, store.mode), scope.namespace),
        port=postgres.PORT,
        database=store.database,
        user=store.user,
        login=StoreLogin.PASSWORD,
        secret=carried(f"{names.STORE}-app" if operated else names.STORE, store.mode),
        key=PASSWORD,
        sslmode=carried(MODES[StoreMode(store.mode)], store.mode),
        service=service,
        component=component,
        product=product,
    )


def _external(store: Store) -> PostgresBinding:
    """What is there already; that host and secret are written has been checked."""
    return PostgresBinding(
        host=store.host or "",
        port=store.port,
        database=store.database,
        user=store.user,
        login=StoreLogin.PASSWORD,
        secret=store.secret or "",
        key=PASSWORD,
        sslmode=store.sslmode,
        service="",
        component="",
        product="",
    )


def _flexible(scope: RunScope) -> PostgresBinding:
    """The Flexible Server of the environment, whose administrator the run's identity is."""
    store = scope.spec.store
    return PostgresBinding(
        host=(scope.cloud.spec.postgres_host if scope.cloud else None) or "",
        port=postgres.PORT,
        database=store.database,
        user=identity_name(scope.environment.name, Purpose.STORE),
        login=carried(StoreLogin.ENTRA, store.mode),
        secret="",
        key="",
        sslmode=carried(MODES[StoreMode.AZURE_FLEXIBLE], store.mode),
        service="",
        component="",
        product="",
    )


def login(store: PostgresBinding) -> Variables:
    """How the runtime learns to log in."""
    if store.login == StoreLogin.ENTRA:
        return {LOGIN_VARIABLE: PlainValue(carried(str(store.login), store.login))}
    return {PASSWORD_VARIABLE: PlainValue(OWN_PASSWORD)}


def password(store: PostgresBinding) -> tuple[SecretVolume, ...]:
    """The volume of the user's password, where there is one."""
    return (SecretVolume("store", PASSWORD_DIRECTORY, store.secret),) if store.secret else ()


def identity(scope: RunScope) -> str:
    """Who the pods are that log in to the store in Azure; "" where the store is not there."""
    return client_id(scope, Purpose.STORE) if scope.store_in_azure else ""


def dumps(scope: RunScope) -> Backup | None:
    """The dumps that are wanted; none of what Azure itself keeps copies of."""
    return None if scope.store_in_azure else scope.spec.store.backup


def generated(scope: RunScope) -> tuple[GeneratedSecret, ...]:
    """The Secrets of a Postgres of ours; the operator makes its own, an external one has one."""
    store = scope.spec.store
    if store.kind == StoreKind.NONE or store.mode != StoreMode.IN_CLUSTER:
        return ()
    return tuple(GeneratedSecret(name, (PASSWORD,)) for name in (names.STORE, names.STORE_ADMIN))


def server(scope: RunScope) -> ServerPlan | ClusterPlan | None:
    """What runs the store in the run's namespace; None where nothing does."""
    store = scope.spec.store
    if store.kind == StoreKind.NONE or store.mode in ELSEWHERE:
        return None
    return _cluster(scope) if store.mode == StoreMode.CLOUD_NATIVE_PG else _server(scope)


def postgres_image(scope: RunScope) -> ImagePlan:
    """The image with Postgres' own programs; that the run has a store is the caller's business."""
    name = store_image(scope.spec.store)
    if name is None:
        raise LookupError("a run without a store has no image of it")
    return planned_image(scope, name)


def storage_class(scope: RunScope) -> str:
    """The class of the store's volumes: what is written, else by whether its data is kept."""
    store, classes = scope.spec.store, scope.cluster.storage_classes
    if store.storage_class is not None:
        return store.storage_class
    if not store.retain:
        return carried(classes.standard, classes.standard, store.retain)
    retained = classes.retained or names.retained_class(scope.environment.name)
    return carried(retained, retained, store.retain)


def where(scope: RunScope) -> Placement:
    """The store and its Jobs run beside the run's workers."""
    pool = scope.spec.workers.pool
    return placement(pool, scope.cluster.pools[pool])


def store_pod(
    scope: RunScope,
    component: str,
    *,
    amounts: Amounts,
    variables: Variables,
    volumes: tuple[Volume, ...],
    grace: int,
) -> PodPlan:
    """A pod of the store's own image."""
    return PodPlan(
        component=component,
        service_account=component,
        priority_class=names.priority_class(scope.environment.name, "control"),
        image=postgres_image(scope),
        pull_secrets=pull_secrets(scope),
        placement=where(scope),
        amounts=amounts,
        variables=variables,
        volumes=volumes,
        grace=grace,
        product=names.RUN,
    )


def _server(scope: RunScope) -> ServerPlan:
    store = scope.spec.store
    version = type(store.version)(store.version)
    data = carried(postgres.DATA[version], store.version)
    pod = store_pod(
        scope,
        names.STORE,
        amounts=SERVER_AMOUNTS,
        variables={
            "POSTGRES_USER": PlainValue(postgres.ADMIN),
            "POSTGRES_DB": PlainValue(postgres.ADMIN),
            "POSTGRES_PASSWORD_FILE": PlainValue(f"{ADMIN_DIRECTORY}/{PASSWORD}"),
            "PGDATA": PlainValue(data),
        },
        volumes=(
            MemoryVolume("socket", postgres.SOCKET_DIRECTORY, 16 * MIB),
            ScratchVolume("tmp", dask.SCRATCH_DIRECTORY, SERVER_SCRATCH),
            MemoryVolume("shared-memory", postgres.SHARED_MEMORY, SERVER_SCRATCH),
            SecretVolume(names.STORE_ADMIN, ADMIN_DIRECTORY, names.STORE_ADMIN),
        ),
        grace=SERVER_GRACE,
    )
    return ServerPlan(
        name=names.STORE,
        pod=pod,
        port=postgres.PORT,
        connections=postgres.MAX_CONNECTIONS,
        directory=carried(postgres.DIRECTORY[version], store.version),
        storage_class=storage_class(scope),
        size=store.size,
        keep=store.retain,
    )


def _cluster(scope: RunScope) -> ClusterPlan:
    store, tier = scope.spec.store, scope.tier
    instances = derived("three in production, else one", INSTANCES[Tier(tier)], tier)
    return ClusterPlan(
        name=names.STORE,
        instances=instances,
        pod=store_pod(
            scope,
            names.STORE,
            amounts=SERVER_AMOUNTS,
            variables={},
            volumes=(),
            grace=SERVER_GRACE,
        ),
        database=store.database,
        owner=store.user,
        storage_class=storage_class(scope),
        size=store.size,
        keep=bool(store.retain),
    )

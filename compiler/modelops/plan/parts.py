"""The parts of a unit that run as pods: what checks of every kind of unit look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelops.model import RunSpec, ServiceSpec, WorkspaceSpec
from modelops.model.resources import BytesRange, CpuRange
from modelops.model.secrets import SecretKey
from modelops.model.store import Store, StoreKind, StoreMode
from modelops.model.workload import Component
from modelops.model.workspace import Scheduler, Workers
from modelops.provenance import DataPath, carried


@dataclass(frozen=True, slots=True)
class Part:
    """One part.

    Attributes:
        path: where its map stands below `spec`; empty for the spec itself.
        image: its name as written, at `image_at`.
        pool: the node pool of its pods, at `pool_at`.
        cpu: of its container; None where nobody can say.
        disk: ephemeral storage of its container, where it was written.
        env: variables as written, below `path`.
        secret_env: variables from Secrets, at `secret_env_at`.
    """

    path: DataPath
    image: str
    pool: str
    image_at: DataPath
    pool_at: DataPath
    cpu: CpuRange | None
    disk: BytesRange | None
    env: Mapping[str, str]
    secret_env: Mapping[str, SecretKey]
    secret_env_at: DataPath


def workspace_parts(spec: WorkspaceSpec) -> tuple[Part, ...]:
    """Scheduler and workers, then the components by name."""
    components = [_part(("components", name), one) for name, one in sorted(spec.components.items())]
    plane = (_part(("scheduler",), spec.scheduler), _part(("workers",), spec.workers))
    return (*plane, *components)


def service_parts(spec: ServiceSpec) -> tuple[Part, ...]:
    """The service itself."""
    return (_part((), spec),)


def run_parts(spec: RunSpec) -> tuple[Part, ...]:
    """The workers, and the store where its pods are of an image that people name."""
    workers, path = spec.workers, ("workers",)
    return (
        Part(
            path=path,
            image=workers.image,
            pool=workers.pool,
            image_at=(*path, "image"),
            pool_at=(*path, "pool"),
            cpu=workers.resources.cpu,
            disk=workers.resources.ephemeral_storage,
            env=workers.env,
            secret_env=spec.secret_env,
            secret_env_at=("secretEnv",),
        ),
        *_store_parts(spec),
    )


def store_image(store: Store) -> str | None:
    """The name in images.yaml of a store's image; None where no pod of ours runs it."""
    if store.kind == StoreKind.NONE or store.mode == StoreMode.AZURE_FLEXIBLE:
        return None
    operators = store.mode == StoreMode.CLOUD_NATIVE_PG
    name = f"cloudnative-pg-{store.version}" if operators else f"postgres-{store.version}"
    return carried(name, store.version)


def _store_parts(spec: RunSpec) -> tuple[Part, ...]:
    image = store_image(spec.store)
    if image is None:
        return ()
    return (
        Part(
            path=("store",),
            image=image,
            pool=spec.workers.pool,
            image_at=("store", "version"),
            pool_at=("workers", "pool"),
            cpu=None,
            disk=None,
            env={},
            secret_env={},
            secret_env_at=("store", "secretEnv"),
        ),
    )


def _part(path: DataPath, spec: Scheduler | Workers | Component) -> Part:
    return Part(
        path=path,
        image=spec.image,
        pool=spec.pool,
        image_at=(*path, "image"),
        pool_at=(*path, "pool"),
        cpu=spec.resources.cpu,
        disk=spec.resources.ephemeral_storage,
        env=spec.env,
        secret_env=spec.secret_env,
        secret_env_at=(*path, "secretEnv"),
    )

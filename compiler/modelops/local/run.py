"""Part of `local`: all processes of a run: the scheduler, its workers, and who leads the search."""

from dataclasses import replace

from modelops import names
from modelops.local.launch import Launch, LocalRun, Machine, StoreAddress
from modelops.local.pods import Container, config_maps, container, objects_of, workload
from modelops.local.processes import Surroundings, launch, missing_variables
from modelops.manifests import Body, EnvironmentManifests

SCHEDULER, WORKER = "scheduler", "worker"
LOOPBACK = "127.0.0.1"
ANY = f"{LOOPBACK}:0"

ADDRESS = "DASK_SCHEDULER_ADDRESS"
"""By which whoever leads a search finds the scheduler."""

WORKSPACE_LABEL = "modelops.io/workspace"

CREATE_DATABASE = "--create-database"
"""What the store of this machine has no need of: its database is there."""

METRICS_PORT, ANY_PORT = "--metrics-port", "0"
GRACE = "MODELOPS_GRACE_SECONDS"
"""Of the runtime: the seconds that it has to end in."""


class Unfit(ValueError):  # noqa: N818 -- named for what is so, as its message says it
    """A run cannot be made local; the message says why."""


def local_run(
    manifests: EnvironmentManifests, run: str, machine: Machine, store: StoreAddress | None
) -> LocalRun:
    """The processes of a run and of the workspace that it runs on.

    Raises:
        Unfit: the environment has no such run, or its manifests lack a part.
    """
    own = objects_of(manifests, f"{manifests.name}/runs/{run}")
    search = _part(own, names.RUN_WORKER)
    searcher = container(search, names.RUN_WORKER)
    workspace = search["metadata"]["labels"][WORKSPACE_LABEL]
    plane = objects_of(manifests, names.workspace_unit(manifests.name, workspace))
    around = Surroundings(
        machine=machine,
        hosts=_hosts(searcher, machine),
        config_maps={**config_maps(plane), **config_maps(own)},
        store=store,
    )
    scheduler = container(_part(plane, SCHEDULER), SCHEDULER)
    workers = container(_part(plane, WORKER), WORKER)
    return LocalRun(
        scheduler=launch(scheduler, SCHEDULER, _scheduler_options(machine), around),
        workers=_workers(workers, around),
        store_init=_store_init(own, around),
        searchers=tuple(
            _searcher(searcher, f"{names.RUN_WORKER}-{index}", around)
            for index in range(search["spec"]["completions"])
        ),
        missing=_both(workers, searcher, machine),
    )


def _part(objects: tuple[Body, ...], component: str) -> Body:
    found = workload(objects, component)
    if found is None:
        raise Unfit(f"there are no manifests of its {component}")
    return found


def _hosts(searcher: Container, machine: Machine) -> dict[str, str]:
    """Where the scheduler is; it is the only address of the cluster that a run takes along."""
    named = {entry["name"]: entry.get("value", "") for entry in searcher.env}
    _, _, host = str(named[ADDRESS]).partition("://")
    return {host: f"{LOOPBACK}:{machine.scheduler_port}"}


# --- what the machine decides --------------------------------------------------------------------


def _scheduler_options(machine: Machine) -> dict[str, str | None]:
    """Whoever reaches a scheduler can run anything: here nobody but this machine does."""
    return {
        "--host": LOOPBACK,
        "--port": str(machine.scheduler_port),
        "--dashboard-address": f"{LOOPBACK}:{machine.dashboard_port}",
    }


def _worker_options(machine: Machine) -> dict[str, str | None]:
    """One pod of as many processes as are wanted; ports as they are free."""
    return {
        "--host": LOOPBACK,
        "--nworkers": str(machine.workers),
        "--worker-port": None,
        "--nanny-port": None,
        "--dashboard-address": ANY,
    }


def _workers(workers: Container, around: Surroundings) -> Launch:
    """They find a folder for results also where their pods have none."""
    launched = launch(workers, "workers", _worker_options(around.machine), around)
    return replace(launched, folders=tuple(sorted({*launched.folders, around.results})))


def _store_init(own: tuple[Body, ...], around: Surroundings) -> Launch | None:
    job = workload(own, names.STORE_INIT)
    if job is None or around.store is None:
        return None
    launched = launch(container(job, names.STORE_INIT), names.STORE_INIT, {}, around)
    arguments = tuple(word for word in launched.arguments if word != CREATE_DATABASE)
    return replace(launched, arguments=arguments)


def _searcher(searcher: Container, name: str, around: Surroundings) -> Launch:
    launched = launch(searcher, name, {METRICS_PORT: ANY_PORT}, around)
    grace = {GRACE: str(around.machine.grace)}
    return replace(launched, environment={**launched.environment, **grace})


# --- what is not here ----------------------------------------------------------------------------


def _both(one: Container, other: Container, machine: Machine) -> tuple[str, ...]:
    found = {*missing_variables(one, machine), *missing_variables(other, machine)}
    return tuple(sorted(found))

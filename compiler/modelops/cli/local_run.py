"""Part of `modelops run`: a run on this machine, from its file to its results.

A run's file and what was asked for come in; the processes that its manifests name do the work, in
a folder of the run's own, and what they found is told. Nothing is decided here: what to start comes
from `local`, how it is kept going from `processes`.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.request import urlopen

from modelops.cli import stages
from modelops.cli.desk import PLACE, STATE, Desk
from modelops.cli.local_progress import progress_bar
from modelops.cli.objects import Chosen, configured
from modelops.cli.options import preview
from modelops.cli.progress import progress
from modelops.cli.report import settled
from modelops.cli.terminal import put, tell_note
from modelops.diagnostics import Outcome
from modelops.disk import SOURCES
from modelops.documents import Kind, Preview, unit_target
from modelops.local import Launch, LocalRun, Machine, StoreAddress, local_run
from modelops.manifests import Manifests
from modelops.parts import cut
from modelops.processes import (
    Child,
    Crew,
    ProcessFailure,
    Role,
    following,
    free_port,
    occupied,
    said,
    written,
)

if TYPE_CHECKING:
    from modelops.model.run import RunSpec

RUNTIME = "modelops_runtime"
LOOPBACK = "127.0.0.1"
SCHEDULER_PORT, DASHBOARD_PORT = 8786, 8787
"""Where they are free."""

HOPELESS = frozenset({64})
"""EX_USAGE of sysexits.h: the runtime's word for what no other try would change."""

GRACE = 10
"""Seconds for those that lead a search to end what they began, once they are asked to."""

PATIENCE = 5.0
"""Seconds beyond that, and for one answer."""

LOOK = 0.2
"""Seconds from one look at the processes to the next."""

DSN = "MODELOPS_STORE_DSN"
"""What the runtime reads the address of somebody else's Postgres from: no argument shows it."""

STARTING = 120.0
"""Seconds for a process to be ready."""

FOREIGN = ("DASK_", "MODELOPS_", "PG", "PYTHON")
"""How variables begin that processes get from the manifests, and not from the user."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for.

    Attributes:
        trials: how many, instead of the file's; None: the file's.
        workers: how many processes simulate.
        profiles: instead of those that the files choose.
        fresh: whether earlier trials are forgotten.
        dsn: of a Postgres to keep trials in; None: one of the run's own.
    """

    environment: str
    run: str
    trials: int | None
    workers: int
    profiles: tuple[str, ...]
    fresh: bool
    dsn: str | None


def carry_out(root: Path, chosen: Chosen, wanted: Wanted) -> None:
    """Run it to its end, or to Ctrl-C.

    Raises:
        click.exceptions.Exit: the input is wrong.
        ProcessFailure: a process does not do what it is for.
    """
    _require_runtime()
    desk = Desk(root.resolve(), wanted.environment, wanted.run)
    with occupied(desk.state):
        _ignored_by_git(desk.root / PLACE)
        if wanted.fresh:
            _forget(desk)
        desk.logs.mkdir(exist_ok=True)
        alone = _with_what_it_names(chosen)
        spec = cast("RunSpec", configured(alone, preview((), wanted.profiles)).spec)
        workspace = f"{SOURCES}/{wanted.environment}/{unit_target(Kind.WORKSPACE, spec.workspace)}"
        _run(desk, _only(alone, f"{workspace}.yaml"), wanted, spec)


def _with_what_it_names(chosen: Chosen) -> Chosen:
    """The run and the workspaces that it may name: what is wrong with others is no matter here."""
    apart = cut(chosen.sources)
    return replace(chosen, sources=apart.only(apart.with_named([chosen.file])))


def _only(chosen: Chosen, workspace: str) -> Chosen:
    """The run and its workspace, where there is one."""
    apart = cut(chosen.sources)
    leaves = [file for file in (chosen.file, workspace) if file in apart.leaves]
    return replace(chosen, sources=apart.only(leaves))


def _manifests(chosen: Chosen, shown: Preview) -> Manifests:
    """What a compile would write for these two, and what it finds in their files."""
    judged = stages.judged(chosen.sources, shown, {})
    leaves = cut(chosen.sources).leaves
    told = (one for one in judged.diagnostics if one.is_error or one.at.file in leaves)
    return settled(Outcome(judged.value, tuple(told)), chosen.sources)


def _run(desk: Desk, chosen: Chosen, wanted: Wanted, spec: "RunSpec") -> None:
    manifests = _manifests(chosen, preview(_settings(desk, wanted, spec), wanted.profiles))
    crew = Crew(patience=GRACE + PATIENCE)
    with crew.ending():
        store = _store(desk, wanted, crew) if spec.store.kind == "postgres" else None
        (environment,) = manifests.environments
        machine = _machine(desk, wanted)
        launched = local_run(environment, wanted.run, machine, store)
        _warn(launched)
        _start(desk, crew, launched)
        _state(desk, launched)
        put(f"dashboard: http://{LOOPBACK}:{machine.dashboard_port}/status")
        with _interruptible():
            _watch(desk, crew, launched, wanted)
    _report(desk)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Say what Ctrl-C means, before the processes have ended."""
    try:
        yield
    except KeyboardInterrupt:
        tell_note("stopping; the same command goes on where this one ends")
        raise


def _require_runtime() -> None:
    if find_spec(RUNTIME) is None:
        raise ProcessFailure(
            "the runtime is not installed beside modelops: install modelops-runtime[local] into"
            " the same environment, in this repository by `uv sync`."
        )


def _forget(desk: Desk) -> None:
    """Remove what earlier starts left, but the lock that is held."""
    for each in desk.state.iterdir():
        if each.is_dir():
            shutil.rmtree(each)


# --- before it starts ----------------------------------------------------------------------------


def _settings(desk: Desk, wanted: Wanted, spec: "RunSpec") -> tuple[str, ...]:
    """What this machine puts in the place of values of the file."""
    target = unit_target(Kind.RUN, wanted.run)
    settings = []
    if wanted.trials is not None:
        settings.append(f"{target}:trials={wanted.trials}")
    if spec.bundle.path is not None:
        digest = _bundled(desk, spec.bundle.path)
        settings.append(f"{target}:bundle.image=local/{wanted.run}@{digest}")
    return tuple(settings)


def _bundled(desk: Desk, path: str) -> str:
    """The digest of the code as it is now: the copy that will run, whatever is edited meanwhile."""
    folder = desk.root / path
    if not folder.is_dir():
        raise ProcessFailure(f"`bundle.path` names {folder}, which is no folder.")
    command = ("bundle-tool", "add", str(folder), "--cache", str(desk.cache))
    return said(_runtime(*command), _own_variables(), "taking in the bundle")


def _machine(desk: Desk, wanted: Wanted) -> Machine:
    return Machine(
        state=desk.state.as_posix(),
        cache=desk.cache.as_posix(),
        python=sys.executable,
        scheduler_port=free_port(SCHEDULER_PORT),
        dashboard_port=free_port(DASHBOARD_PORT),
        workers=wanted.workers,
        grace=GRACE,
        variables=_own_variables(),
    )


def _own_variables() -> dict[str, str]:
    """The user's environment, but for what the manifests say: the same run for everybody."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {"DOCKER_CONFIG": str(Path.home() / ".docker"), **own}


def _runtime(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", RUNTIME, *arguments)


# --- while it runs -------------------------------------------------------------------------------


def _store(desk: Desk, wanted: Wanted, crew: Crew) -> StoreAddress:
    """A Postgres of the run's own, or the one that was named, as it tells where it is."""
    ready = desk.state / "store.json"
    ready.unlink(missing_ok=True)
    command = _runtime("local-store", "--directory", str(desk.store), "--ready-file", str(ready))
    launched = Launch(
        name="store",
        arguments=command,
        environment={**_own_variables(), **({DSN: wanted.dsn} if wanted.dsn else {})},
        files={},
        folders=(),
    )
    with progress("starting the store"):
        crew.add(_child(desk, launched, Role.ENDS if wanted.dsn else Role.SERVES))
        crew.until(ready.exists, STARTING, "the store was not ready")
    told = json.loads(ready.read_text())
    return StoreAddress(
        host=told["host"],
        port=told["port"],
        database=told["database"],
        user=told["user"],
        password_file=told["passwordFile"],
        sslmode=told["sslmode"],
    )


def _start(desk: Desk, crew: Crew, launched: LocalRun) -> None:
    """Start everything, each when what it needs is there."""
    if launched.store_init:
        with progress("making the tables of the store"):
            made = crew.add(_child(desk, launched.store_init, Role.ENDS))
            crew.until(lambda: made.ended == 0, STARTING, "the tables of the store were not made")
    with progress("starting the scheduler"):
        crew.add(_child(desk, launched.scheduler, Role.SERVES))
        crew.until(lambda: _healthy(launched), STARTING, "the scheduler was not ready")
    crew.add(_child(desk, launched.workers, Role.SERVES))
    for searcher in launched.searchers:
        crew.add(_child(desk, searcher, Role.ENDS))


def _child(desk: Desk, launched: Launch, role: Role) -> Child:
    for folder in launched.folders:
        Path(folder).mkdir(parents=True, exist_ok=True)
    written(launched.files)
    log = desk.logs / f"{launched.name}.log"
    log.unlink(missing_ok=True)
    return Child(
        launched.name, launched.arguments, launched.environment, desk.root, log, role, HOPELESS
    )


def _healthy(launched: LocalRun) -> bool:
    arguments = launched.scheduler.arguments
    address = arguments[arguments.index("--dashboard-address") + 1]
    try:
        with urlopen(f"http://{address}/health", timeout=PATIENCE) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def _watch(desk: Desk, crew: Crew, launched: LocalRun, wanted: Wanted) -> None:
    """Show how it goes, until all who lead the search have ended."""
    command = _runtime("run-status", "--follow", "1")
    environment = launched.searchers[0].environment
    with (
        (desk.logs / "run-status.log").open("wb") as log,
        following(command, environment, log) as told,
        progress_bar(wanted.run) as show,
    ):
        while not crew.all_done():
            crew.look_after()
            show(told.latest)
            time.sleep(LOOK)


def _state(desk: Desk, launched: LocalRun) -> None:
    """Leave for `modelops status` how to ask this run's store."""
    environment = launched.searchers[0].environment
    asked = {name: value for name, value in environment.items() if name.startswith(FOREIGN)}
    state = {"environment": asked, "python": sys.executable}
    written({str(desk.state / STATE): json.dumps(state, indent=2, sort_keys=True) + "\n"})


# --- what is told --------------------------------------------------------------------------------


def _warn(launched: LocalRun) -> None:
    if launched.unreachable:
        tell_note(f"not reachable from here: {', '.join(launched.unreachable)}")
    if launched.missing:
        tell_note(
            f"from Secrets in the cluster, and not set here: {', '.join(launched.missing)};"
            " export them to have them"
        )


def _report(desk: Desk) -> None:
    """The best parameters, the way there, and where the results are."""
    width = str(shutil.get_terminal_size().columns)
    command = _runtime("run-report", str(desk.results), "--width", width)
    put(said(command, _own_variables(), "the report"))
    put(f"results: {os.path.relpath(desk.results)}")


def _ignored_by_git(place: Path) -> None:
    """Keep git from seeing a folder: it holds what belongs to one machine."""
    place.mkdir(exist_ok=True)
    (place / ".gitignore").write_text("*\n")

"""What `modelops status` shows: a table for an environment, a page for one unit; pure."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from modelops.cli.table import table
from modelops.disk import shown
from modelops.status import (
    Kept,
    Reading,
    Search,
    State,
    WatchedEnvironment,
    WatchedRun,
    WatchedService,
    WatchedWorkspace,
    Workload,
)

NONE = "-"
INDENT = "  "
LEAST_NOTE = 12
"""Columns that a note gets, however long the rest of its row is."""

WORKSPACES = ("WORKSPACE", "STATE", "WORKERS", "PARTS")
RUNS = ("RUN", "STATE", "STAGE", "WORKERS", "TRIALS", "BEST", "RATE")
SERVICES = ("SERVICE", "STATE", "PODS")

COMMANDS = frozenset({"dashboard", "optuna", "go on", ""})
"""Facts that one copies: they are never broken."""

MINUTE = 60


def overview(environment: WatchedEnvironment, found: Sequence[Reading], width: int) -> str:
    """A row for each unit, and no line longer than the terminal is wide."""
    head = f"{environment.name} ({environment.tier})"
    if not found:
        return f"{head}: no units"
    kinds = (
        (WORKSPACES, _workspace, list(_of(found, WatchedWorkspace))),
        (RUNS, _run, list(_of(found, WatchedRun))),
        (SERVICES, _service, list(_of(found, WatchedService))),
    )
    return "\n\n".join(
        [
            head,
            *(
                narrow(table(titles, [row(one) for one in of], INDENT), map(_note, of), width)
                for titles, row, of in kinds
                if of
            ),
        ]
    )


def page(reading: Reading, environment: str, prefix: Sequence[str], width: int) -> str:
    """All that is known of one unit, and what one may do."""
    unit = reading.unit
    facts = [
        ("file", unit.source),
        ("namespace", unit.namespace),
        *_facts(reading),
        *(("trouble", trouble) for trouble in reading.troubles),
        *_doors(reading, prefix),
    ]
    return "\n".join(
        [f"{environment}/{_kind(reading)}/{unit.name}: {reading.state}", *_lines(facts, width)]
    )


def local_page(head: str, found: Search | None, more: Iterable[tuple[str, str]], width: int) -> str:
    """All that is known of a search on this machine."""
    told = _of_search(found) if found else ()
    return "\n".join([head, *_lines([*told, *more], width)])


def document(environment: str, found: Iterable[Reading]) -> dict[str, Any]:
    """The same for programs."""
    return {"environment": environment, "units": [_document(one) for one in found]}


def search_document(found: Search | None) -> dict[str, Any] | None:
    """How a search goes, for programs."""
    if found is None:
        return None
    return {
        "state": found.state,
        "wanted": found.wanted,
        "done": found.done,
        "trials": dict(found.trials),
        "best": None
        if found.loss is None
        else {"loss": found.loss, "trial": found.number, "parameters": dict(found.parameters)},
        "trialsPerSecond": found.rate,
        "leader": found.leader or None,
        "lastError": found.error or None,
        "results": found.results or None,
        "finishedAt": found.finished_at or None,
    }


# --- rows ----------------------------------------------------------------------------------------


def _of(found: Iterable[Reading], kind: type) -> Iterator[Reading]:
    return (one for one in found if isinstance(one.unit, kind))


def _workspace(one: Reading) -> tuple[str, ...]:
    return (one.unit.name, one.state, _count(one.workers), _count(one.parts))


def _service(one: Reading) -> tuple[str, ...]:
    return (one.unit.name, one.state, _count(one.workers))


def _run(one: Reading) -> tuple[str, ...]:
    found = one.search
    return (
        one.unit.name,
        one.state,
        one.stage or NONE,
        _count(one.workers),
        f"{found.done}/{found.wanted}" if found else NONE,
        loss(found),
        rate(found.rate) if found else NONE,
    )


def _count(workload: Workload) -> str:
    return f"{workload.ready}/{workload.wanted}"


def _note(one: Reading) -> tuple[str, str]:
    """What is wrong, or was; and of which unit."""
    error = one.search.error if one.search else ""
    return one.unit.name, next(iter(one.troubles), error)


def loss(found: Search | None) -> str:
    """The best loss, in a few digits."""
    return NONE if found is None or found.loss is None else f"{found.loss:.4g}"


def rate(number: float | None) -> str:
    """Trials in a second, or in a minute where that is less than one."""
    if number is None:
        return NONE
    return f"{number:.3g}/s" if number >= 1 else f"{number * MINUTE:.3g}/min"


def narrow(rows: str, notes: Iterable[tuple[str, str]], width: int) -> str:
    """A table and what is to be said of its rows, below it; no line is wider."""
    said = (f"{INDENT}{name}: {plain(note)}" for name, note in notes if note)
    return "\n".join(_cut(line, width) for line in [*rows.splitlines(), *said])


def plain(line: str) -> str:
    """A line of somebody else, so that it steers no terminal."""
    return shown(line.expandtabs())


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


# --- pages ---------------------------------------------------------------------------------------


def _kind(reading: Reading) -> str:
    match reading.unit:
        case WatchedRun():
            return "runs"
        case WatchedWorkspace():
            return "workspaces"
    return "services"


def _facts(one: Reading) -> Iterator[tuple[str, str]]:
    match one.unit:
        case WatchedRun() as run:
            yield "stage", one.stage or "not known: Flux could not be asked"
            yield "workers", f"{_count(one.workers)} running"
            yield "store", _kept_in(one, run)
            yield from _of_search(one.search) if one.search else _unasked(one)
            if one.search is None or not one.search.results:
                yield "results", f"to be in {run.results}{_whose(run)}"
        case WatchedWorkspace():
            yield "workers", f"{_count(one.workers)} ready"
            yield "others", f"{_count(one.parts)} ready"
        case WatchedService():
            yield "pods", f"{_count(one.workers)} ready"


def _whose(run: WatchedRun) -> str:
    """Whose folder that is, where it is anybody's."""
    if run.kept is Kept.CONTAINER:
        return ""
    goes = " (goes when the pod goes)" if run.kept is Kept.POD else ""
    return f", in the workers of {run.workspace}{goes}"


def _kept_in(one: Reading, run: WatchedRun) -> str:
    """What keeps the trials: whether it is ready, where it is the run's own, else where it is."""
    if run.store:
        return f"{_count(one.parts)} ready"
    return f"{run.binding.host}, not in its namespace" if run.binding else "none"


def _unasked(one: Reading) -> Iterator[tuple[str, str]]:
    """Why nothing is said of trials."""
    why = (
        f"its pod did not say ({one.silence}); an older image cannot"
        if one.silence
        else "not known: no pod that leads the search runs"
    )
    yield "trials", why


def _of_search(found: Search) -> Iterator[tuple[str, str]]:
    counts = ", ".join(f"{number} {state}" for state, number in found.trials.items() if number)
    yield "trials", f"{found.done} of {found.wanted}" + (f" ({counts})" if counts else "")
    if found.loss is not None:
        point = ", ".join(f"{name}={value}" for name, value in found.parameters.items())
        yield "best", f"{found.loss:.6g} in trial {found.number}: {point}"
    if found.rate is not None:
        yield "rate", rate(found.rate)
    for name, value in (
        ("leader", found.leader),
        ("last error", found.error),
        ("results", found.results),
        ("finished", found.finished_at),
    ):
        if value:
            yield name, value


def _doors(one: Reading, prefix: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The ways to dashboards, and the way to begin again."""
    match one.unit:
        case WatchedWorkspace() as unit:
            yield "dashboard", _forward(prefix, unit.namespace, unit.scheduler, unit.dashboard)
        case WatchedRun() as run:
            yield "dashboard", _forward(prefix, run.plane, run.scheduler, run.dashboard)
            binding = run.binding
            if binding and binding.service:
                yield "optuna", _forward(prefix, run.namespace, binding.service, binding.port)
                url = f"{binding.user}@127.0.0.1:{binding.port}/{binding.database}"
                yield "", f"optuna-dashboard postgresql+psycopg://{url}"
            if one.state in {State.FINISHED, State.FAILED}:
                yield "again", f"write another `restart` in {run.source}, and merge it"


def _forward(prefix: Sequence[str], namespace: str, service: str, port: int) -> str:
    return f"{' '.join(prefix)} -n {namespace} port-forward svc/{service} {port}"


def _lines(facts: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Each fact behind its name; what is too long goes on below itself. Commands stay whole."""
    column = 14
    for name, value in facts:
        first = f"{INDENT}{name}".ljust(column)
        if name in COMMANDS:
            yield f"{first}{value}"
            continue
        yield from textwrap.wrap(
            plain(value.replace("\n", " ")),
            max(width, column + LEAST_NOTE),
            initial_indent=first,
            subsequent_indent=" " * column,
            break_on_hyphens=False,
            break_long_words=False,
        )


# --- documents -----------------------------------------------------------------------------------


def _document(one: Reading) -> dict[str, Any]:
    unit = one.unit
    return {
        "kind": _kind(one).removesuffix("s"),
        "name": unit.name,
        "namespace": unit.namespace,
        "source": unit.source,
        "state": str(one.state),
        "stage": one.stage or None,
        "workers": {"wanted": one.workers.wanted, "ready": one.workers.ready},
        "parts": {"wanted": one.parts.wanted, "ready": one.parts.ready},
        "search": search_document(one.search),
        "troubles": list(one.troubles),
        "pods": [f"{look.namespace}/{look.pod}" for look in one.looks],
        **({"resultsFolder": unit.results} if isinstance(unit, WatchedRun) else {}),
    }

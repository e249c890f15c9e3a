"""Part of `modelops status`: the runs of this machine, by what `modelops run --local` left.

The folder of a project's own runs comes in; each run's store is asked through the runtime.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from modelops.cli import status_text
from modelops.cli.desk import STATE, Desk, runs
from modelops.cli.project import unknown
from modelops.cli.table import table
from modelops.cli.targets import Target
from modelops.disk import shown
from modelops.processes import ProcessFailure, is_occupied, said
from modelops.status import Search, search

RUN_STATUS = ("-m", "modelops_runtime", "run-status")
RUNS = ("RUN", "STATE", "TRIALS", "BEST", "RATE")
STOPPED = "it does not run now, nor does its store"
LINES = 20
"""Of each log."""


@dataclass(frozen=True, slots=True)
class Found:
    """A run of this machine.

    Attributes:
        search: how it goes; None where its store does not answer.
        why: why it does not.
    """

    name: str
    folder: Path
    search: Search | None
    why: str

    @property
    def state(self) -> str:
        """What it is doing."""
        return self.search.state if self.search else "stopped"


def looking(root: Path, wanted: Target, *, with_logs: bool, as_json: bool) -> Callable[..., str]:
    """A look at the runs that were named, as text.

    Raises:
        click.UsageError: there is none of them.
    """
    folders = _folders(root, wanted)

    def look(*, indent: int | None, width: int) -> str:
        found = [_found(folder) for folder in folders]
        logs = [text for one in found for text in _logs(one)] if with_logs else []
        if as_json:
            said = {"logs": logs} if with_logs else {}
            runs = [_document(one, root) for one in found]
            return json.dumps(
                {"environment": wanted.environment, "runs": runs, **said}, indent=indent
            )
        if wanted.name:
            return "\n\n".join([_page(found[0], wanted.environment, root, width), *logs])
        return "\n\n".join([_overview(found, wanted.environment, width), *logs])

    return look


def _folders(root: Path, wanted: Target) -> list[Path]:
    above = runs(root, wanted.environment)
    known = {path.parent.name: path.parent for path in sorted(above.glob(f"*/{STATE}"))}
    if wanted.folder not in {"", "runs"}:
        raise click.UsageError("--local looks at runs: nothing else runs on this machine.")
    if wanted.name in known:
        return [known[wanted.name]]
    if wanted.name:
        name = f"{wanted.environment}/{wanted.name}"
        near = unknown(
            "run on this machine", name, [f"{wanted.environment}/{one}" for one in known]
        )
        raise click.UsageError(f"{near} `modelops run {name} --local` starts one.")
    return list(known.values())


def _found(folder: Path) -> Found:
    try:
        program, environment = _question(folder)
    except ProcessFailure as error:
        return Found(folder.name, folder, None, shown(str(error)))
    try:
        text = said(program, environment, "asking the run's store")
    except ProcessFailure as error:
        why = shown(str(error).splitlines()[-1].strip())
        return Found(folder.name, folder, None, why if is_occupied(folder) else STOPPED)
    told = search(text)
    return Found(folder.name, folder, told, "" if told else "its store does not answer")


def _question(folder: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """The program that looks at a run's store, and its variables.

    Raises:
        ProcessFailure: what the run left cannot be read.
    """
    try:
        state: Mapping[str, Any] = json.loads((folder / STATE).read_text(encoding="utf-8"))
        environment = {**_own_variables(), **state["environment"]}
        return (str(state["python"]), *RUN_STATUS), environment
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProcessFailure(f"{folder / STATE} cannot be read: {error}") from error


def _own_variables() -> dict[str, str]:
    """What a program needs of this machine, and nothing that would lead it to another store."""
    return {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}


# --- what is shown -------------------------------------------------------------------------------


def _overview(found: list[Found], environment: str, width: int) -> str:
    if not found:
        return f"{environment}: nothing was run on this machine"
    rows = table(RUNS, [_row(one) for one in found], status_text.INDENT)
    notes = [(one.name, one.search.error if one.search else one.why) for one in found]
    return f"{environment} on this machine\n{status_text.narrow(rows, notes, width)}"


def _row(one: Found) -> tuple[str, ...]:
    told = one.search
    return (
        one.name,
        one.state,
        f"{told.done}/{told.wanted}" if told else status_text.NONE,
        status_text.loss(told),
        status_text.rate(told.rate if told else None),
    )


def _page(one: Found, environment: str, root: Path, width: int) -> str:
    name = f"{environment}/{one.name}"
    more = [
        *([("why", one.why)] if one.why else []),
        ("folder", str(one.folder.relative_to(root))),
        *([("results", str(place))] if (place := _results(one, environment, root)) else []),
        ("go on", f"modelops run {name} --local"),
    ]
    return status_text.local_page(f"{name} on this machine: {one.state}", one.search, more, width)


def _results(one: Found, environment: str, root: Path) -> Path | None:
    folder = Desk(root, environment, one.name).results
    return folder.relative_to(root) if folder.is_dir() else None


def _document(one: Found, root: Path) -> dict[str, Any]:
    return {
        "name": one.name,
        "state": one.state,
        "folder": str(one.folder.relative_to(root)),
        "search": status_text.search_document(one.search),
        "trouble": one.why or None,
    }


def _logs(one: Found) -> Iterator[str]:
    for log in sorted((one.folder / "logs").glob("*.log")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES:]
        yield "\n".join([f"{log.name}:", *map(status_text.plain, lines)])

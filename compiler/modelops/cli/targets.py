"""The unit that `modelops status` is about, by the ways people name it; pure.

`dev`, `dev sir`, `dev/sir`, `dev/runs/sir`, `dev runs/sir` or the path of a file come in.
"""

from dataclasses import dataclass

import click

from modelops.cli.project import unknown
from modelops.disk import SOURCES
from modelops.documents import UNIT_FOLDERS
from modelops.status import WatchedEnvironment, WatchedUnit

FILE_OF_ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Target:
    """What was named.

    Attributes:
        folder: of the unit's kind; empty where it was not said.
        name: of the unit; empty for the whole environment.
    """

    environment: str
    folder: str
    name: str


def target_of(target: str, name: str | None) -> Target:
    """What was named.

    Raises:
        click.UsageError: it cannot be the name of anything.
    """
    path = f"{target.rstrip('/')}/{name}" if name else target
    parts = path.removeprefix(f"{SOURCES}/").removesuffix(".yaml").strip("/").split("/")
    match parts:
        case [environment] | [environment, "environment"]:
            return Target(environment, "", "")
        case [environment, unit]:
            return Target(environment, "", unit)
        case [environment, folder, unit] if folder in UNIT_FOLDERS:
            return Target(environment, folder, unit)
    folders = ", ".join(UNIT_FOLDERS)
    raise click.UsageError(
        f"`{path}` names nothing: write ENV, ENV/NAME or ENV/KIND/NAME; kinds: {folders}."
    )


def one_unit(environment: WatchedEnvironment, target: Target) -> WatchedUnit | None:
    """The unit that was named; None for the whole environment.

    Raises:
        click.UsageError: there is none of this name, or several.
    """
    if not target.name:
        return None
    known = {folder: dict(_named(environment, folder)) for folder in UNIT_FOLDERS}
    folders = [target.folder] if target.folder else list(known)
    found = {
        folder: known[folder][target.name] for folder in folders if target.name in known[folder]
    }
    if len(found) == 1:
        return next(iter(found.values()))
    name = f"{target.environment}/{target.name}"
    if found:
        kinds = " and ".join(f"{target.environment}/{folder}/{target.name}" for folder in found)
        raise click.UsageError(f"`{name}` is several things: write one of {kinds}.")
    raise click.UsageError(
        unknown("unit", name, [f"{target.environment}/{one.name}" for one in environment.units])
    )


def _named(environment: WatchedEnvironment, folder: str) -> list[tuple[str, WatchedUnit]]:
    units: dict[str, tuple[WatchedUnit, ...]] = {
        "workspaces": environment.workspaces,
        "runs": environment.runs,
        "services": environment.services,
    }
    return [(unit.name, unit) for unit in units[folder]]

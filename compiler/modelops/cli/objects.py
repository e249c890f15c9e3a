"""The objects that `show` and `explain` are about: their targets, their files, what is in effect.

A target as it was typed and the sources come in; the configured object leaves, or a wrong
invocation with the nearest right target.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelops.cli import stages
from modelops.cli.project import chosen, sources_of, unknown
from modelops.cli.report import settled
from modelops.disk import SOURCES
from modelops.documents import UNIT_FOLDERS, Preview

if TYPE_CHECKING:
    from modelops.model import (
        CloudFactsSpec,
        Configuration,
        Configured,
        EnvironmentSpec,
        Unit,
    )

    Shown = Configured[EnvironmentSpec] | Configured[CloudFactsSpec] | Unit

ELSEWHERE = frozenset({"defaults"})
"""An environment's layer of other objects: in effect there, and shown there."""

OBJECT = re.compile(
    rf"{SOURCES}/[^/]+/(?:environment|cloud|(?:{'|'.join(UNIT_FOLDERS)})/[^/]+)\.yaml"
)
"""The files that objects are named after."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The object that a target names, by its file, and the sources of its environment."""

    file: str
    sources: stages.Sources


def choose(root: Path, target: str) -> Chosen:
    """The object that a target names.

    Raises:
        click.UsageError: there is no such object.
    """
    file = _file(target)
    sources = sources_of(root, chosen(root, [file.split("/")[1]]))
    known = {each: name_of(each) for each in sources if OBJECT.fullmatch(each)}
    if file not in known:
        raise click.UsageError(unknown("object", target, known.values()))
    return Chosen(file, sources)


def configured(one: Chosen, preview: Preview) -> "Shown":
    """The object with all its layers; everything that was found has been told.

    Raises:
        click.exceptions.Exit: the input is wrong.
    """
    configuration = settled(stages.configured(one.sources, preview), one.sources)
    return _found(configuration, one.file)


def effective(shown: "Shown") -> dict[str, object]:
    """What is in effect, in canonical form, by the keys as they are written."""
    dumped = shown.spec.model_dump(mode="json", by_alias=True)
    return {key: value for key, value in dumped.items() if key not in ELSEWHERE}


def name_of(file: str) -> str:
    """The target that means the object of a file: `dev/workspaces/malaria`."""
    return file.removeprefix(f"{SOURCES}/").removesuffix(".yaml")


def _file(target: str) -> str:
    """The file of a target, which may be given instead: `environments/dev/environment.yaml`."""
    path = target.removeprefix(f"{SOURCES}/").removesuffix(".yaml").rstrip("/")
    return f"{SOURCES}/{path if '/' in path else f'{path}/environment'}.yaml"


def _found(configuration: "Configuration", file: str) -> "Shown":
    """The object that a file is named after."""
    (environment,) = configuration.environments
    cloud = (environment.cloud,) if environment.cloud else ()
    objects: list[Shown] = [environment.environment, *cloud, *environment.units]
    return next(each for each in objects if each.source == file)

"""`modelops explain` for generated files: why a field is what it is, and what a line feeds.

A file of `generated/` and a path, or a line of input, come in; fields leave with what they were
made of. What is explained is what a compile would write now, whatever stands on disk.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import click

from modelops.cli import stages
from modelops.cli.explain_setting import Form
from modelops.cli.paths import keys_of
from modelops.cli.project import chosen, sources_of
from modelops.cli.report import settled
from modelops.diagnostics import did_you_mean
from modelops.disk import GENERATED, SOURCES
from modelops.documents import Preview
from modelops.explain import Field, How, fed_by, fields
from modelops.provenance import DataPath, Setting
from modelops.validate.fault import dotted

_NO_PREVIEW = Preview()


def is_generated(target: str) -> bool:
    """Whether the first argument of `explain` names a file below `generated/`."""
    return GENERATED in Path(target).parts


def explain_field(root: Path, target: str, path: str, form: Form) -> str:
    """What decided the fields at and below a path of a generated file.

    Raises:
        click.UsageError: nothing generates this file, or nothing in it has this path.
    """
    file = _below(root / GENERATED, root, target)
    every = list(_remembered(root, file.partition("/")[0], f"`{GENERATED}/{file}`"))
    inside = [one for one in every if one.file == file]
    if not inside:
        near = did_you_mean(file, sorted({one.file for one in every}))
        raise click.UsageError(f"nothing generates `{GENERATED}/{file}`: {near}")
    keys = keys_of(path)
    found = [one for one in inside if _starts_with(one.path, keys)]
    if not found:
        raise click.UsageError(_no_such_field(file, inside, keys))
    return _told(found, form)


def explain_source(root: Path, place: str, form: Form) -> str:
    """Every generated field that a line of input feeds.

    Raises:
        click.UsageError: `place` is not FILE:LINE, or there is no such line.
    """
    name, _, number = place.rpartition(":")
    if not name or not number.isdecimal():
        raise click.UsageError(f"`{place}` is not FILE:LINE, such as environments/base.yaml:7.")
    file = f"{SOURCES}/{_below(root / SOURCES, root, name)}"
    sources = sources_of(root, ())
    if file not in sources or int(number) > sources[file].count(b"\n") + 1 or int(number) < 1:
        raise click.UsageError(f"there is no line {number} in `{file}`.")
    manifests = settled(stages.remembered(sources, _NO_PREVIEW), sources)
    found = list(fed_by(fields(manifests), file, int(number)))
    if form is Form.TEXT and not found:
        return f"{file}:{number} feeds no generated field."
    return _told(found, form)


def _below(folder: Path, root: Path, given: str) -> str:
    """The path below a folder of the project, however it was typed."""
    typed = Path(given)
    for start in (Path.cwd(), root):
        full = (typed if typed.is_absolute() else start / typed).resolve()
        if full.is_relative_to(folder.resolve()):
            return full.relative_to(folder.resolve()).as_posix()
    raise click.UsageError(f"`{given}` is not below `{folder.name}/`.")


def _remembered(root: Path, environment: str, what: str) -> Iterator[Field]:
    try:
        named = chosen(root, (environment,))
    except click.UsageError as error:
        raise click.UsageError(f"nothing generates {what}: {error.message}") from None
    sources = sources_of(root, named)
    return fields(settled(stages.remembered(sources, _NO_PREVIEW), sources))


def _starts_with(path: DataPath, keys: tuple[str, ...]) -> bool:
    return tuple(str(part) for part in path[: len(keys)]) == keys


def _no_such_field(file: str, inside: list[Field], keys: tuple[str, ...]) -> str:
    known = max(
        (n for n in range(len(keys)) if any(_starts_with(one.path, keys[:n]) for one in inside)),
        default=0,
    )
    there = {
        str(one.path[known])
        for one in inside
        if _starts_with(one.path, keys[:known]) and len(one.path) > known
    }
    near = did_you_mean(keys[known], there)
    return f"no object in `{GENERATED}/{file}` has the field `{dotted(keys)}`: {near}"


# --- how it is told ------------------------------------------------------------------------------


def _told(found: list[Field], form: Form) -> str:
    if form is Form.JSON:
        return json.dumps([_plain(one) for one in found], indent=2)
    return "\n".join(_text(found)).rstrip()


def _text(found: list[Field]) -> Iterator[str]:
    for (file, owner), group in groupby(found, key=lambda one: (one.file, one.owner)):
        yield f"{GENERATED}/{file}"
        yield f"{owner}"
        for one in group:
            yield f"  {dotted(one.path)} = {_value(one.value)}"
            yield from (f"    {line}" for line in _cause(one))
        yield ""


def _value(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 -- a line of a terminal


def _cause(field: Field) -> Iterable[str]:
    match field.how:
        case How.CONSTANT:
            return (f"constant: {field.reason}",)
        case How.WRITTEN:
            return tuple(f"from {_setting(one)}" for one in field.settings)
        case How.DERIVED:
            formula = field.trace.formula if field.trace else ""
            return (f"is {formula}", *(f"  {_setting(one)}" for one in field.settings))
    return ("unknown: please report this as a bug",)


def _setting(one: Setting) -> str:
    """`workers.processes 3 (file) environments/dev/workspaces/malaria.yaml:12:16`."""
    name = dotted(one.path) or "the name of"
    if not one.path:
        return f"{name} {one.subject}"
    place = f"{one.at} ({one.layer})" if one.at else "the models' default"
    return f"{name} = {one.text}, {place}"


def _plain(field: Field) -> dict[str, object]:
    owner = field.owner
    return {
        "file": f"{GENERATED}/{field.file}",
        "object": {
            "group": owner.group,
            "kind": owner.kind,
            "namespace": owner.namespace,
            "name": owner.name,
        },
        "path": dotted(field.path),
        "value": field.value,
        "how": field.how.value,
        "formula": field.trace.formula if field.trace else "",
        "reason": field.reason,
        "settings": [_plain_setting(one) for one in field.settings],
    }


def _plain_setting(one: Setting) -> dict[str, object]:
    at = one.at
    return {
        "subject": one.subject,
        "path": dotted(one.path),
        "value": one.text,
        "layer": one.layer,
        "at": {"file": at.file, "line": at.line, "column": at.column} if at else None,
    }

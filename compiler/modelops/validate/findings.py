"""Part of stage `validate`: from pydantic's errors on one tree to diagnostics at their lines.

The errors of a tree and its side table come in; diagnostics leave, each at the line that caused it,
in whatever layer that line is. What many trees have from one line is told once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from pydantic import ValidationError

from modelops.diagnostics import Diagnostic, Note, worst_first
from modelops.documents import LayeredSpec
from modelops.model import Spec
from modelops.provenance import Mark, Span, start_of
from modelops.validate.fault import Fault
from modelops.validate.shape import homes
from modelops.validate.target import Branch, Target, target
from modelops.validate.words import Words, words


class Extent(Enum):
    """How much of an object a tree is."""

    WHOLE = "whole"
    PART = "part"


_UNFINISHED = ("missing", "union_tag_not_found")
"""What is no error in a part: another layer may say it."""


def findings(
    layered: LayeredSpec, model: type[Spec], error: ValidationError, extent: Extent
) -> list[Diagnostic]:
    """What pydantic found in a tree, for people."""
    faults = [_fault(layered, model, details) for details in error.errors(include_url=False)]
    known = homes(model)
    return [
        placed(layered, fault.target, words(fault, known))
        for fault in _meant(faults)
        if extent is Extent.WHOLE or not _is_unfinished(fault)
    ]


def _fault(layered: LayeredSpec, model: type[Spec], details: Mapping[str, Any]) -> Fault:
    """One error, about what was written."""
    about, value = target(model, details["loc"]), details["input"]
    context = details.get("ctx", {})
    if "discriminator" in context:
        tag = context["discriminator"].strip("'")
        about, value = about.below(tag), value.get(tag)
    if details["type"] not in _UNFINISHED:
        about = _written(layered, about)
    return Fault(details["type"], context, value, _text(layered, value, about), about)


def _written(layered: LayeredSpec, about: Target) -> Target:
    """The target, or the scalar around it that a validator spread into a pair."""
    path = about.path
    while path and layered.origins.origin(path) is None:
        path = path[:-1]
    return replace(about, path=path)


def _text(layered: LayeredSpec, value: object, about: Target) -> str | None:
    """What was typed for a scalar."""
    if isinstance(value, dict | list):
        return None
    origin = None if about.on_key else layered.origins.origin(about.path)
    return origin.mark.text if origin and origin.mark.text is not None else str(value)


# --- which errors are meant ----------------------------------------------------------------------


def _meant(faults: list[Fault]) -> list[Fault]:
    """The errors less what pydantic adds: other alternatives, lists short of their wrong items."""
    chosen: dict[tuple[object, ...], Branch] = {}
    for fault in sorted(faults, key=_is_shallow):
        if fault.target.branch:
            chosen.setdefault(fault.target.branch.path, fault.target.branch)
    return [
        fault
        for fault in faults
        if not (fault.type == "too_short" and fault.value)
        and (not fault.target.branch or fault.target.branch in chosen.values())
    ]


def _is_shallow(fault: Fault) -> bool:
    """Whether an alternative of a union was refused for its form, before looking into it."""
    branch = fault.target.branch
    return branch is not None and fault.target.path == branch.path and fault.type.endswith("_type")


def _is_unfinished(fault: Fault) -> bool:
    """Whether a fault is only that a part is a part; what a whole map must hold is no part's."""
    return fault.type in _UNFINISHED or (
        isinstance(fault.value, dict) and "message" in fault.context and not fault.target.on_key
    )


# --- places --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a diagnostic stands, and which layer that is."""

    at: Span
    layer: str


def placed(layered: LayeredSpec, about: Target, said: Words) -> Diagnostic:
    """A diagnostic at the line that caused it, with the object it hits where that is elsewhere."""
    place = _place(layered, about)
    diagnostic = Diagnostic(said.rule, said.message, place.at, help=said.help)
    if place.at.file == layered.source:
        return diagnostic
    note = Note(start_of(layered.source), f"in the effective configuration of {layered.source}")
    return replace(diagnostic, label=f"from {place.layer}", notes=(note,))


def _place(layered: LayeredSpec, about: Target) -> _Place:
    """The key or the value that was written; for what nobody wrote, the nearest map around it."""
    for length in range(len(about.path), -1, -1):
        origin = layered.origins.origin(about.path[:length])
        if origin:
            by_key = length < len(about.path) or about.on_key or about.slot is None
            return _Place(_spot(origin.mark, by_key=by_key), origin.layer)
    return _Place(start_of(layered.source), "")


def _spot(mark: Mark, *, by_key: bool) -> Span:
    return mark.key if by_key and mark.key else mark.value


def once(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each mistake once, however many objects have it, with how many those are."""
    alike: dict[tuple[str, Span, str], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        mistake = (diagnostic.rule.code, diagnostic.at, diagnostic.message)
        alike.setdefault(mistake, []).append(diagnostic)
    return worst_first(_together(group) for group in alike.values())


def _together(group: list[Diagnostic]) -> Diagnostic:
    """One of several that say the same; its note counts the objects."""
    first = next((each for each in group if each.notes), group[0])
    notes = sorted({note.at: note for each in group for note in each.notes}.items())
    if len(notes) < 2:  # noqa: PLR2004 -- one object needs no count
        return first
    (_, note), *others = notes
    counted = replace(note, message=f"{note.message}, and {len(others)} more")
    return replace(first, notes=(counted,))

"""Doing what was decided: a survey comes in, the folder is as wanted when it ends.

The order is the whole point: a kill between any two steps leaves a folder that the next write
heals. Decides nothing itself.
"""

from dataclasses import dataclass

from modelops.disk.atomic import put, remove, remove_if_empty
from modelops.disk.survey import Survey


@dataclass(frozen=True, slots=True)
class Guard:
    """The inventory that makes a write safe to kill: written first as a union, at last as itself.

    Attributes:
        path: below the surveyed folder.
        union: owns what is coming and what is going; None where the one on disk already does.
        final: None where the whole environment is going.
    """

    path: str
    union: bytes | None
    final: bytes | None


def carry_out(survey: Survey, guard: Guard | None = None) -> None:
    """Does what the survey says, in the order that a kill at any point can be healed from.

    Raises:
        Unwritable: at the first thing that the system refuses; what was done until then stays.
    """
    folder = survey.folder
    guarded = guard.path if guard else None
    for path in survey.leftovers:
        remove(folder / path)
    if guard and guard.union is not None:
        put(folder / guard.path, guard.union)
    for change in survey.changes:
        if change.path != guarded and change.new is not None:
            put(folder / change.path, change.new)
    for change in survey.changes:
        if change.path != guarded and change.new is None:
            remove(folder / change.path)
    for path in survey.idle:
        remove_if_empty(folder / path)
    if guard:
        _finish(survey, guard)


def _finish(survey: Survey, guard: Guard) -> None:
    """The inventory last: as long as it is the old one or the union, nothing is orphaned."""
    changed = any(change.path == guard.path for change in survey.changes)
    if guard.final is None:
        remove(survey.folder / guard.path)
    elif changed or guard.union is not None:
        put(survey.folder / guard.path, guard.final)

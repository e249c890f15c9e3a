"""CFG004: a value of a unit's file that says what would hold without it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import cfg
from modelops.plan.scope import AnyScope
from modelops.provenance import Origin

DISCRIMINATOR = "kind"
"""Says what the map around it is: who writes the map writes it too."""


def repeated_value(scope: AnyScope) -> Iterator[Diagnostic]:
    """Warn of values of the file that are, to the letter, what the layer below them says.

    Only of the file: a profile and an environment say what they stand for, whatever lies below.
    """
    origins = scope.unit.origins
    for path in origins.overriding:
        trail = origins.trails[path]
        if trail.winner.layer != "file" or path[-1:] == (DISCRIMINATOR,):
            continue
        below = trail.overridden[0]
        if _letters(trail.winner) == _letters(below):
            name = ".".join(str(key) for key in path)
            yield scope.breach(
                cfg.CFG004,
                f"`{name}` repeats what stands in {below.layer}",
                trail.winner.mark.value,
                "remove it here: there will be one place to change",
                Note(below.mark.value, f"the same, from {below.layer}"),
            )


def _letters(origin: Origin) -> tuple[type, object, str | None]:
    """What was written: `1` is not `true`, and in a variable `012` is not `12`."""
    return type(origin.value), origin.value, origin.mark.text

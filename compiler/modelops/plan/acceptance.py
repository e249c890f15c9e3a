"""Warnings that a unit's file accepts, each with a reason; and reasons without a warning.

In comes what the checks found in one unit, out goes what is left to tell. Errors cannot be
accepted: one that a stricter tier made of a warning is told although its code is accepted.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Severity
from modelops.diagnostics.rulebook import cfg
from modelops.plan.scope import AnyScope


def less_accepted(scope: AnyScope, found: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
    """What was found and is not accepted, then what is accepted and was not found (CFG004).

    Beside an error nothing is said of unused acceptances: checks are silent about what stands on
    something wrong, so their warnings may come back.
    """
    accepted = scope.spec.accept
    for one in found:
        if one.severity is not Severity.WARNING or one.rule.code not in accepted:
            yield one
    if not any(one.is_error for one in found):
        yield from _unused(scope, {one.rule.code for one in found})


def _unused(scope: AnyScope, found: set[str]) -> Iterator[Diagnostic]:
    for code in scope.spec.accept:
        if code not in found:
            yield scope.breach(
                cfg.CFG004,
                f"{code} is accepted here, and nothing in {scope.unit.name} breaks it",
                scope.unit.at_key("accept", code),
                "remove it: should the warning come back, someone ought to see it",
            )

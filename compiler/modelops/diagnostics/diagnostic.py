"""A diagnostic, and the outcome that carries diagnostics from stage to stage."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from modelops.diagnostics.rule import Rule, Severity
from modelops.provenance import Span

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Note:
    """A second place that the reader needs to see, and what it has to do with the first."""

    at: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        rule: the broken rule; its code is what people search for.
        message: what is wrong, with the user's own names and numbers.
        at: where.
        label: what stands at that place, in a few words; shown beside the caret.
        help: what to do, one remedy a line; empty only where the message says it.
        notes: further places, such as the layer that a value came from.
        severity: as the rule says for the tier, unless the check knows better.
        hidden: what no excerpt of any finding may show, because it is secret.
        owner: the file of the one object that was judged; empty where it was more than one.
    """

    rule: Rule
    message: str
    at: Span
    help: str = ""
    label: str = ""
    notes: tuple[Note, ...] = ()
    severity: Severity = Severity.ERROR
    hidden: tuple[Span, ...] = ()
    owner: str = ""

    @property
    def is_error(self) -> bool:
        """Whether this stops the compile."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """A stage's value with all it found; the value is None where it could not be made."""

    value: T | None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether any finding is an error."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def worst_first(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each finding once: errors before warnings, then by place, code and message."""

    def order(diagnostic: Diagnostic) -> tuple[bool, Span, str, str]:
        return (not diagnostic.is_error, diagnostic.at, diagnostic.rule.code, diagnostic.message)

    return tuple(sorted(dict.fromkeys(diagnostics), key=order))


def as_told(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """As people are told: worst first, each finding once, in however many objects it was found."""
    return worst_first(replace(diagnostic, owner="") for diagnostic in diagnostics)

"""One rule of the rule book: its code, how severe a breach is, and what people may read of it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error stops the compile; a warning is told."""

    ERROR = "error"
    WARNING = "warning"


class Tier(StrEnum):
    """What an environment is for; decides which warnings are errors."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the closed list.

    Attributes:
        code: area and number, such as `DSK001`.
        summary: what the rule forbids, in one line.
        why: the incident or the practice behind it.
        failing: an example that breaks it (YAML, or words where no file can show it).
        passing: the same, mended.
        remedy: what to do.
        severity: what a breach is outside production.
        in_production: what it is in the production tier; None where it is the same.
        impossible: why no input can break it, where the shape of the input already prevents it.
        unacceptable: why no file can accept a breach, where it is a warning.
        also_warns: whether a lesser breach of an error's rule is a warning.
    """

    code: str
    summary: str
    why: str
    failing: str
    passing: str
    remedy: str
    severity: Severity = Severity.ERROR
    in_production: Severity | None = None
    also_warns: bool = False
    impossible: str = ""
    unacceptable: str = ""

    @property
    def acceptable(self) -> bool:
        """Whether a breach can be a warning, which a file may accept with a reason."""
        warns = self.severity is Severity.WARNING or self.also_warns
        return warns and not self.unacceptable

    def severity_in(self, tier: Tier) -> Severity:
        """How severe a breach is in an environment of this tier."""
        production = tier is Tier.PRODUCTION and self.in_production is not None
        return self.in_production if production and self.in_production else self.severity

"""The form of a check's cases, and the surroundings that many of them share."""

from dataclasses import dataclass, field

from tests.unit.small_tree import DEV, MALARIA, Specs, environment


@dataclass(frozen=True, slots=True)
class Case:
    """One way to break one check.

    Attributes:
        broken: bears a mark before each character that a finding points at.
        told: in the order of the marks, how severe each finding is and by which rule.
        mended: what differs least, and is told nothing.
        around: further files, of both.
        says: what the first message must contain: the numbers and names of this very case.
    """

    check: str
    about: str
    broken: Specs
    told: tuple[str, ...]
    mended: Specs
    says: tuple[str, ...] = ()
    around: Specs = field(default_factory=dict)

    def __str__(self) -> str:
        """The case's name in a test report."""
        return f"{self.check}: {self.about}"


KEDA: Specs = {DEV: environment("features: {keda: true, networkPolicy: calico}")}
OPERATOR: Specs = {DEV: environment("features: {externalSecrets: true, networkPolicy: calico}")}
PRODUCTION: Specs = {
    DEV: environment(rest="tier: production\ndefaults: {workspace: {results: {kind: volume}}}")
}


def workers(text: str) -> Specs:
    """A workspace with these workers."""
    return {MALARIA: f"workers: {{{text}}}"}


def memory(text: str) -> Specs:
    """A workspace whose workers share out their memory so."""
    return workers(f"memory: {{{text}}}")

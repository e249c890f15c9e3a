"""Where the runs of this machine work: what `modelops run` fills and `modelops status` looks at."""

from dataclasses import dataclass
from pathlib import Path

PLACE = ".modelops"
"""The folder of the project that holds what belongs to this machine."""

STATE = "state.json"
"""In a run's folder: how to ask its store."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one run works; `root` is the project's."""

    root: Path
    environment: str
    run: str

    @property
    def state(self) -> Path:
        """What belongs to the run alone."""
        return runs(self.root, self.environment) / self.run

    @property
    def cache(self) -> Path:
        """Bundles and their environments, for all runs."""
        return self.root / PLACE / "cache"

    @property
    def logs(self) -> Path:
        """What each process writes."""
        return self.state / "logs"

    @property
    def store(self) -> Path:
        """What a Postgres of the run's own keeps."""
        return self.state / "store"

    @property
    def results(self) -> Path:
        """What the search has found: where workers deliver it, below their folder of results."""
        return self.state / "results" / "runs" / self.environment / self.run


def runs(root: Path, environment: str) -> Path:
    """The folder of an environment's runs."""
    return root / PLACE / "runs" / environment

"""Where results are kept: what a workspace is told of it, and what a process finds there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelops_runtime.configuration.runtime import BlobResults, FolderResults
from modelops_runtime.simulation.composition import Results, results_of


@dataclass(frozen=True)
class Kept:
    """Where results are kept, as a workspace is told of it.

    Attributes:
        config: what it is told.
        variables: of a process that may write there.
    """

    config: FolderResults | BlobResults
    variables: Mapping[str, str] = field(default_factory=dict)

    def results(self) -> Results:
        """As a new process has them."""
        return results_of(self.config, self.variables)

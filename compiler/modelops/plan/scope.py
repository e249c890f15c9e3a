"""One workspace with what it stands in, and the look-ups that checks and decisions share."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from modelops import names
from modelops.diagnostics import Diagnostic, Note, Rule, Tier
from modelops.model import (
    Configuration,
    Configured,
    EnvironmentSpec,
    WorkspaceSpec,
)
from modelops.model.cluster import Cluster
from modelops.model.workspace import Scheduler, Workers
from modelops.provenance import Span


@dataclass(frozen=True)
class Scope:
    """One workspace, its environment, and everything."""

    configuration: Configuration
    environment: Configured[EnvironmentSpec]
    workspace: Configured[WorkspaceSpec]

    @property
    def spec(self) -> WorkspaceSpec:
        """What the workspace's layers say."""
        return self.workspace.spec

    def part(self, name: str) -> Scheduler | Workers:
        """One of `PARTS`."""
        return self.spec.scheduler if name == "scheduler" else self.spec.workers

    @property
    def cluster(self) -> Cluster:
        """The cluster it will run on."""
        return self.environment.spec.cluster

    @property
    def tier(self) -> Tier:
        """The environment's tier."""
        return self.environment.spec.tier

    @cached_property
    def namespace(self) -> str:
        """The namespace it compiles to."""
        return names.workspace_namespace(self.environment.name, self.workspace.name)

    def at(self, *path: str | int) -> Span:
        """Where a value of the workspace was written."""
        return self.workspace.at(*path)

    def note(self, message: str, *path: str | int) -> Note:
        """A second place of the workspace, with the layer it came from."""
        layer = self.workspace.layer(*path)
        comes_from = "the default" if layer == "default" else f"from {layer}"
        told = message if layer == "file" else f"{message}, {comes_from}"
        return Note(self.at(*path), told)

    def breach(
        self, rule: Rule, message: str, at: Span, remedy: str, *notes: Note, label: str = ""
    ) -> Diagnostic:
        """A diagnostic of this rule, as severe as the tier makes it."""
        return Diagnostic(
            rule, message, at, remedy, label, notes, severity=rule.severity_in(self.tier)
        )


def scopes(configuration: Configuration) -> Iterator[Scope]:
    """Every workspace of every environment."""
    for environment in configuration.environments:
        for workspace in environment.workspaces:
            yield Scope(configuration, environment.environment, workspace)


PARTS = ("scheduler", "workers")
"""The parts of a workspace that have an image, a pool, resources and environment variables."""

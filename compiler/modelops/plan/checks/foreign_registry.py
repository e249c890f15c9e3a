"""AZR007: images from a registry that is not the one that Azure answered with."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note, Severity
from modelops.diagnostics.rulebook import azr
from modelops.model import Configuration
from modelops.plan.azure import login_server


def foreign_registry(configuration: Configuration) -> Iterator[Diagnostic]:
    """Warn where pods would pull from a registry that is not there; no manifest is made of it."""
    for one in configuration.environments:
        spec, cloud = one.environment.spec, one.cloud
        ours = None if spec.registry.prefix else login_server(one.name, spec.azure)
        if ours is None or cloud is None:
            continue
        told = cloud.spec.registry_login_server
        if told is not None and told.lower() != ours.lower():
            yield Diagnostic(
                azr.AZR007,
                f"images of {one.name} come from {ours}, and Azure's registry is {told}",
                cloud.at("registryLoginServer"),
                f"make it: `uv run modelops-infra up {one.name}`, and take its answers over:"
                f" `uv run modelops-infra outputs {one.name} |"
                f" uv run modelops cloud import {one.name}`\n"
                f"or write `registry: {{prefix: {told}}}`",
                notes=(Note(one.environment.at("azure", "registry"), "the registry described"),),
                severity=Severity.WARNING,
            )

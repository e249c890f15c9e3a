"""AZR006: the state of the infrastructure where others, or its own removal, cannot find it."""

from collections.abc import Iterator

from modelops import names
from modelops.diagnostics import Diagnostic, Severity, Tier
from modelops.diagnostics.rulebook import azr
from modelops.model import Configuration, Configured, EnvironmentSpec
from modelops.model.azure import Azure


def misplaced_state(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse state in the group that it describes; warn where there is none to share."""
    for one in configuration.environments:
        azure = one.environment.spec.azure
        if azure is None:
            continue
        yield from _inside(one.environment, azure)
        if azure.state is None and one.environment.spec.tier is not Tier.DEVELOPMENT:
            yield Diagnostic(
                azr.AZR006,
                f"nothing says where the state of {one.name} is kept: it would be on one disk",
                one.environment.at_key("azure"),
                "add `state: {resourceGroup: …, storageAccount: …}`",
                severity=azr.AZR006.severity_in(one.environment.spec.tier),
            )


def _inside(environment: Configured[EnvironmentSpec], azure: Azure) -> Iterator[Diagnostic]:
    group = azure.resource_group.name or names.azure_name(environment.name, "rg")
    if azure.state is not None and azure.state.resource_group.lower() == group.lower():
        yield Diagnostic(
            azr.AZR006,
            f"the state of {environment.name} is in {group}, which it describes",
            environment.at("azure", "state", "resourceGroup"),
            "give it a group of its own, such as modelops-state-rg",
            severity=Severity.ERROR,
        )

"""AZR009: more accounts that log in as one identity of Azure than it can trust."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import azr
from modelops.model import Configuration, Configured, ConfiguredEnvironment, EnvironmentSpec
from modelops.plan.facts.providers import FEDERATED_CREDENTIALS
from modelops.plan.identities import Purpose, identity_name, logins, purposes
from modelops.plan.scope import AnyScope, units_of
from modelops.provenance import DataPath

ASKED: dict[Purpose, tuple[str, DataPath, str]] = {
    Purpose.RESULTS: (
        "storage",
        ("results", "kind"),
        "write `results: {kind: volume, size: 50Gi}`",
    ),
    Purpose.STORE: (
        "postgres",
        ("store", "mode"),
        "choose another `store.mode`",
    ),
}
"""What of Azure an identity is there for, by which field units log in to it, and what to do."""


def crowded_identity(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse what Azure would refuse half-way through making it."""
    for held in configuration.environments:
        azure = held.environment.spec.azure
        described = set(purposes(azure)) if azure else set()
        for purpose in ASKED:
            scopes = tuple(_who(configuration, held, purpose)) if purpose in described else ()
            if len(scopes) > FEDERATED_CREDENTIALS:
                yield _crowded(held.environment, purpose, scopes)


def _who(
    configuration: Configuration, held: ConfiguredEnvironment, purpose: Purpose
) -> Iterator[AnyScope]:
    """The units that log in for a purpose."""
    for scope in units_of(configuration, held):
        if any(login.purpose is purpose for login in logins(scope)):
            yield scope


def _crowded(
    environment: Configured[EnvironmentSpec], purpose: Purpose, scopes: tuple[AnyScope, ...]
) -> Diagnostic:
    resource, field, remedy = ASKED[purpose]
    beyond = scopes[FEDERATED_CREDENTIALS:]
    return Diagnostic(
        azr.AZR009,
        f"{len(scopes)} {beyond[0].kind}s log in as `{identity_name(environment.name, purpose)}`, "
        f"and Azure gives one identity {FEDERATED_CREDENTIALS} federated credentials at most",
        environment.at_key("azure", resource),
        f"{remedy} in {len(beyond)} of them, or move as many to another environment",
        notes=(Note(beyond[0].at(*field), f"of {beyond[0].unit.name}, one too many"),),
    )

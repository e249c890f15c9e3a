"""SHR004: more participants than a service can take."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import shr
from modelops.model import Configuration, Configured, ServiceSpec
from modelops.model.environment import EnvironmentSpec
from modelops.plan.scope import Scope, services_of, workspaces_of


def crowded_service(configuration: Configuration) -> Iterator[Diagnostic]:
    """Warn where the limits of the workspaces that use a service add up to more than it takes."""
    for held in configuration.environments:
        workspaces = tuple(workspaces_of(configuration, held))
        for scope in services_of(configuration, held):
            users = [one for one in workspaces if scope.unit.name in one.services]
            yield from _service(held.environment, scope.unit, users)


def _service(
    environment: Configured[EnvironmentSpec], service: Configured[ServiceSpec], users: list[Scope]
) -> Iterator[Diagnostic]:
    room = service.spec.capacity.participants
    asked = {one.unit.name: one.spec.limits.participants or 0 for one in users}
    total = sum(asked.values())
    if room is None or total <= room:
        return
    sums = " + ".join(f"{many} ({name})" for name, many in asked.items() if many)
    notes = (
        Note(one.at("limits", "participants"), f"{one.spec.limits.participants} of them")
        for one in users
        if one.spec.limits.participants
    )
    yield Diagnostic(
        shr.SHR004,
        f"the workspaces that use {service.name} admit {sums} = {total} participants, and it takes "
        f"{room}",
        service.at("capacity", "participants"),
        f"raise its pods and `capacity.participants` to {total}, or lower a workspace's limit",
        "",
        tuple(notes),
        severity=shr.SHR004.severity_in(environment.spec.tier),
    )

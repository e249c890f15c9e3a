"""SHR001: a use of a service that the environment does not have, or that listens nowhere."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import shr
from modelops.model import WorkspaceSpec
from modelops.model.uses import Uses
from modelops.plan.scope import AnyScope
from modelops.provenance import DataPath


def unknown_service(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse it: the pods would be told an address where nobody answers."""
    for path, uses in _uses(scope):
        for name in uses:
            service = scope.services.get(name)
            if service is None:
                told = f"{scope.environment.name} has no service `{name}`"
                remedy = f"add `environments/{scope.environment.name}/services/{name}.yaml`"
            elif not service.spec.ports:
                told = f"the service `{name}` has no port"
                remedy = f"give it one in {service.source}: `ports: {{http: {{port: 8080}}}}`"
            else:
                continue
            yield scope.breach(shr.SHR001, told, scope.unit.at_key(*path, name), remedy)


def _uses(scope: AnyScope) -> Iterator[tuple[DataPath, Uses]]:
    yield ("uses",), scope.spec.uses
    if isinstance(scope.spec, WorkspaceSpec):
        for name, component in scope.spec.components.items():
            yield ("components", name, "uses"), component.uses

"""The workloads of a unit that are no Dask plane, as people wrote them: what checks of them see."""

from dataclasses import dataclass

from modelops.model.workload import Component
from modelops.plan.scope import AnyScope, Scope, ServiceScope
from modelops.provenance import DataPath


@dataclass(frozen=True, slots=True)
class Written:
    """One workload.

    Attributes:
        path: where its map stands below `spec`; empty for the spec of a service.
    """

    path: DataPath
    name: str
    spec: Component

    def field(self, *path: str) -> str:
        """A field of it, as one writes it: `components.chat.expose.tls`."""
        return ".".join(map(str, (*self.path, *path)))


def workloads(scope: AnyScope) -> tuple[Written, ...]:
    """A service is one; a workspace has its components, by name; a run has none."""
    match scope:
        case ServiceScope():
            return (Written((), scope.unit.name, scope.spec),)
        case Scope():
            return tuple(
                Written(("components", name), name, spec)
                for name, spec in sorted(scope.spec.components.items())
            )
        case _:
            return ()

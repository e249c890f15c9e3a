"""NAM007: a label that the compiler itself puts on every object."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import nam
from modelops.plan.scope import AnyScope, Scope
from modelops.plan.workloads import workloads
from modelops.provenance import DataPath

RESERVED_PREFIXES = (
    "app.kubernetes.io/",
    "kustomize.toolkit.fluxcd.io/",
    "modelops.io/",
    "pod-security.kubernetes.io/",
)


def reserved_label(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse labels that selectors, Flux or Pod Security go by."""
    for path in _labels(scope):
        key = str(path[-1])
        if key.startswith(RESERVED_PREFIXES):
            prefix = key.partition("/")[0]
            yield scope.breach(
                nam.NAM007,
                f"`{key}` is a label that the compiler or the cluster sets",
                scope.unit.at_key(*path),
                f"choose another key: `{prefix}/` is not for people",
            )


def _labels(scope: AnyScope) -> Iterator[DataPath]:
    """Where each label stands: the unit's own, and those of its components."""
    yield from (("labels", key) for key in scope.spec.labels)
    for one in workloads(scope) if isinstance(scope, Scope) else ():
        yield from ((*one.path, "labels", key) for key in one.spec.labels)

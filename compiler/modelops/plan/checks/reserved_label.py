"""NAM007: a label that the compiler itself puts on every object."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import nam
from modelops.plan.scope import AnyScope

RESERVED_PREFIXES = (
    "app.kubernetes.io/",
    "kustomize.toolkit.fluxcd.io/",
    "modelops.io/",
    "pod-security.kubernetes.io/",
)


def reserved_label(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse labels that selectors, Flux or Pod Security go by."""
    for key in scope.spec.labels:
        if key.startswith(RESERVED_PREFIXES):
            prefix = key.partition("/")[0]
            yield scope.breach(
                nam.NAM007,
                f"`{key}` is a label that the compiler or the cluster sets",
                scope.unit.at_key("labels", key),
                f"choose another key: `{prefix}/` is not for people",
            )

"""SHR002: one variable that two things say differently: services, the context, `env`."""

from collections.abc import Iterator, Mapping

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import shr
from modelops.plan import context, dask
from modelops.plan.scope import AnyScope, Scope
from modelops.plan.uses import variable_of
from modelops.plan.workloads import Written, workloads
from modelops.provenance import DataPath

Sources = Iterator[tuple[str, DataPath]]
"""A variable, and where it comes from."""

RESERVED = frozenset({*dask.FIELD_VARIABLES["workers"], context.FILE_VARIABLE, "HOME"})
"""What pods are told in any case."""


def twice_told(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse variables of a pod that come from two places: one of them would be lost."""
    shared = tuple(_used(("uses",), scope.spec.uses))
    found: set[tuple[DataPath, DataPath]] = set()
    yield from _taken(scope)
    if isinstance(scope, Scope):
        workers = (*shared, *_written(("workers",), scope.spec.workers.env, "env"))
        workers = (*workers, *_written(("workers",), scope.spec.workers.secret_env, "secretEnv"))
        yield from _collisions(scope, workers, found)
    for one in workloads(scope):
        yield from _collisions(scope, (*shared, *_told(scope), *_own(one)), found)


def _own(one: Written) -> Sources:
    if one.path:
        yield from _used((*one.path, "uses"), one.spec.uses)
    yield from _written(one.path, one.spec.env, "env")
    yield from _written(one.path, one.spec.secret_env, "secretEnv")


def _used(path: DataPath, uses: Mapping[str, object]) -> Sources:
    for name, use in sorted(uses.items()):
        yield getattr(use, "as_", None) or variable_of(name), (*path, name)


def _told(scope: AnyScope) -> Sources:
    if isinstance(scope, Scope):
        for name, entry in sorted(scope.spec.context.items()):
            yield context.variable_of(name, entry), ("context", name)


def _written(path: DataPath, env: Mapping[str, object], field: str) -> Sources:
    for name in sorted(env):
        yield name, (*path, field, name)


def _collisions(
    scope: AnyScope,
    sources: tuple[tuple[str, DataPath], ...],
    found: set[tuple[DataPath, DataPath]],
) -> Iterator[Diagnostic]:
    """Each pair once: what all pods are told would be said of each of them."""
    first: dict[str, DataPath] = {}
    for name, path in sources:
        other = first.setdefault(name, path)
        if other == path or (other, path) in found or _is_fine(other, path):
            continue
        found.add((other, path))
        yield scope.breach(
            shr.SHR002,
            f"`{name}` is set by `{_field(other)}` and by `{_field(path)}`: one would be lost",
            scope.unit.at_key(*path),
            "remove one of the two, or name the variable otherwise with `as`",
            scope.note("the other", *other),
        )


def _is_fine(first: DataPath, second: DataPath) -> bool:
    """Whether someone else says it, or a component names anew what its whole workspace uses."""
    plane = first[0] == second[0] == "workers"  # `derived_variable` says it
    return plane or (first[0] == "uses" and second[-2:] == first[-2:])


def _taken(scope: AnyScope) -> Iterator[Diagnostic]:
    """Names of the compiler's own variables, given to a service or to a value of the context."""
    shared = (*_used(("uses",), scope.spec.uses), *_told(scope))
    own = (one for each in workloads(scope) if each.path for one in _own(each))
    for name, path in (*shared, *own):
        if name in RESERVED and path[-2] in ("uses", "context"):
            yield scope.breach(
                shr.SHR002,
                f"`{_field(path)}` is told in `{name}`, a variable that the compiler sets",
                scope.unit.at_key(*path),
                "name the variable otherwise with `as`",
            )


def _field(path: DataPath) -> str:
    return ".".join(map(str, path))

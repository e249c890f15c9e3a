"""NAM002: two things of a workload at one place: files, volumes, and what the compiler mounts."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import nam
from modelops.plan import dask
from modelops.plan.context import FILE
from modelops.plan.scope import AnyScope, Scope
from modelops.plan.workloads import Written, workloads
from modelops.provenance import DataPath


def taken_path(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse a second thing at the path of a first: the container would never start."""
    told = isinstance(scope, Scope) and scope.spec.context
    ours = {dask.CONFIG_DIRECTORY: FILE} if told else {}
    for one in workloads(scope):
        first: dict[str, DataPath] = {}
        for mount, path in _mounts(one):
            other = first.setdefault(mount, path)
            if mount in ours or other != path:
                what = "the context" if mount in ours else f"`{'.'.join(map(str, other))}`"
                yield scope.breach(
                    nam.NAM002,
                    f"`{mount}` of `{one.name}` is where {what} is already",
                    scope.unit.at_key(*path),
                    "choose another path",
                )


def _mounts(one: Written) -> Iterator[tuple[str, DataPath]]:
    for name, volume in one.spec.volumes.items():
        yield volume.mount_path, (*one.path, "volumes", name)
    for path in one.spec.files:
        yield path, (*one.path, "files", path)

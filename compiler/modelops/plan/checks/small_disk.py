"""DSK015: volumes larger than the disk that their pod may use."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import dsk
from modelops.model.fields import bytes_text
from modelops.plan.amounts import memory_text
from modelops.plan.places import first_written
from modelops.plan.resources import worker_disk
from modelops.plan.scope import Scope


def small_disk(scope: Scope) -> Iterator[Diagnostic]:
    """Warn of a written `ephemeralStorage` below what the volumes of a worker pod can take."""
    written = scope.spec.workers.resources.ephemeral_storage
    needed = worker_disk(scope.spec)
    if written is None or written.limit >= needed:
        return
    spill, cache = scope.spec.workers.spill, scope.spec.bundles.cache
    rest = needed - spill - cache
    yield scope.breach(
        dsk.DSK015,
        f"workers may use {memory_text(written.limit)} of disk, and their volumes can take "
        f"{memory_text(needed)}: spill {memory_text(spill)}, bundles {memory_text(cache)}, the "
        f"rest {memory_text(rest)}; the kubelet evicts a pod that comes to its limit",
        scope.at(*first_written(scope, ("workers", "resources", "ephemeralStorage", "limit"))),
        f"remove it: it is computed to fit; or set it to {bytes_text(needed)}",
        scope.note("what Dask may spill", "workers", "spill"),
    )

"""STO006: a pod that is promised less disk than its own volumes and logs may take.

A worker's limit below them is `small_disk`'s (DSK015): there the pod's own spilling ends it. Here
it is the node that runs full, of pods that were each promised too little.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sto
from modelops.model.fields import bytes_text
from modelops.plan import resources
from modelops.plan.scope import PARTS, Scope


def crowded_disk(scope: Scope) -> Iterator[Diagnostic]:
    """Warn of a written request, and of a scheduler's limit, that is too small."""
    needed = {
        "scheduler": resources.SCHEDULER_SCRATCH + resources.LOGS,
        "workers": resources.worker_disk(scope.spec),
    }
    for part in PARTS:
        written = scope.part(part).resources.ephemeral_storage
        if written is None:
            continue
        if written.limit >= needed[part] > written.request:
            yield _breach(scope, part, "request", written.request, needed[part])
        elif written.limit < needed[part] and part == "scheduler":
            yield _breach(scope, part, "limit", written.limit, needed[part])


def _breach(scope: Scope, part: str, bound: str, given: int, needed: int) -> Diagnostic:
    what = {
        "request": f"asks for {bytes_text(given)} of its node's disk",
        "limit": f"may use {bytes_text(given)} of its node's disk",
    }[bound]
    return scope.breach(
        sto.STO006,
        f"the pod {what}, and its volumes and logs hold up to {bytes_text(needed)}: where disk "
        "runs short it is evicted",
        scope.at(part, "resources", "ephemeralStorage", bound),
        f"set it to {bytes_text(needed)} or more, or remove `ephemeralStorage`: it is computed "
        'then\nor accept it in the workspace: `accept: {STO006: "why it is fine"}`',
    )

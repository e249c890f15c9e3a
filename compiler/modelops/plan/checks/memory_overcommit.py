"""DSK001: processes that together may use more memory than their container has to give."""

import math
from collections.abc import Iterator
from fractions import Fraction

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import dsk
from modelops.model.fields import bytes_text
from modelops.plan.amounts import memory_text
from modelops.plan.resources import GIB
from modelops.plan.scope import Scope


def memory_overcommit(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse processes x memory limit above the container's limit less its headroom.

    Only a written `perProcess` can break this: a computed one is made to fit.
    """
    workers = scope.spec.workers
    each, limit = workers.memory.per_process, workers.resources.memory.limit
    share = Fraction(str(workers.memory.headroom))
    usable = (1 - share) * limit
    if each is None or workers.processes * each <= usable:
        return
    total = workers.processes * each
    left = f"only {memory_text(limit - total)} are left" if total < limit else "no headroom is left"
    left = f"{memory_text(total - limit)} too much, without any headroom" if total > limit else left
    yield scope.breach(
        dsk.DSK001,
        f"{workers.processes} processes x {memory_text(each)} = {memory_text(total)}, but the "
        f"container limit is {memory_text(limit)}: {left} ({_percent(share)} needed)",
        scope.at("workers", "memory", "perProcess"),
        _remedy(total, share, int(usable // each)),
        scope.note(f"{workers.processes} processes", "workers", "processes"),
        scope.note("the container's limit", "workers", "resources", "memory"),
        label="memory of each process",
    )


def _remedy(total: int, share: Fraction, fitting: int) -> str:
    enough = math.ceil(total / (1 - share) / GIB) * GIB
    fewer = f", or processes to {fitting}" if fitting else ""
    each = f"set resources.memory to {bytes_text(enough)}{fewer}"
    return f"{each}\nor remove perProcess: it is computed to fit"


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:g} %"

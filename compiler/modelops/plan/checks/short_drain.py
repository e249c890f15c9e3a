"""AVL003: autoscaling by CPU use that may end workers in the middle of an execution."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import avl
from modelops.model.fields import duration_text
from modelops.model.workspace import AutoscalingMode
from modelops.plan.places import first_written
from modelops.plan.resources import drain
from modelops.plan.scope import Scope

_TIMEOUT = ("executor", "timeout")
_OF_ONE = "the most time for one execution"


def short_drain(scope: Scope) -> Iterator[Diagnostic]:
    """Warn where a stopping worker has less time than one execution may take.

    By the queue it is the scheduler's wish that shrinks the number, which counts what still runs. A
    computed time is too short only beside a timeout above its bound.
    """
    workers, timeout = scope.spec.workers, scope.spec.executor.timeout
    autoscaling = workers.autoscaling
    if autoscaling is None or autoscaling.mode is not AutoscalingMode.CPU:
        return
    given = drain(scope.spec)
    if given < timeout:
        here = first_written(scope, ("workers", "drain"), _TIMEOUT)
        yield scope.breach(
            avl.AVL003,
            f"a worker that is scaled in has {_told(given)} to finish, and one "
            f"execution may take {_told(timeout)}: it would be lost, and begin again",
            scope.at(*here),
            f"set `workers.drain` to {_told(timeout)} or more, or `executor.timeout` to "
            f"{_told(given)} or less\n"
            'or accept it in the workspace: `accept: {AVL003: "why it is fine"}`',
            *((scope.note(_OF_ONE, *_TIMEOUT),) if here != _TIMEOUT else ()),
        )


def _told(seconds: int) -> str:
    """As short as it is typed: `30m` rather than `30m0s`."""
    if seconds and not seconds % 3600:
        return f"{seconds // 3600}h"
    return f"{seconds // 60}m" if seconds and not seconds % 60 else duration_text(seconds)

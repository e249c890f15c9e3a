"""CFG007: what is made for finding faults, where work is to be done."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Tier
from modelops.diagnostics.rulebook import cfg
from modelops.model.images import ExecutorType
from modelops.plan.checks.profile_out_of_tier import profile_out_of_tier
from modelops.plan.scope import Scope
from modelops.provenance import DataPath

_COSTS = {
    ExecutorType.DIRECT: "runs tasks in the worker itself: one that crashes takes the worker along",
    ExecutorType.COLD: "starts a process for each task, which makes short tasks many times slower",
}


def slow_executor(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse `direct`, `cold` and `freshVenv` in production; warn in staging.

    Silent where the value comes from a profile that is not for this tier at all: CFG003 says so.
    """
    if scope.tier is Tier.DEVELOPMENT:
        return
    refused = {note.at.file for finding in profile_out_of_tier(scope) for note in finding.notes}
    for path, told in _slow(scope):
        at = scope.at(*path)
        layer = scope.workspace.layer(*path)
        by = "" if layer == "file" else f" by {layer}"
        if at.file not in refused:
            yield scope.breach(
                cfg.CFG007,
                f"{told}; {scope.workspace.name} is to run so{by}, in the tier {scope.tier.value}",
                at,
                "choose `isolated_warm` without `freshVenv`, or a profile that does",
            )


def _slow(scope: Scope) -> Iterator[tuple[DataPath, str]]:
    executor = scope.spec.executor
    if executor.type in _COSTS:
        yield (
            ("executor", "type"),
            f"the executor `{executor.type.value}` {_COSTS[executor.type]}",
        )
    if executor.fresh_venv:
        yield (
            ("executor", "freshVenv"),
            "`freshVenv` makes a new Python environment for each execution",
        )

"""DSK008: memory thresholds that come too late or in the wrong order."""

from collections.abc import Iterator
from itertools import pairwise

from modelops.diagnostics import Diagnostic, Severity
from modelops.diagnostics.rulebook import dsk
from modelops.model.workspace import WorkerMemory
from modelops.plan.dask import THRESHOLDS, threshold_variable
from modelops.plan.facts.dask_settings import spelled
from modelops.plan.scope import Scope

LATEST_PAUSE = 0.9
"""A process paused later has no room left for what its running tasks still allocate."""

LATEST_TARGET = 0.8
"""Spilling that begins later than this leaves little, unless the pod keeps headroom."""

TINY_HEADROOM = 0.05


def threshold_order(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse anything but target <= spill <= pause < terminate, said once; warn of late ones."""
    memory = scope.spec.workers.memory
    yield from _order(scope, memory)
    yield from _late(scope, memory)
    yield from _disagreeing_variable(scope, memory)


def _shares(memory: WorkerMemory) -> dict[str, float]:
    return dict(
        zip(
            THRESHOLDS,
            (memory.target, memory.spill, memory.pause, memory.terminate),
            strict=True,
        )
    )


def _order(scope: Scope, memory: WorkerMemory) -> Iterator[Diagnostic]:
    shares = _shares(memory)
    for lower, upper in pairwise(THRESHOLDS):
        strictly = upper == "terminate"
        if shares[lower] > shares[upper] or (strictly and shares[lower] == shares[upper]):
            wanted = "below" if strictly else "at most"
            yield scope.breach(
                dsk.DSK008,
                f"{lower} {shares[lower]:g} is not {wanted} {upper} {shares[upper]:g}: Dask would "
                f"{_consequence(upper)}",
                scope.at("workers", "memory", lower),
                f"keep target <= spill <= pause < terminate; lower {lower}, or raise {upper}",
                scope.note(f"{upper} {shares[upper]:g}", "workers", "memory", upper),
            )


def _consequence(upper: str) -> str:
    return "kill a process before it pauses" if upper == "terminate" else "act in the wrong order"


def _late(scope: Scope, memory: WorkerMemory) -> Iterator[Diagnostic]:
    tiny = memory.headroom <= TINY_HEADROOM
    for name, share, latest in (
        ("pause", memory.pause, LATEST_PAUSE),
        *((("target", memory.target, LATEST_TARGET),) if tiny else ()),
    ):
        if share > latest:
            yield Diagnostic(
                dsk.DSK008,
                f"{name} {share:g} is later than {latest:g}: what running tasks still allocate has "
                "no room",
                scope.at("workers", "memory", name),
                f"set {name} to {latest:g} or less",
                severity=Severity.WARNING,
            )


def _disagreeing_variable(scope: Scope, memory: WorkerMemory) -> Iterator[Diagnostic]:
    """A variable of a threshold, by any name that Dask reads it under."""
    workers = scope.spec.workers
    thresholds = {threshold_variable(name): name for name in THRESHOLDS}
    shares = _shares(memory)
    for field, variables in (("env", workers.env), ("secretEnv", workers.secret_env)):
        for variable in sorted(variables):
            name = thresholds.get(spelled(variable))
            if name is not None:
                yield scope.breach(
                    dsk.DSK008,
                    f"`{variable}` says the {name} threshold a second time, beside "
                    f"`workers.memory.{name}: {shares[name]:g}`",
                    scope.workspace.at_key("workers", field, variable),
                    f"remove it, and set `workers.memory.{name}` instead",
                    scope.note("the threshold", "workers", "memory", name),
                )

"""STO001: several pods over a volume that one node can hold at a time."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sto
from modelops.plan.scope import AnyScope
from modelops.plan.workloads import Written, workloads


def contested_volume(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse `volumes` beside more than one replica, or beside an autoscaler."""
    for one in workloads(scope):
        several = _several(one)
        if one.spec.volumes and several:
            field, told = several
            volume = min(one.spec.volumes)
            yield scope.breach(
                sto.STO001,
                f"`{one.name}` has {told}, and its volume `{volume}` can be mounted on one node at "
                "a time: all but one of them would wait for ever",
                scope.at(*one.path, *field),
                "keep one pod, or keep the data in a service that has a volume of its own",
                scope.note("the volume", *one.path, "volumes", volume),
            )


def _several(one: Written) -> tuple[tuple[str, ...], str] | None:
    """Which field asks for more than one pod, and for how many."""
    auto, replicas = one.spec.autoscaling, one.spec.replicas
    if auto is not None and auto.max > 1:
        return ("autoscaling", "max"), f"up to {auto.max} pods"
    if replicas is not None and replicas > 1:
        return ("replicas",), f"{replicas} pods"
    return None

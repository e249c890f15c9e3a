"""What environments ask of their clusters, for `modelops list --capacity`: as text, or as JSON."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from modelops.cli.table import table

if TYPE_CHECKING:
    from modelops.plan.demand import Bound, Demand, EnvironmentDemand, Sharing

GIB = 1024**3
Row = tuple[str, ...]
UNITS = ("UNIT", "PODS", "CORES", "MEMORY")
NAMESPACES = ("NAMESPACE", "PODS", "CORES", "MEMORY")
POOLS = ("POOL", "PODS", "CORES", "MEMORY")
SHARING = ("SERVICES AND COMPONENTS", "PODS", "CORES", "MEMORY")


def capacity_text(environments: Iterable["EnvironmentDemand"]) -> str:
    """The tables of each environment."""
    return "\n\n".join(map(_environment, environments))


def capacity_json(environments: Iterable["EnvironmentDemand"]) -> str:
    """The same for programs: cores, bytes and pods."""
    found = {"environments": [_document(one) for one in environments]}
    return json.dumps(found, indent=2)


def _environment(found: "EnvironmentDemand") -> str:
    units: list[Row] = [
        (f"{one.kind} {one.name}", str(one.demand.pods), *_amounts(one.demand))
        for one in found.units
    ]
    tables: list[tuple[Row, list[Row]]] = [
        (UNITS, units),
        (NAMESPACES, [_against(one) for one in found.namespaces]),
        (POOLS, [_against(one) for one in found.pools]),
        *([(SHARING, _sharing(found.sharing))] if found.sharing else []),
    ]
    written = [table(titles, rows, "  ") for titles, rows in tables if rows]
    legend = "  asked for / quota of the namespace, most nodes of the pool"
    return "\n\n".join([found.name, *written, legend])


def _amounts(demand: "Demand") -> tuple[str, str]:
    return _cores(demand), _memory(demand)


def _cores(demand: "Demand") -> str:
    return f"{demand.cpu / 1000:g}"


def _memory(demand: "Demand") -> str:
    return f"{round(demand.memory / GIB, 1):g} GiB"


def _against(bound: "Bound") -> tuple[str, ...]:
    asked, room = bound.demand, bound.room
    if room is None:
        return (bound.name, f"{asked.pods} / ?", f"{_cores(asked)} / ?", f"{_memory(asked)} / ?")
    return (
        bound.name,
        f"{asked.pods} / {room.pods}",
        f"{_cores(asked)} / {_cores(room)}",
        f"{_memory(asked)} / {_memory(room)}",
    )


def _sharing(found: "Sharing") -> list[tuple[str, ...]]:
    return [
        ("shared", str(found.shared.pods), *_amounts(found.shared)),
        ("a copy for each workspace", str(found.dedicated.pods), *_amounts(found.dedicated)),
        ("saved", *(f"{percent:g} %" for percent in _saved(found).values())),
    ]


def _saved(found: "Sharing") -> dict[str, float]:
    """How much less it is to share, in percent, to one decimal."""
    pairs = {
        "pods": (found.shared.pods, found.dedicated.pods),
        "cores": (found.shared.cpu, found.dedicated.cpu),
        "memory": (found.shared.memory, found.dedicated.memory),
    }
    return {
        name: round(100 * (1 - one / other), 1) if other else 0.0
        for name, (one, other) in pairs.items()
    }


def _document(found: "EnvironmentDemand") -> dict[str, Any]:
    sharing = found.sharing
    return {
        "name": found.name,
        "units": [
            {
                "kind": one.kind,
                "name": one.name,
                "namespace": one.namespace,
                "requested": _plain(one.demand),
            }
            for one in found.units
        ],
        "namespaces": [_bound(one, "quota") for one in found.namespaces],
        "pools": [_bound(one, "most") for one in found.pools],
        "sharing": sharing
        and {
            "shared": _plain(sharing.shared),
            "dedicated": _plain(sharing.dedicated),
            "savedPercent": _saved(sharing),
        },
    }


def _bound(bound: "Bound", has: str) -> dict[str, Any]:
    room = bound.room and _plain(bound.room)
    return {"name": bound.name, "requested": _plain(bound.demand), has: room}


def _plain(demand: "Demand") -> dict[str, float]:
    return {"cores": demand.cpu / 1000, "memoryBytes": demand.memory, "pods": demand.pods}

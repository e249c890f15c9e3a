"""ModelOps and its peers on equal manifests: `python -m tests.bench.compare [COUNT ...]`.

What ModelOps generates for 10, 100 and 1,000 workspaces is factored into templates and parameters,
and every peer makes it from those. Before anything is timed, the manifests of each are parsed and
held against ours, workspace by workspace and object by object, field by field; nothing is
normalised but the order of the objects in a file. Then whole processes are timed, in turn; a slow
peer is timed once from 100 workspaces on, in the run that was held against ours. A peer that cannot
be installed here is said to be absent.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.compile import Project
from tests.bench.factoring import Body, Family, Identity, factored, identity
from tests.bench.peers.cdk8s_python import CDK8S_APP_EACH, CDK8S_ONE_APP
from tests.bench.peers.jsonnet import GOJSONNET, RJSONNET
from tests.bench.peers.kapitan import KAPITAN
from tests.bench.peers.kustomize import KUSTOMIZE
from tests.bench.peers.ourselves import DECIDED_PEER, EVERYTHING, UNVERIFIED_PEER
from tests.bench.peers.peer import Peer, Prepared, manifests
from tests.bench.runs import Run, interleaved, median, run
from tests.bench.tables import machine, seconds, table
from tests.bench.workload import write_project

COUNTS = (10, 100, 1_000)
ROUNDS = 3
SLOW_FROM = 100
PEERS = (
    EVERYTHING,
    UNVERIFIED_PEER,
    DECIDED_PEER,
    RJSONNET,
    GOJSONNET,
    KUSTOMIZE,
    CDK8S_APP_EACH,
    CDK8S_ONE_APP,
    KAPITAN,
)
Objects = Mapping[str, Mapping[Identity, Body]]


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found for one number of workspaces.

    Attributes:
        objects: how many were made, equal ones by every peer.
        times: the median in seconds by peer.
    """

    objects: int
    times: Mapping[str, float]


def _ours(folder: Path, count: int) -> dict[str, list[Body]]:
    """The objects of each workspace as `modelops compile` wrote them."""
    project = Project(folder)
    write_project(project.root, count)
    run(project.compile(project.clear))
    found: dict[str, list[Body]] = {}
    for workspace, body in manifests(project.root / "generated" / "dev" / "workspaces"):
        found.setdefault(workspace, []).append(body)
    return found


def by_identity(found: Iterator[tuple[str, Body]]) -> Objects:
    """Objects by workspace and identity.

    Raises:
        ValueError: an object came twice.
    """
    objects: dict[str, dict[Identity, Body]] = {}
    for workspace, body in found:
        if identity(body) in objects.setdefault(workspace, {}):
            raise ValueError(f"{workspace} has {identity(body)} twice")
        objects[workspace][identity(body)] = body
    return objects


def differences(ours: Objects, theirs: Objects) -> Iterator[str]:
    """In words, every object that only one has or that is not equal."""
    for workspace in sorted({*ours, *theirs}):
        mine, other = ours.get(workspace, {}), theirs.get(workspace, {})
        for each in sorted({*mine, *other}):
            if mine.get(each) != other.get(each):
                yield f"{workspace}: {' '.join(each)}: {mine.get(each)} != {other.get(each)}"


def _checked(peer: Peer, prepared: Prepared, ours: Objects) -> Run:
    done = run(prepared.command)
    found = next(differences(ours, by_identity(manifests(prepared.out))), None)
    if found:
        raise ValueError(f"{peer.name} made something else: {found}")
    return done


def compared(count: int, folder: Path, tools: Mapping[str, Path]) -> Compared:
    """Hold what each peer makes against ours, and time those that are here."""
    objects = _ours(folder / "ours", count)
    ours = by_identity((name, body) for name, each in objects.items() for body in each)
    families = factored(objects)
    chosen = [peer for peer in PEERS if peer.name in tools]
    prepared = {each.name: _prepared(each, folder, families, tools) for each in chosen}
    first = {each.name: _checked(each, prepared[each.name], ours) for each in chosen}
    once = {each.name for each in chosen if each.slow and count >= SLOW_FROM}
    turns = {name: each.command for name, each in prepared.items() if name not in once}
    done = interleaved(turns, ROUNDS)
    times = {name: median(done.get(name, [only])) for name, only in first.items()}
    return Compared(sum(map(len, objects.values())), times)


def _prepared(
    peer: Peer, folder: Path, families: tuple[Family, ...], tools: Mapping[str, Path]
) -> Prepared:
    mine = folder / peer.name.replace(" ", "-").replace(",", "")
    mine.mkdir()
    return peer.prepare(tools[peer.name], mine, families)


def _cell(times: Mapping[str, float], peer: Peer) -> str:
    ratio = times[peer.name] / times[EVERYTHING.name]
    return f"{seconds(times[peer.name])} (x{ratio:.2f})"


def report(found: Mapping[int, Compared], tools: Mapping[str, Path]) -> str:
    """A row for each peer; in brackets how many times as long as `modelops compile` it takes."""
    head = [f"{count:,} workspaces, {each.objects:,} objects" for count, each in found.items()]
    rows = [
        [peer.name, *(_cell(each.times, peer) for each in found.values())]
        for peer in PEERS
        if peer.name in tools
    ]
    absent = [peer.name for peer in PEERS if peer.name not in tools]
    missing = f"\n\nAbsent here: {'; '.join(absent)}." if absent else ""
    return table(["", *head], rows) + missing


def measure(counts: Sequence[int]) -> str:
    """Install what there is, compare and time it, and report."""
    places = {peer.name: peer.install() for peer in PEERS}
    tools = {name: place for name, place in places.items() if place}
    found = {}
    for count in counts:
        with TemporaryDirectory(prefix="modelops-bench-") as folder:
            found[count] = compared(count, Path(folder), tools)
            place = machine(Path(folder))
    return f"{report(found, tools)}\n\n{place}"


def main() -> None:
    """The table for the counts of the command line."""
    print(measure([int(each) for each in sys.argv[1:]] or COUNTS))


if __name__ == "__main__":
    main()

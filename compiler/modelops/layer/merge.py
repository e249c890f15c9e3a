"""Part of stage `layer`: the one merge rule of the program, JSON Merge Patch (RFC 7396).

Layers come in, lowest first, and are merged in one go; the tree leaves, and beside it a view that
tells the trail of every value. A trail is worked out when it is asked for, by the steps that the
merge took, so that a compile pays only for the few that it needs. Which layers an object has is
decided next door. No layer is changed; the tree that leaves shares lists with them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelops.documents import Tree
from modelops.provenance import DataPath, Mark, Origin, Trail


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Attributes:
        name: the layer's name for people.
        tree: what it says.
        marks: where each node of its document stands.
        below: the path of `tree` in that document.
    """

    name: str
    tree: Tree
    marks: Mapping[DataPath, Mark]
    below: DataPath = ()

    def origin(self, path: DataPath, value: object) -> Origin:
        """What this layer says at a path of its tree: a map is shown empty."""
        shown = {} if isinstance(value, dict) else value
        return Origin(self.name, self.marks[self.below + path], shown)


Said = list[tuple[Layer, Any]]
"""What the layers say of one path, lowest first; layers that do not mention it are left out."""


class Trails(Mapping[DataPath, Trail]):
    """The trail of every node of a merged tree, worked out when it is asked for."""

    __slots__ = ("_said", "_target", "_tree")

    def __init__(self, said: Said, target: Layer | None, tree: Tree) -> None:
        """Keep what the layers say of the root, and the tree that they were merged to."""
        self._said = said
        self._target = target
        self._tree = tree

    def __getitem__(self, path: DataPath) -> Trail:
        """The trail at a path; KeyError where the merged tree has no such node."""
        said, in_list = self._said, False
        for key in path:
            in_list = in_list or (bool(said) and isinstance(said[-1][1], list))
            said = _said_of_item(said, key) if isinstance(key, int) else _said_of_key(said, key)
        if not said or not (in_list or _stands(said[-1], self._target)):
            raise KeyError(path)
        return _trail(path, said)

    def __iter__(self) -> Iterator[DataPath]:
        """The paths of the merged tree, each map and list before what is in it."""
        waiting: list[tuple[DataPath, Any]] = [((), self._tree)] if self._said else []
        while waiting:
            path, value = waiting.pop()
            yield path
            if isinstance(value, dict):
                waiting.extend([((*path, key), inner) for key, inner in reversed(value.items())])
            elif isinstance(value, list):
                waiting.extend([((*path, at), value[at]) for at in reversed(range(len(value)))])

    def __len__(self) -> int:
        """The number of nodes."""
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class Merged:
    """What layers come to; `trails`, `deleted` and `overriding` as in Origins."""

    tree: Tree
    trails: Mapping[DataPath, Trail]
    deleted: Mapping[DataPath, Trail]
    overriding: tuple[DataPath, ...] = ()


def merge(patches: Sequence[Layer], target: Layer | None = None) -> Merged:
    """Apply patches to a target, lowest first, as RFC 7396 says.

    Maps merge by key, scalars and lists replace, null in a patch deletes. The target is taken as it
    is: null in it stays; without one, the patches are applied to an empty map. Keys stand in the
    order in which the layers first mention them.

    The winner of a path is the highest layer that wrote it; the layers that it hides are its trail,
    including a null between them. A map is won by the highest layer that wrote a part of it. What
    stood inside a map that was replaced or deleted has no trail any more. A path that null deleted
    has the null as the winner of its trail in `deleted`, and before it what was there.
    """
    layers = (target, *patches) if target else patches
    said: Said = [(layer, layer.tree) for layer in layers]
    deleted: dict[DataPath, Trail] = {}
    overriding: list[DataPath] = []
    tree = _fold((), said, target, deleted, overriding)
    return Merged(tree, Trails(said, target, tree), deleted, tuple(overriding))


def as_written(layer: Layer) -> Merged:
    """One layer merged with nothing: what it says, null included."""
    return Merged(layer.tree, Trails([(layer, layer.tree)], layer, layer.tree), {})


def _fold(
    path: DataPath,
    said: Said,
    target: Layer | None,
    deleted: dict[DataPath, Trail],
    overriding: list[DataPath],
) -> Tree:
    """The map that is said at a path; what is found on the way is added to the last two."""
    by_key: dict[str, Said] = {}
    for layer, tree in _counting(said):
        for key, value in tree.items():
            by_key.setdefault(key, []).append((layer, value))
    folded: Tree = {}
    for key, told in by_key.items():
        value = told[-1][1]
        if isinstance(value, dict):
            folded[key] = _fold((*path, key), told, target, deleted, overriding)
        elif _stands(told[-1], target):
            folded[key] = value
            if len(told) > 1:
                overriding.append((*path, key))
        elif any(hidden is not None for _, hidden in told):
            deleted[*path, key] = _trail((*path, key), told)
    return folded


def _stands(last: tuple[Layer, Any], target: Layer | None) -> bool:
    """Whether the last word on a path leaves something there: null does only in the target."""
    layer, value = last
    return value is not None or layer is target


def _counting(said: Said) -> Said:
    """The maps that nothing but maps follow: what stands lower is replaced by them."""
    start = len(said)
    while start and isinstance(said[start - 1][1], dict):
        start -= 1
    return said[start:]


def _said_of_key(said: Said, key: str) -> Said:
    """What is said of one key of the map at a path; nothing where no map is."""
    return [(layer, tree[key]) for layer, tree in _counting(said) if key in tree]


def _said_of_item(said: Said, index: int) -> Said:
    """What is said of one item of the list at a path: a list is one layer's, whole."""
    if not said:
        return []
    layer, value = said[-1]
    exists = isinstance(value, list) and 0 <= index < len(value)
    return [(layer, value[index])] if exists else []


def _trail(path: DataPath, said: Said) -> Trail:
    """All that was said of a path, highest first."""
    winner, *hidden = [layer.origin(path, value) for layer, value in reversed(said)]
    return Trail(winner, tuple(hidden))

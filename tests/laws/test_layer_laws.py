"""The laws of the merge, over trees and stacks of layers that nobody thought of."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modelops.layer.merge import Layer, Merged, merge
from modelops.provenance import DataPath, Mark, Span, Trail

KEYS = st.sampled_from("abc")
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["", "x"]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(KEYS, inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
    ),
    max_leaves=8,
)
TREES = st.dictionaries(KEYS, VALUES, max_size=3)
STACKS = st.lists(TREES, max_size=5)


def nodes(value: object, path: DataPath = ()) -> Iterator[tuple[DataPath, Any]]:
    """Every node of a tree."""
    yield path, value
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        yield from nodes(inner, (*path, key))


def layer_of(index: int, tree: dict[str, Any]) -> Layer:
    """A layer in a file of its own, each of its nodes on a line of its own."""
    marks = {
        path: Mark(None, Span(f"{index}", line, 1, line, 2), repr(value))
        for line, (path, value) in enumerate(nodes(tree), 1)
    }
    return Layer(f"layer {index}", tree, marks)


def stack_of(trees: list[dict[str, Any]]) -> list[Layer]:
    return [layer_of(index, tree) for index, tree in enumerate(trees)]


def merged(trees: list[dict[str, Any]]) -> Merged:
    return merge(stack_of(trees))


def patched(target: object, patch: object) -> object:
    """MergePatch of RFC 7396, section 2, word for word."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = patched(result.get(name), value)
    return result


def same(one: object, other: object) -> bool:
    """Equality that tells 1 from true."""
    return list(map(repr, sorted_nodes(one))) == list(map(repr, sorted_nodes(other)))


def sorted_nodes(tree: object) -> list[tuple[DataPath, Any]]:
    found = [(path, type(v) if isinstance(v, dict | list) else v) for path, v in nodes(tree)]
    return sorted(found, key=lambda node: repr(node[0]))


@given(STACKS)
def test_it_is_the_fold_of_the_rfc(trees: list[dict[str, Any]]) -> None:
    expected: object = {}
    for tree in trees:
        expected = patched(expected, tree)
    assert same(merged(trees).tree, expected)


@given(TREES, STACKS)
def test_a_target_is_taken_as_it_is(target: dict[str, Any], trees: list[dict[str, Any]]) -> None:
    expected: object = target
    for tree in trees:
        expected = patched(expected, tree)
    result = merge(stack_of(trees), Layer("target", target, layer_of(9, target).marks))
    assert same(result.tree, expected)
    assert set(result.trails) == {path for path, _ in nodes(result.tree)}
    assert all(same_value(trail, result.tree, path) for path, trail in result.trails.items())


def same_value(trail: Trail, tree: object, path: DataPath) -> bool:
    """Whether the winner says what the merged tree has at a path."""
    value = dict(nodes(tree))[path]
    return repr(trail.winner.value) == repr({} if isinstance(value, dict) else value)


@given(STACKS, st.integers(0, 5))
def test_an_empty_layer_changes_nothing(trees: list[dict[str, Any]], at: int) -> None:
    with_empty = [*trees[:at], {}, *trees[at:]]
    assert same(merged(with_empty).tree, merged(trees).tree)
    leaves = [path for path in merged(trees).trails if path]
    places = [merged(trees).trails[path].winner.mark.value.line for path in leaves]
    assert [merged(with_empty).trails[path].winner.mark.value.line for path in leaves] == places


@given(STACKS, st.integers(0, 4))
def test_a_layer_twice_is_a_layer_once(trees: list[dict[str, Any]], at: int) -> None:
    twice = [*trees[: at + 1], *trees[at : at + 1], *trees[at + 1 :]]
    assert same(merged(twice).tree, merged(trees).tree)


@given(STACKS)
def test_every_node_has_one_winner_that_said_it(trees: list[dict[str, Any]]) -> None:
    stack = stack_of(trees)
    result = merge(stack)
    by_name = {layer.name: layer for layer in stack}
    expected = {path for path, _ in nodes(result.tree)} if trees else set()
    assert set(result.trails) == expected
    assert len(result.trails) == len(expected)
    for path, value in nodes(result.tree) if trees else ():
        winner = result.trails[path].winner
        layer = by_name[winner.layer]
        assert repr(winner.value) == repr({} if isinstance(value, dict) else value)
        assert winner.mark is layer.marks[path]
        assert winner.mark.text == repr(dict(nodes(layer.tree))[path])


@given(STACKS)
def test_every_value_that_hides_another_is_listed(trees: list[dict[str, Any]]) -> None:
    result = merge(stack_of(trees))
    assert list(result.overriding) == [
        path
        for path, trail in result.trails.items()
        if trail.overridden and not isinstance(trail.winner.value, dict)
    ]


@given(STACKS)
def test_a_trail_goes_down_the_layers(trees: list[dict[str, Any]]) -> None:
    for trail in merged(trees).trails.values():
        order = [int(origin.mark.value.file) for origin in (trail.winner, *trail.overridden)]
        assert order == sorted(set(order), reverse=True)


@given(STACKS)
def test_the_winner_is_the_highest_that_spoke(trees: list[dict[str, Any]]) -> None:
    """Outside lists: no layer above the winner mentions the path."""
    for path, trail in merged(trees).trails.items():
        if any(isinstance(key, int) for key in path):
            continue
        winner = int(trail.winner.mark.value.file)
        assert not any(path in dict(nodes(tree)) for tree in trees[winner + 1 :])


@given(STACKS, TREES)
def test_null_deletes(trees: list[dict[str, Any]], extra: dict[str, Any]) -> None:
    for key in extra:
        before, after = merged(trees), merged([*trees, {key: None}])
        assert same(after.tree, {k: v for k, v in before.tree.items() if k != key})
        assert not [path for path in after.trails if path[:1] == (key,)]
        assert (key,) not in after.trails
        if key in before.tree:
            deletion = after.deleted[key,]
            assert deletion.winner.layer == f"layer {len(trees)}"
            assert deletion.overridden[0] == before.trails[key,].winner


@given(STACKS)
def test_nothing_stands_where_something_was_deleted(trees: list[dict[str, Any]]) -> None:
    result = merged(trees)
    for path, trail in result.deleted.items():
        assert not [below for below in result.trails if below[: len(path)] == path]
        assert path not in result.trails
        assert trail.winner.value is None
        assert any(origin.value is not None for origin in trail.overridden)


@given(STACKS, st.lists(st.one_of(KEYS, st.integers(-2, 3)), max_size=4))
def test_a_path_has_a_trail_where_the_tree_has_a_node(
    trees: list[dict[str, Any]], keys: list[str | int]
) -> None:
    result, path = merged(trees), tuple(keys)
    expected = bool(trees) and path in dict(nodes(result.tree))
    assert (path in result.trails) == (result.trails.get(path) is not None) == expected


@given(STACKS)
def test_what_comes_in_is_left_alone(trees: list[dict[str, Any]]) -> None:
    before = copy.deepcopy(trees)
    result = merged(trees)
    list(result.trails.items())
    assert same(trees, before)
    assert same(before, trees)


@given(STACKS)
def test_keys_stand_as_first_mentioned(trees: list[dict[str, Any]]) -> None:
    mentioned = dict.fromkeys(key for tree in trees for key in tree)
    assert list(merged(trees).tree) == [key for key in mentioned if key in merged(trees).tree]

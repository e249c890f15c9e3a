"""Part of stage `validate`: the trees as the models are to see them.

A layered tree comes in, a tree leaves that shares what it need not change. The layered tree itself
is never touched: later stages ask its side table about the same paths.
"""

from collections.abc import Callable
from typing import Any

from modelops.documents import LayeredSpec, Tree
from modelops.provenance import DataPath
from modelops.validate.shape import ANY, Pattern


def with_source_texts(layered: LayeredSpec, patterns: tuple[Pattern, ...]) -> Tree:
    """The tree with the scalars at these places as they were typed: `no`, `012`, `1e3`."""

    def typed(path: DataPath, value: object) -> object:
        origin = layered.origins.origin(path)
        text = origin.mark.text if origin else None
        return value if value is None or text is None else text

    tree: Any = layered.tree
    for pattern in patterns:
        tree = _replaced(tree, pattern, (), typed)
    return dict(tree)


def _replaced(
    node: Any,  # noqa: ANN401 -- any YAML
    pattern: Pattern,
    path: DataPath,
    new: Callable[[DataPath, object], object],
) -> Any:  # noqa: ANN401 -- any YAML
    """A copy along the pattern's way, with `new` values at its end; the rest is shared."""
    if not pattern:
        return new(path, node)
    if not isinstance(node, dict):
        return node
    head, *rest = pattern
    keys = list(node) if head == ANY else [head] if head in node else []
    return node | {key: _replaced(node[key], tuple(rest), (*path, key), new) for key in keys}


def without_nulls(tree: Tree) -> Tree:
    """The tree without what it deletes: maps lose their nulls, lists keep theirs."""
    return {
        key: without_nulls(value) if isinstance(value, dict) else value
        for key, value in tree.items()
        if value is not None
    }

"""Every layer of one object by itself, as it was written.

What `layer` merged comes in, and what it merged it from; each layer's own words leave, the lowest
first, in the order in which `layer` looked at them. Pure, and merges nothing.
"""

from collections.abc import Iterator, Sequence

from modelops.cli.explained import Words
from modelops.documents import Document, Kind, LayeredSpec, Setting, unit_target
from modelops.layer.fragments import FILE, alone
from modelops.layer.merge import as_written
from modelops.layer.settings import (
    ENVIRONMENT_TARGET,
    SETTING,
    layers_by_target,
)


def layers_of(
    spec: LayeredSpec,
    own: Document,
    fragments: Sequence[LayeredSpec],
    settings: Sequence[Setting],
) -> Iterator[tuple[str, Words | None]]:
    """The layers of an object; one that was looked at and is not there has no words.

    Args:
        spec: the object.
        own: the file it is named after.
        fragments: the partial specs of the object's environment and of what all environments share.
        settings: of the preview.
    """
    parts = {part.layers: part for part in fragments if part.kind is spec.kind}
    for name in spec.layers:
        if name == SETTING:
            yield from _previewed(spec, settings)
        else:
            part = alone(own) if name == FILE else parts.get((name,))
            yield name, Words(part.tree, part.origins.trails) if part else None


def _previewed(spec: LayeredSpec, settings: Sequence[Setting]) -> Iterator[tuple[str, Words]]:
    """A layer for each setting on the object."""
    is_environment = spec.kind is Kind.ENVIRONMENT
    target = ENVIRONMENT_TARGET if is_environment else unit_target(spec.kind, spec.name)
    for layer in layers_by_target(settings).get(target, []):
        written = as_written(layer)
        yield layer.name, Words(written.tree, written.trails)

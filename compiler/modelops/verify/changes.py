"""AVL009, GIT007 and STO003: a change of what Kubernetes lets nobody change.

The objects that were committed before stand beside those that are made now. A field that cannot be
changed in place makes Flux fail at that object, and at all that waits for it, until somebody
deletes it by hand. Only objects of the same identity and unit are compared.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sto
from modelops.manifests import Body
from modelops.model.fields import quantity
from modelops.provenance import DataPath
from modelops.verify.earlier import Earlier
from modelops.verify.immutable import (
    CLAIM,
    CLAIM_SIZE,
    FIELDS,
    SEALABLE,
    WHEN_SEALED,
    Immutable,
)
from modelops.verify.paths import map_at, shown, value_at
from modelops.verify.placement import Placed, PlacedEnvironment, finding

FORCED = "kustomize.toolkit.fluxcd.io/force"
"""The annotation that lets Flux delete and make an object anew; its value is `enabled`."""

HELP = (
    "leave it as it was, or give the object another name\n"
    "where it must change: delete the object in the cluster when nobody needs it, before merging"
)

HELP_WITH_DATA = (
    "leave it as it was; a size may grow\n"
    "where it must change: copy the data, let the volume go in one commit and delete it in the "
    "cluster, and ask for the new one in the next"
)


def changes(environment: PlacedEnvironment, earlier: Earlier) -> Iterator[Diagnostic]:
    """Yield every field of an environment that was committed otherwise and cannot be changed."""
    for placed in environment.objects:
        before = earlier.get((placed.unit.name, placed.identity))
        forced = map_at(placed.body, "metadata", "annotations").get(FORCED) == "enabled"
        if before is not None and not forced:
            yield from _of_object(placed, before)


def _of_object(placed: Placed, before: Body) -> Iterator[Diagnostic]:
    kind = (placed.identity.group, placed.identity.kind)
    sealed = kind == SEALABLE and value_at(before, "immutable") is True
    for field in WHEN_SEALED if sealed else FIELDS.get(kind, ()):
        yield from _field(placed, before, field)
    if kind == CLAIM and _shrinks(before, placed.body):
        text = f"{_change(before, placed.body, CLAIM_SIZE.path)}, and a volume cannot shrink"
        yield _told(placed, CLAIM_SIZE.path, text, CLAIM_SIZE)


def _field(placed: Placed, before: Body, field: Immutable) -> Iterator[Diagnostic]:
    old = _or_default(value_at(before, *field.path), field)
    new = _or_default(value_at(placed.body, *field.path), field)
    if old != new:
        path, was, will = _difference(old, new, field.path)
        text = f"was {_said(was)} and becomes {_said(will)}, which cannot be changed in place"
        yield _told(placed, path, text, field)


def _told(placed: Placed, path: DataPath, text: str, field: Immutable) -> Diagnostic:
    remedy = HELP_WITH_DATA if field.rule is sto.STO003 else HELP
    return finding(field.rule, placed, path, text, remedy)


def _or_default(value: object, field: Immutable) -> object:
    return field.default if value is None else value


def _difference(old: object, new: object, path: DataPath) -> tuple[DataPath, object, object]:
    """The first place at which two unequal values differ, and what stands there."""
    if isinstance(old, dict) and isinstance(new, dict):
        key = next(key for key in sorted({*old, *new}) if old.get(key) != new.get(key))
        return _difference(old.get(key), new.get(key), (*path, key))
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        index = next(index for index, item in enumerate(old) if item != new[index])
        return _difference(old[index], new[index], (*path, index))
    return path, old, new


def _said(value: object) -> str:
    return "nothing" if value is None else shown(value)


def _change(before: Body, after: Body, path: tuple[str, ...]) -> str:
    return f"was {_said(value_at(before, *path))} and becomes {_said(value_at(after, *path))}"


def _shrinks(before: Body, after: Body) -> bool:
    old, new = (quantity(str(value_at(body, *CLAIM_SIZE.path))) for body in (before, after))
    return old is not None and new is not None and new < old

"""Why a setting has its value: what each layer said of it, the lowest first, and which one won.

An object with its layers merged and what is in effect of it come in; explanations leave. The lowest
layer are the models: what would be in effect had nobody written the setting, found by validating
the object without it. Pure; how an explanation looks is decided by `explain_setting`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

from pydantic import ValidationError

from modelops.documents import LayeredSpec, Tree
from modelops.model import Spec
from modelops.provenance import DataPath, Origin, Trail
from modelops.validate.shape import ANY, Slot, source_texts
from modelops.validate.target import Target
from modelops.validate.trees import with_source_texts

MODELS = "models"
"""What the lowest layer is called, which nobody writes."""


class Absent(Enum):
    """Stands where there is no value: not even null."""

    VALUE = "absent"


ABSENT = Absent.VALUE


class Role(StrEnum):
    """What became of what a layer said."""

    WINS = "wins"
    OVERRIDDEN = "overridden"
    DELETES = "deletes"
    """Its null took away what lower layers say; the models' default is left, where there is one."""
    IDLE = "idle"
    """Its null had nothing to take away."""
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one layer said.

    Attributes:
        layer: the layer's name for people.
        role: what became of it.
        path: of what it said so: the setting itself, or a map around it that it wrote as a whole.
        value: what it said; a map is shown empty.
        origin: where; None for the models and for a layer that said nothing.
    """

    layer: str
    role: Role
    path: DataPath
    value: object = ABSENT
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one setting has its value.

    Attributes:
        path: the setting.
        description: what the model says of it.
        value: what is in effect, in canonical form; absent where nothing is.
        statements: of every layer that was looked at, the lowest first.
    """

    path: DataPath
    description: str
    value: object
    statements: tuple[Statement, ...]

    def first(self, role: Role) -> Statement | None:
        """The statement with a role that only one may have."""
        return next((said for said in self.statements if said.role is role), None)


@dataclass(frozen=True, slots=True)
class Words:
    """What one layer says, null included: its tree, and the trail of every node of it."""

    tree: Tree
    trails: Mapping[DataPath, Trail]


@dataclass(frozen=True, slots=True)
class Scene:
    """One object.

    Attributes:
        layered: all its layers merged.
        layers: the name of each layer that was looked at with its words, the lowest first; None for
            one that says nothing.
        model: what it must satisfy.
        effective: what is in effect, by keys as they are written; some keys may be left out.
        computed: what the compiler takes for settings that are null, by their paths.
    """

    layered: LayeredSpec
    layers: tuple[tuple[str, Words | None], ...]
    model: type[Spec]
    effective: Mapping[str, object]
    computed: Mapping[DataPath, str]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A path that means nothing: how far it is known, the part that is not, what could follow."""

    known: DataPath
    part: str
    instead: tuple[str, ...]


def explained(scene: Scene, path: DataPath) -> Explanation:
    """Why the setting at a known path has its value."""
    said = [_statement(layer, words, path) for layer, words in scene.layers]
    written = [statement for statement in said if statement.origin]
    won = _winner(scene.layered, written)
    slot = _slot(scene, path)
    return Explanation(
        path,
        slot.description if slot else "",
        at(scene.effective, path),
        (_of_models(scene, path, won), *_judged(said, written, won)),
    )


def at(tree: object, path: DataPath) -> object:
    """What stands at a path of a tree; absent where nothing does."""
    for part in path:
        match tree, part:
            case Mapping(), _ if part in tree:
                tree = tree[part]
            case list(), int() if part < len(tree):
                tree = tree[part]
            case _:
                return ABSENT
    return tree


# --- paths ---------------------------------------------------------------------------------------


def leaves(scene: Scene, path: DataPath) -> Iterator[DataPath]:
    """The settings at and below a path, those that null deleted among them.

    A list is one setting, and so are an empty map and what somebody wrote as one value that stands
    for a map (`cpu: 2`).
    """
    value = at(scene.effective, path)
    if not isinstance(value, Mapping) or not value or _is_one(scene.layered, path):
        yield path
        return
    for key in value:
        yield from leaves(scene, (*path, key))
    for gone in scene.layered.origins.deleted:
        if gone[:-1] == path and gone[-1] not in value:
            yield gone


def _is_one(layered: LayeredSpec, path: DataPath) -> bool:
    origin = layered.origins.origin(path)
    return origin is not None and not isinstance(origin.value, dict)


def resolved(scene: Scene, parts: tuple[str, ...]) -> DataPath | Unknown:
    """The path that typed keys and indices mean."""
    path: DataPath = ()
    for part in parts:
        if isinstance(at(scene.effective, path), list) and part.isdecimal():
            path = (*path, int(part))
            known = at(scene.effective, path) is not ABSENT
        else:
            known = part in _keys(scene, path)
            path = (*path, part)
        if not known:
            return Unknown(path[:-1], part, _keys(scene, path[:-1]))
    return path


def _keys(scene: Scene, path: DataPath) -> tuple[str, ...]:
    """The keys below a path: those that are there, those of the models, those of any layer."""
    value = at(scene.effective, path)
    there = list(value) if isinstance(value, Mapping) else []
    if not path:
        return tuple(there)
    of_models = [key for key in _below(scene, path) if key != ANY]
    trees = [at(words.tree, path) for _, words in scene.layers if words]
    written = [key for tree in trees if isinstance(tree, Mapping) for key in tree]
    return tuple(dict.fromkeys([*there, *of_models, *written]))


def _below(scene: Scene, path: DataPath) -> dict[str, Slot]:
    """What the models want one step below a path, by key or `ANY`."""
    slot = _slot(scene, path)
    return dict(slot.below()) if slot else {}


def _slot(scene: Scene, path: DataPath) -> Slot | None:
    """What the models want at a path."""
    target = Target((), Slot(scene.model))
    for part in path:
        target = target.below(part)
    return target.slot


# --- what the layers said ------------------------------------------------------------------------


def _statement(layer: str, words: Words | None, path: DataPath) -> Statement:
    """What one layer says of a setting: of itself, or of the map around it as a whole."""
    for length in range(len(path) if words else 0, 0, -1):
        trail = words.trails.get(path[:length]) if words else None
        if trail is None:
            continue
        value = trail.winner.value
        if length == len(path) or not isinstance(value, dict):
            return Statement(layer, Role.OVERRIDDEN, path[:length], value, trail.winner)
        break
    return Statement(layer, Role.SILENT, path)


def _winner(layered: LayeredSpec, written: list[Statement]) -> Statement | None:
    """The statement that is in effect; None where the models' default is, or nothing."""
    last = written[-1] if written else None
    return last if last and layered.origins.origin(last.path) == last.origin else None


def _judged(
    said: list[Statement], written: list[Statement], won: Statement | None
) -> Iterator[Statement]:
    """The statements, each with what became of it."""
    for statement in said:
        if statement is won:
            yield replace(statement, role=Role.WINS)
        elif written and statement is written[-1] and statement.value is None:
            deletes = any(each.value is not None for each in written)
            yield replace(statement, role=Role.DELETES if deletes else Role.IDLE)
        else:
            yield statement


# --- the models' default -------------------------------------------------------------------------


def _of_models(scene: Scene, path: DataPath, won: Statement | None) -> Statement:
    """What would be in effect had nobody written the setting."""
    if won is None:
        value = at(scene.effective, path)
        return Statement(MODELS, Role.SILENT if value is ABSENT else Role.WINS, path, value)
    default = at(_effective_without(scene, won.path), path)
    return Statement(MODELS, Role.SILENT if default is ABSENT else Role.OVERRIDDEN, path, default)


def _effective_without(scene: Scene, path: DataPath) -> object:
    """What were in effect without a setting, or the list around it; absent where it must be."""
    items = [index for index, part in enumerate(path) if isinstance(part, int)]
    rest = _without(scene.layered.tree, path[: items[0]] if items else path)
    lacking = replace(scene.layered, tree=rest)
    try:
        spec = scene.model.model_validate(with_source_texts(lacking, source_texts(scene.model)))
    except ValidationError:
        return ABSENT
    return spec.model_dump(mode="json", by_alias=True)


def _without(tree: Tree, path: DataPath) -> Tree:
    """A copy of a tree without what stands at a path of keys."""
    key, *below = path
    if not below:
        return {each: value for each, value in tree.items() if each != key}
    return tree | {str(key): _without(tree[str(key)], tuple(below))}

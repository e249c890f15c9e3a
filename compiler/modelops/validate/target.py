"""Part of stage `validate`: from the place that pydantic names to the place that a person wrote.

Pydantic's `loc` names the branch of a union, marks a wrong key of a map, and goes on below a scalar
that a validator spread into a pair. The types of the model say which part is which.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from modelops.model import Spec
from modelops.provenance import DataPath
from modelops.validate.shape import ANY, Slot, fields

KEY = "[key]"
"""What pydantic appends where it means a map's key, not its value."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative of a union at `path`, by pydantic's name for it."""

    path: DataPath
    name: str


@dataclass(frozen=True, slots=True)
class Target:
    """What an error is about.

    Attributes:
        path: as written, from `spec` down.
        slot: what the model wants there; None for a key that it does not know.
        owner: what the model wants one step up.
        on_key: the key is wrong, not its value.
        branch: the alternative of a union that was tried, where the types have several shapes.
    """

    path: DataPath
    slot: Slot | None
    owner: Slot | None = None
    on_key: bool = False
    branch: Branch | None = None

    def below(self, part: str | int) -> "Target":
        """What stands there by this key or at this index."""
        slots = dict(self.slot.below()) if self.slot else {}
        slot = slots.get(str(part), slots.get(ANY))
        return Target((*self.path, part), slot, self.slot, branch=self.branch)


def target(model: type[Spec], loc: Iterable[str | int]) -> Target:
    """What pydantic's `loc` means in a tree that is validated against `model`."""
    found = Target((), Slot(model))
    for part in loc:
        found = _step(found, part)
    return found


def _step(at: Target, part: str | int) -> Target:
    """One part of `loc` further."""
    if part == KEY:
        return Target(at.path, at.slot, at.owner, on_key=True, branch=at.branch)
    choices = tuple(at.slot.choices()) if at.slot else ()
    if len(choices) > 1:
        return _chosen(at, str(part), choices)
    return at.below(part)


def _chosen(at: Target, name: str, choices: tuple[Slot, ...]) -> Target:
    """The alternative that pydantic names: a tagged model by its tag, another type by its form."""
    tagged = [slot for slot in choices if slot.model and _has_tag(slot.model, name)]
    if tagged:
        return Target(at.path, tagged[0], at.owner, branch=at.branch)
    alike = [slot for slot in choices if name.startswith(_form(slot))]
    return Target(at.path, (alike or choices)[0], at.owner, branch=Branch(at.path, name))


def _has_tag(model: type[Spec], name: str) -> bool:
    return any(name in slot.allowed() for slot in fields(model).values())


def _form(slot: Slot) -> str:
    """How pydantic's name for a generic alternative begins; what no name begins with for others."""
    origin = getattr(slot.annotation, "__origin__", None)
    return origin.__name__ if origin else "\0"

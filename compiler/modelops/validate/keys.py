"""Part of stage `validate`: what is said of keys that are unknown or missing."""

from collections.abc import Mapping

from modelops.diagnostics import did_you_mean
from modelops.provenance import DataPath
from modelops.validate.fault import Fault, Said, cut, dotted, is_near, lines, meaning, none_of
from modelops.validate.shape import ANY, Pattern, fields


def unknown(fault: Fault, homes: Mapping[str, tuple[Pattern, ...]]) -> Said:
    """A key that the model does not have: the nearest that it has, and where else the key is.

    Args:
        fault: about the key.
        homes: where each key of the kind may stand.
    """
    *around, last = fault.target.path
    key = str(last)
    owner = fault.target.owner
    near = did_you_mean(key, fields(owner.model) if owner and owner.model else ())
    elsewhere = _elsewhere(key, homes)
    if any(_leads_to(home, fault.target.path[:-1]) for home in homes.get(key, ())):
        elsewhere = (
            f"another kind of `{dotted(tuple(around))}` has it: remove it,\n"
            f"or write `{key}: null` over what a lower layer says"
        )
    message = f"no key `{cut(key)}` in `{dotted(tuple(around)) or 'spec'}`"
    at_the_top = homes.get(key) == ((),)
    return message, lines(near if is_near(near) or not elsewhere or at_the_top else "", elsewhere)


def _leads_to(pattern: Pattern, path: DataPath) -> bool:
    """Whether a path is one of the places that a pattern stands for."""
    pairs = zip(pattern, path, strict=False)
    return len(pattern) == len(path) and all(part in {ANY, at} for part, at in pairs)


def _elsewhere(key: str, homes: Mapping[str, tuple[Pattern, ...]]) -> str:
    """Where a key that is unknown here is at home; three places are enough."""
    shown = [f"`{_in_words(home)}`" for home in homes.get(key, ())[:3]]
    return f"`{key}` belongs under {' or '.join(shown)}" if shown else ""


def _in_words(pattern: Pattern) -> str:
    return ".".join("NAME" if part == ANY else part for part in pattern) or "spec"


def missing(fault: Fault) -> Said:
    """A key that must be there."""
    *_, key = fault.target.path
    slot = fault.target.slot
    allowed = slot.allowed() if slot else ()
    line = f"{key}: {allowed[0]}" if len(allowed) == 1 else f"{key}:"
    return f"{fault.name} is missing", lines(f"add `{line}`", meaning(slot))


def missing_tag(fault: Fault) -> Said:
    """The key that decides what else a map holds is not there."""
    *_, tag = fault.target.path
    return f"{fault.name} is missing", f"add `{tag}:` with one of: {', '.join(_tags(fault))}"


def wrong_tag(fault: Fault) -> Said:
    """The key that decides what else a map holds says what does not exist."""
    return none_of(fault, _tags(fault))


def _tags(fault: Fault) -> tuple[str, ...]:
    """The values of a deciding key, one of each model."""
    *_, tag = fault.target.path
    models = fault.target.owner.models if fault.target.owner else ()
    return tuple(text for model in models for text in fields(model)[str(tag)].allowed())

"""Part of stage `validate`: one error of pydantic's, and the parts of sentences about it.

What is wrong with keys is said by `keys`, with values by `values`; both build on these. No word of
pydantic's reaches a person, and no value longer than a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelops.diagnostics import did_you_mean
from modelops.provenance import DataPath
from modelops.validate.shape import Slot, fields
from modelops.validate.target import Target

LONGEST = 60
"""Characters of a value that a message repeats; a pasted secret is longer."""

Said = tuple[str, str]
"""What is wrong, and the remedy: one a line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of pydantic's.

    Attributes:
        type: pydantic's name for it, or a rule's code.
        context: its numbers and names.
        value: what was found there.
        text: the same as it was typed; None for maps and lists.
        target: what it is about.
    """

    type: str
    context: Mapping[str, Any]
    value: object
    text: str | None
    target: Target

    @property
    def name(self) -> str:
        """The setting, for a sentence."""
        return f"`{dotted(self.target.path) or 'spec'}`"

    @property
    def typed(self) -> str:
        """What was typed, as far as a message repeats it."""
        return cut(self.text if self.text is not None else str(self.value))

    @property
    def found(self) -> str:
        """What stands there, with its kind."""
        match self.value:
            case None:
                return "null"
            case bool():
                return f"a boolean ({self.typed})"
            case int() | float():
                return f"a number ({self.typed})"
            case str():
                return f'text ("{self.typed}")'
            case list():
                return "a list"
        return "a map"


def dotted(path: DataPath) -> str:
    """A path as people write it: `cluster.pools.cpu`, `ports[0]`, `labels["a.b/c"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("_", "").replace("-", "").isalnum():
            text += f".{part}" if text else part
        else:
            text += f'["{cut(part)}"]'
    return text


def cut(text: str) -> str:
    """The first of a long text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def lines(*parts: str) -> str:
    """Those remedies that there are, one a line."""
    return "\n".join(part for part in parts if part)


def meaning(slot: Slot | None) -> str:
    """What the model says of a place, as a remedy: examples, keys, and its description."""
    if slot is None:
        return ""
    examples = " or ".join(slot.examples())
    keys = ", ".join(fields(slot.model)) if slot.model else ""
    return lines(
        examples and f"write it like {examples}",
        slot.description and f"what belongs there: {slot.description}",
        keys and f"its keys: {keys}",
    )


def none_of(fault: Fault, allowed: tuple[str, ...]) -> Said:
    """A value that is none of those that would be right: the nearest of them, and all."""
    if fault.text is None:
        return f"{fault.name} is {fault.found}", f"write one of: {', '.join(allowed)}"
    message = f"{fault.name} cannot be `{fault.typed}`"
    if len(allowed) == 1:
        return message, f"write {allowed[0]}, or leave it out"
    near = did_you_mean(fault.typed, allowed)
    return message, lines(near if is_near(near) else "", f"one of: {', '.join(allowed)}")


def is_near(suggestion: str) -> bool:
    """Whether a suggestion names one thing and is no list of all."""
    return suggestion.startswith("did you mean")

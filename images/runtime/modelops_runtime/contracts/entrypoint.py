"""Contracts: how code of a bundle is named.

What is simulated is `module.path/scenario`, what judges it is `module.path:name`; a text with both
separators, or with none, is neither. The compiler holds run files to the same grammar.
"""

import re
from dataclasses import dataclass

from modelops_runtime.contracts.violation import ContractViolation

MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
SCENARIO = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

LONGEST = 255
"""Characters of a whole entrypoint."""


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """What is simulated.

    Attributes:
        module: the model's, as it is imported.
        scenario: one of the model's; it is part of what a task is.
    """

    module: str
    scenario: str

    def __post_init__(self) -> None:
        """Check the parts.

        Raises:
            ContractViolation: they make no entrypoint.
        """
        if not (_fits(str(self)) and _is(MODULE, self.module) and _is(SCENARIO, self.scenario)):
            raise ContractViolation(f"`{self}` is no entrypoint: it is to be module.path/scenario")

    def __str__(self) -> str:
        return f"{self.module}/{self.scenario}"


@dataclass(frozen=True, slots=True)
class ObjectiveTarget:
    """What turns simulations into a loss.

    Attributes:
        module: as it is imported.
        name: of a function in it.
    """

    module: str
    name: str

    def __post_init__(self) -> None:
        """Check the parts.

        Raises:
            ContractViolation: they make no target.
        """
        if not (_fits(str(self)) and _is(MODULE, self.module) and _is(NAME, self.name)):
            raise ContractViolation(f"`{self}` is no target: it is to be module.path:name")

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


def entrypoint(text: str) -> Entrypoint:
    """The entrypoint in `module.path/scenario`.

    Raises:
        ContractViolation: there is none in it.
    """
    module, _, scenario = text.partition("/")
    return Entrypoint(module, scenario)


def objective_target(text: str) -> ObjectiveTarget:
    """The target in `module.path:name`.

    Raises:
        ContractViolation: there is none in it.
    """
    module, _, name = text.partition(":")
    return ObjectiveTarget(module, name)


def _fits(text: str) -> bool:
    return len(text) <= LONGEST


def _is(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None

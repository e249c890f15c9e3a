"""Contracts: the seeds of replicates, derived once and then only handed on.

The seed of a parameter set's replicate `i` is the first eight bytes of nothing but their names:
`blake2b-64("{id}:{i}")`, little-endian. More replicates later keep the seeds of the first, so that
what has run need not run again.
"""

from collections.abc import Iterable, Sequence

from modelops_runtime.contracts.identity import uint64
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.violation import ContractViolation

SEEDS = 2**64
"""How many there are: each fits into an unsigned integer of 64 bits."""


def replicate_seed(parameters: ParameterSet, replicate: int) -> int:
    """The seed of one replicate, counted from zero."""
    return uint64(f"{parameters.id}:{replicate}")


def replicate_seeds(
    parameters: ParameterSet, replicates: int, explicit: Sequence[int] = ()
) -> tuple[int, ...]:
    """The seeds to simulate a parameter set with: those given, or as many derived ones as asked.

    Raises:
        ContractViolation: none or no seed is asked for, or one is given twice.
    """
    return checked_seeds(
        explicit or (replicate_seed(parameters, replicate) for replicate in range(replicates))
    )


def checked_seeds(seeds: Iterable[int]) -> tuple[int, ...]:
    """The seeds, in their order.

    Raises:
        ContractViolation: there are none, one is none, or two are the same, which would count one
            simulation twice.
    """
    checked = tuple(checked_seed(seed) for seed in seeds)
    if not checked:
        raise ContractViolation("no seed is given: a replicate needs one")
    if len(set(checked)) < len(checked):
        raise ContractViolation("a seed is given twice: the same simulation would count twice")
    return checked


def checked_seed(seed: object) -> int:
    """The seed.

    Raises:
        ContractViolation: it is none.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise ContractViolation(f"{seed!r} is no seed: it is to be a whole number from 0 to 2^64-1")
    return int(seed)

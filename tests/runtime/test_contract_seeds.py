"""Seeds of replicates: derived by one formula, once, and then those that run."""

from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.parameter_strategies import SEEDS, VALUES

from modelops_runtime.contracts.entrypoint import entrypoint
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.seeds import replicate_seed, replicate_seeds
from modelops_runtime.contracts.task import ReplicateSet
from modelops_runtime.contracts.violation import ContractViolation

SETS = VALUES.map(ParameterSet)
FEW = st.integers(1, 20)
EXPLICIT = st.lists(SEEDS, min_size=1, max_size=5, unique=True)
BASELINE = entrypoint("models.sir/baseline")


def test_seeds_are_as_written_down() -> None:
    sir: dict[str, Scalar] = {"beta": 0.25, "contacts": 7, "policy": "mask"}
    assert replicate_seeds(ParameterSet(sir), 4) == (
        15430096722044084232,
        14628411205475232349,
        13936035856360308764,
        12900068635786515796,
    )


@given(SETS, st.integers(0, 2**70))
def test_the_formula(parameters: ParameterSet, replicate: int) -> None:
    digest = blake2b(f"{parameters.id}:{replicate}".encode(), digest_size=8).digest()
    by_hand = sum(byte << 8 * place for place, byte in enumerate(digest))
    assert replicate_seed(parameters, replicate) == by_hand
    assert 0 <= by_hand < 2**64


@given(SETS, FEW, FEW)
def test_more_replicates_keep_the_seeds_of_the_first(
    parameters: ParameterSet, few: int, more: int
) -> None:
    seeds = replicate_seeds(parameters, few + more)
    assert seeds[:few] == replicate_seeds(parameters, few)
    assert len(set(seeds)) == few + more


@given(SETS, SETS, FEW)
def test_parameter_sets_share_no_seed(one: ParameterSet, other: ParameterSet, count: int) -> None:
    shared = set(replicate_seeds(one, count)) & set(replicate_seeds(other, count))
    assert bool(shared) == (one == other)


@given(SETS, st.integers(0, 20), EXPLICIT)
def test_seeds_that_are_given_win(
    parameters: ParameterSet, replicates: int, explicit: list[int]
) -> None:
    assert replicate_seeds(parameters, replicates, explicit) == tuple(explicit)


@given(SETS, EXPLICIT)
def test_what_is_recorded_is_what_runs(parameters: ParameterSet, seeds: list[int]) -> None:
    replicates = ReplicateSet(None, BASELINE, parameters, tuple(seeds), ("b", "a"))
    assert [task.seed for task in replicates.tasks] == list(replicates.seeds) == seeds
    assert {(task.parameters, task.outputs) for task in replicates.tasks} == {
        (parameters, ("a", "b"))
    }
    assert len({task.id for task in replicates.tasks}) == len(seeds)


def test_the_greatest_seed_is_one() -> None:
    replicates = ReplicateSet(None, BASELINE, ParameterSet({}), (2**64 - 2, 2**64 - 1, 0))
    assert [task.seed for task in replicates.tasks] == [2**64 - 2, 2**64 - 1, 0]


@pytest.mark.parametrize(
    ("replicates", "explicit", "told"),
    [
        (0, (), "no seed is given"),
        (-1, (), "no seed is given"),
        (2, (1, 1), "given twice"),
        (2, (-1,), "-1 is no seed"),
        (2, (2**64,), "is no seed"),
        (2, (True,), "True is no seed"),
    ],
)
def test_what_are_no_seeds(replicates: int, explicit: tuple[int, ...], told: str) -> None:
    with pytest.raises(ContractViolation, match=told):
        replicate_seeds(ParameterSet({}), replicates, explicit)

"""What has become of simulations and trials: no empty success, no loss that is none."""

import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.parameter_strategies import SEEDS, VALUES

from modelops_runtime.contracts.diagnostics import MAX_BYTES, NO_DIAGNOSTICS, diagnostics
from modelops_runtime.contracts.identity import checksum
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.simulation import Failed, FailureKind, Output, Simulated
from modelops_runtime.contracts.table import (
    INLINE_CAP,
    InlineTable,
    StoredTable,
    inline_table,
)
from modelops_runtime.contracts.trial import TrialResult, TrialStatus, judged
from modelops_runtime.contracts.violation import ContractViolation

IDS = VALUES.map(lambda values: ParameterSet(values).id)
ONE = ParameterSet({"x": 1}).id
TABLE = inline_table(b"table")


@given(IDS, st.floats() | st.integers(), st.lists(SEEDS, min_size=1, unique=True))
def test_a_trial_is_completed_where_its_loss_is_finite(
    parameters: str, loss: float, seeds: list[int]
) -> None:
    result = judged(parameters, loss, tuple(seeds))
    finite = math.isfinite(loss)
    assert (result.status is TrialStatus.COMPLETED) == finite
    assert result.loss == (float(loss) if finite else None)
    assert result.seeds == tuple(seeds)
    assert ("message" in result.diagnostics.entries) != finite
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301 -- ours


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (None, "the loss is of type NoneType"),
        ("1.0", "the loss is of type str"),
        (True, "the loss is of type bool"),
        ([1.0], "the loss is of type list"),
        (1j, "the loss is of type complex"),
        (10**400, "the loss is inf"),
        (np.float32("nan"), "the loss is nan"),
    ],
)
def test_what_is_no_loss_fails_the_trial_and_keeps_what_is_known(loss: object, told: str) -> None:
    result = judged(ONE, loss, (7,), diagnostics({"rmse": 0.5}))
    assert (result.status, result.loss, result.seeds) == (TrialStatus.FAILED, None, (7,))
    assert result.diagnostics.entries["rmse"] == 0.5
    assert result.diagnostics.entries["message"].startswith(told)


@pytest.mark.parametrize("loss", [1, Fraction(1), np.float32(1), np.float64(1), np.int64(1)])
def test_any_finite_number_is_a_loss(loss: object) -> None:
    result = judged(ONE, loss, (7,))
    assert (type(result.loss), result.loss) == (float, 1.0)


def test_a_full_house_of_diagnostics_has_room_for_the_reason() -> None:
    full = diagnostics({"log": "x" * 2 * MAX_BYTES})
    found = judged(ONE, math.nan, (7,), full).diagnostics
    assert "the loss is nan" in found.entries["message"]
    assert len(found.text.encode()) <= MAX_BYTES


@pytest.mark.parametrize("status", [TrialStatus.FAILED, TrialStatus.TIMEOUT])
def test_a_trial_that_did_not_complete_may_have_run_nothing(status: TrialStatus) -> None:
    assert TrialResult(ONE, status, None, ()).diagnostics is NO_DIAGNOSTICS


@pytest.mark.parametrize(
    ("parameters", "status", "loss", "seeds", "told"),
    [
        ("x", TrialStatus.COMPLETED, 1.0, (1,), "no id of a parameter set"),
        (ONE, TrialStatus.COMPLETED, None, (1,), "completed has no loss of None"),
        (ONE, TrialStatus.FAILED, 1.0, (1,), "failed has no loss of 1.0"),
        (ONE, TrialStatus.TIMEOUT, 1.0, (1,), "timeout has no loss of 1.0"),
        (ONE, TrialStatus.COMPLETED, math.nan, (1,), "the loss is nan"),
        (ONE, TrialStatus.COMPLETED, math.inf, (1,), "the loss is inf"),
        (ONE, TrialStatus.COMPLETED, 1.0, (), "no seed is given"),
        (ONE, TrialStatus.COMPLETED, 1.0, (1, 1), "given twice"),
        (ONE, TrialStatus.FAILED, None, (2**64,), "is no seed"),
    ],
)
def test_what_is_no_result_of_a_trial(
    parameters: str, status: TrialStatus, loss: float | None, seeds: tuple[int, ...], told: str
) -> None:
    with pytest.raises(ContractViolation, match=told):
        TrialResult(parameters, status, loss, seeds)


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=4))
def test_a_success_has_outputs_each_with_a_name_of_its_own(names: list[str]) -> None:
    outputs = tuple(Output(name, TABLE) for name in names)
    if names and len(set(names)) == len(names):
        simulated = Simulated("task", outputs)
        assert [output.name for output in simulated.outputs] == sorted(names)
        assert pickle.loads(pickle.dumps(simulated)) == simulated  # noqa: S301 -- ours
    else:
        with pytest.raises(ContractViolation):
            Simulated("task", outputs)


def test_the_tables_of_a_result_stay_within_the_cap_together() -> None:
    half, more = inline_table(b"x" * (INLINE_CAP // 2)), inline_table(b"x" * (INLINE_CAP // 2 + 1))
    assert len(Simulated("task", (Output("a", half), Output("b", half))).outputs) == 2
    with pytest.raises(ContractViolation, match="a result of 524289 bytes"):
        Simulated("task", (Output("a", half), Output("b", more)))


def test_an_output_has_a_name() -> None:
    with pytest.raises(ContractViolation, match="no name of an output"):
        Output("../escape", TABLE)


def test_only_what_was_not_the_simulation_may_pass() -> None:
    """With the same seed it would do again what it did."""
    passing = {kind for kind in FailureKind if kind.passes}
    assert passing == {FailureKind.BUNDLE_UNAVAILABLE, FailureKind.WORKER_LOST}


def test_failures_are_values() -> None:
    failed = Failed("task", FailureKind.OUT_OF_MEMORY, diagnostics({"exit": 137}))
    assert pickle.loads(pickle.dumps(failed)) == failed  # noqa: S301 -- ours


@given(st.binary())
def test_an_inline_table_is_what_its_checksum_says(content: bytes) -> None:
    table = inline_table(content)
    assert (table.content, table.size, table.checksum) == (
        content,
        len(content),
        checksum(content),
    )
    with pytest.raises(ContractViolation, match="not that of its content"):
        InlineTable(content + b"x", table.checksum)


def test_a_table_above_the_cap_is_not_inline() -> None:
    assert inline_table(b"x" * INLINE_CAP).size == INLINE_CAP == 524288
    with pytest.raises(ContractViolation, match="524289 bytes"):
        inline_table(b"x" * (INLINE_CAP + 1))


@pytest.mark.parametrize(("name", "size"), [("x", 1), ("", 1), (ONE.upper(), 1), (ONE, 0)])
def test_what_refers_to_no_table(name: str, size: int) -> None:
    with pytest.raises(ContractViolation):
        StoredTable(name, size)

"""The laws of the arithmetic of `plan`, over everything that a person may write."""

import math
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.small_tree import GIB, KIB, MALARIA, MIB, planned

from modelops.model.workspace import Workers
from modelops.plan.resources import most_pods, process_memory
from modelops.planned import FixedScale

LIMITS = st.one_of(st.integers(MIB, 4096 * GIB), st.integers(1, 512).map(lambda gib: gib * GIB))
HEADROOMS = st.one_of(
    st.integers(0, 99).map(lambda percent: percent / 100),
    st.floats(0, 1, exclude_max=True, allow_subnormal=False),
)
PROCESSES = st.integers(1, 100)


def workers(limit: int, headroom: float, processes: int) -> Workers:
    written = {
        "resources": {"memory": str(limit)},
        "memory": {"headroom": headroom},
        "processes": processes,
    }
    return Workers.model_validate(written)


@given(LIMITS, HEADROOMS, PROCESSES)
def test_all_processes_together_stay_within_what_headroom_leaves(
    limit: int, headroom: float, processes: int
) -> None:
    usable = (1 - Fraction(repr(headroom))) * limit
    each = process_memory(workers(limit, headroom, processes))
    assert each * processes <= usable
    assert (each + 1) * processes > usable, "a byte more would fit"


@given(LIMITS, HEADROOMS, PROCESSES, st.integers(MIB, 64 * GIB))
def test_what_is_written_for_a_process_is_never_changed(
    limit: int, headroom: float, processes: int, each: int
) -> None:
    memory = {"headroom": headroom, "perProcess": str(each)}
    written = {"resources": {"memory": str(limit)}, "memory": memory, "processes": processes}
    assert process_memory(Workers.model_validate(written)) == each


@settings(max_examples=40, deadline=None)
@given(
    st.integers(MIB // KIB, 16 * MIB).map(lambda kib: kib * KIB),
    st.integers(0, 99),
    st.integers(1, 16),
    st.integers(-2, 2),
)
def test_a_written_share_is_refused_exactly_where_it_does_not_fit(
    limit: int, percent: int, processes: int, more: int
) -> None:
    usable = Fraction(100 - percent, 100) * limit
    each = math.floor(usable / processes) + more
    if each < MIB:
        return  # refused as a forgotten unit
    spec = (
        f"workers: {{processes: {processes}, resources: {{memory: '{limit}'}}, "
        f"memory: {{headroom: {percent / 100}, perProcess: '{each}'}}}}"
    )
    found = {one.rule.code for one in planned({MALARIA: spec}).diagnostics}
    assert ("DSK001" in found) is (more > 0)


@given(st.integers(0, 100_000))
def test_a_surge_is_the_quarter_that_kubernetes_rounds_up(replicas: int) -> None:
    assert most_pods(FixedScale(replicas)) - replicas == -(-replicas // 4)

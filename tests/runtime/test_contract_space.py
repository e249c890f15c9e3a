"""What a run varies: which parameter sets lie in its space, and what is no space."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.parameter_strategies import SCALARS

from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.space import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    contains,
    space,
)
from modelops_runtime.contracts.violation import ContractViolation

SPACE = space(
    [
        IntParameter("contacts", 1, 20),
        FloatParameter("beta", 0.0, 1.0),
        CategoricalParameter("policy", ("none", 1)),
    ]
)
INSIDE: dict[str, Scalar] = {"beta": 0.5, "contacts": 20, "policy": "none"}


def test_a_space_is_sorted_by_name() -> None:
    assert [parameter.name for parameter in SPACE] == ["beta", "contacts", "policy"]


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({}, True),
        ({"beta": 0.0}, True),
        ({"beta": 1.0}, True),
        ({"beta": 1}, False),
        ({"beta": 1.0000000000000002}, False),
        ({"contacts": 1}, True),
        ({"contacts": 0}, False),
        ({"contacts": 1.0}, False),
        ({"contacts": True}, False),
        ({"policy": 1}, True),
        ({"policy": True}, False),
        ({"policy": 1.0}, False),
        ({"policy": "mask"}, False),
        ({"gamma": 1.0}, False),
    ],
)
def test_types_count(changes: dict[str, Scalar], *, there: bool) -> None:
    assert contains(SPACE, ParameterSet({**INSIDE, **changes})) is there


def test_every_parameter_has_a_value() -> None:
    for name in INSIDE:
        rest = {key: value for key, value in INSIDE.items() if key != name}
        assert not contains(SPACE, ParameterSet(rest))


@given(st.lists(SCALARS, min_size=1, max_size=5), SCALARS)
def test_a_choice_is_one_of_the_choices(choices: list[Scalar], value: Scalar) -> None:
    def told_apart(one: Scalar) -> tuple[type, Scalar]:
        return type(one), one

    try:
        parameter = CategoricalParameter("x", tuple(choices))
    except ContractViolation:
        assert len({told_apart(one) for one in choices}) < len(choices)
        return
    assert all(parameter.allows(one) for one in choices)
    assert parameter.allows(value) == (told_apart(value) in map(told_apart, choices))


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 1e9), st.floats())
def test_a_number_lies_between_the_bounds(low: float, width: float, value: float) -> None:
    parameter = FloatParameter("x", low, low + width)
    assert parameter.allows(value) == (low <= value <= low + width)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: FloatParameter("", 0, 1), "no name of a parameter"),
        (lambda: FloatParameter("x", 1, 0), "nothing is between"),
        (lambda: FloatParameter("x", 0, 1, log=True), "a logarithmic scale has no zero"),
        (lambda: FloatParameter("x", 0, float("inf")), "no finite number"),
        (lambda: FloatParameter("x", low=False, high=1), "no finite number"),
        (lambda: IntParameter("x", 2, 1), "nothing is between"),
        (lambda: IntParameter("x", 0, 1, log=True), "begins at 1"),
        (lambda: IntParameter("x", 0, 2**63), "beyond 64 bits"),
        (lambda: IntParameter("x", low=0, high=True), "no whole number"),
        (lambda: CategoricalParameter("x", ()), "no choices"),
        (lambda: CategoricalParameter("x", (1, 1)), "one choice twice"),
        (lambda: CategoricalParameter("x", (0.0, -0.0)), "one choice twice"),
        (lambda: CategoricalParameter("x", (float("nan"),)), "finite"),
        (lambda: space([IntParameter("x", 0, 1), FloatParameter("x", 0, 1)]), "given twice"),
    ],
)
def test_what_is_no_space(make: object, says: str) -> None:
    with pytest.raises(ContractViolation, match=says):
        make()  # type: ignore[operator]

"""Values that remember: equal to plain ones, and nothing but plain in a compile."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops.provenance import (
    Setting,
    Span,
    Trace,
    TracedText,
    carried,
    derived,
    trace_of,
    traced,
)


def setting(name: str) -> Setting:
    return Setting("f.yaml", (name,), Span("f.yaml", 1, 1, 1, 2), "file", "x")


def written(name: str) -> Trace:
    return Trace("", (setting(name),))


@given(st.text() | st.integers() | st.floats(allow_nan=False))
def test_a_remembering_value_is_equal_and_counts_as_the_plain_one(value: object) -> None:
    remembering = traced(value, written("a"))
    assert remembering == value
    assert hash(remembering) == hash(value)
    assert json.dumps(remembering) == json.dumps(value)
    assert trace_of(remembering) == written("a")
    assert {remembering: 1}[value] == 1


@pytest.mark.parametrize("value", [True, False, None, (1, 2), [1]])
def test_what_cannot_remember_stays_what_it_is(value: object) -> None:
    assert traced(value, written("a")) is value
    assert trace_of(value) is None


def test_what_is_made_of_plain_values_is_plain() -> None:
    made = "made"
    assert derived("a + b", made, 1, "x", None) is made
    assert carried(made, 1, "x") is made


def test_what_is_derived_tells_its_formula_and_all_settings_once() -> None:
    a, b = traced(3, written("a")), traced("x", written("b"))
    assert trace_of(derived("a times b", 9, a, b, a, 7)) == Trace(
        "a times b", (setting("a"), setting("b"))
    )


def test_another_form_keeps_the_formulas() -> None:
    a = traced(3, written("a"))
    assert trace_of(carried("3", a)) == written("a")
    double, half = derived("twice a", 6, a), derived("half of a", 1, a)
    assert trace_of(carried("6:1", double, half, a)) == Trace("twice a; half of a", (setting("a"),))


def test_text_made_of_remembering_text_forgets_unless_told() -> None:
    name = traced("dev", written("name"))
    assert isinstance(name, TracedText)
    assert trace_of(f"{name}-x") is None
    assert trace_of(carried(f"{name}-x", name)) == written("name")


def test_plain_settings_travel_between_processes() -> None:
    assert pickle.loads(pickle.dumps(setting("a"))) == setting("a")  # noqa: S301 -- our own bytes

"""What a run file may say, the runtime reads, and nothing else: code, bundles, parameters."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from modelops.model.run import BundleImage
from modelops.model.search import ModelReference, ParameterName, Real, TargetReference, Whole
from modelops_runtime.contracts.bundle import bundle_reference
from modelops_runtime.contracts.entrypoint import entrypoint, objective_target
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.violation import ContractViolation

GRAMMARS: dict[str, tuple[Any, Callable[[str], object]]] = {
    "model": (ModelReference, entrypoint),
    "objective": (TargetReference, objective_target),
    "parameter": (ParameterName, lambda name: ParameterSet({name: 1})),
}
NEARLY = st.lists(st.sampled_from([*"aB0_./:-é \n", "models.sir", "x" * 120])).map("".join)


def takes(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (ContractViolation, ValidationError):
        return False
    return True


@pytest.mark.parametrize("grammar", GRAMMARS)
@given(text=NEARLY)
def test_both_sides_take_the_same_texts(grammar: str, text: str) -> None:
    written, read = GRAMMARS[grammar]
    assert takes(TypeAdapter(written).validate_python, text) == takes(read, text)


@given(st.from_regex(r"([a-z0-9.-]{1,9}/){0,2}[a-z0-9-]{1,9}(:[a-z0-9.]{1,9})?", fullmatch=True))
def test_every_bundle_of_a_run_is_read(repository: str) -> None:
    text = f"{repository}@sha256:" + "0a" * 32
    if takes(TypeAdapter(BundleImage).validate_python, text):
        assert str(bundle_reference(text)) == text
        assert bundle_reference(text).repository == repository


@given(st.integers() | st.floats())
def test_every_number_between_bounds_is_a_parameter(number: float) -> None:
    kind = Whole if isinstance(number, int) else Real
    if takes(TypeAdapter(kind).validate_python, number):  # type: ignore[arg-type]
        assert ParameterSet({"x": number}).values["x"] == number

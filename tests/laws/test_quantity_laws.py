"""Laws of quantities and durations: text and value are two forms of one thing."""

import json
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jsonschema
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from modelops.model.fields import (
    Bytes,
    Cpu,
    Duration,
    bytes_text,
    cpu_text,
    duration_text,
    quantity,
)
from modelops.schema import schemas

LARGEST = 2**63 - 1
SUFFIXES = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
UNITLESS = 2**20

byte_amounts = st.integers(0, LARGEST) | st.builds(
    lambda number, power: min(number * 1024**power, LARGEST),
    st.integers(0, 9999),
    st.integers(0, 6),
)
numbers = st.from_regex(r"\A[+]?([0-9]{1,6}\.?[0-9]{0,4}|\.[0-9]{1,4})\Z")
texts = st.builds(
    "{}{}".format,
    numbers,
    st.sampled_from(SUFFIXES) | st.integers(-20, 20).map("e{}".format),
)


@given(byte_amounts)
@example(0)
@example(LARGEST)
def test_the_text_of_bytes_is_a_quantity_of_as_many(amount: int) -> None:
    assert quantity(bytes_text(amount)) == amount


@given(byte_amounts)
def test_no_larger_binary_unit_would_do(amount: int) -> None:
    match = re.fullmatch(r"([0-9]+)(?:([KMGTPE])i)?", bytes_text(amount))
    assume(match is not None)
    assert match is not None
    assert amount == 0 or int(match[1]) % 1024 != 0 or match[2] == "E"


@given(st.integers(0, LARGEST // 1000))
def test_the_text_of_cpus_is_a_quantity_of_as_many(millicores: int) -> None:
    assert quantity(cpu_text(millicores)) == Fraction(millicores, 1000)


@given(byte_amounts.filter(lambda amount: amount >= UNITLESS))
def test_bytes_come_back_from_their_canonical_text(amount: int) -> None:
    adapter = TypeAdapter[int](Bytes)
    assert adapter.validate_python(adapter.dump_python(amount)) == amount


@given(st.integers(1, 10**9))
def test_cpus_come_back_from_their_canonical_text(millicores: int) -> None:
    adapter = TypeAdapter[int](Cpu)
    assert adapter.validate_python(adapter.dump_python(millicores)) == millicores


@given(st.integers(0, 10**6 * 3600 - 1))
def test_durations_come_back_from_their_canonical_text(seconds: int) -> None:
    adapter = TypeAdapter[int](Duration)
    assert adapter.validate_python(duration_text(seconds)) == seconds


@given(numbers, st.sampled_from(SUFFIXES[:10]))
def test_a_decimal_quantity_is_its_number_times_its_power(number: str, suffix: str) -> None:
    power = dict(zip(SUFFIXES, [0, -9, -6, -3, 3, 6, 9, 12, 15, 18], strict=False))[suffix]
    assert quantity(number + suffix) == Fraction(Decimal(number)) * Fraction(10) ** power


@given(st.text(max_size=8))
def test_any_text_is_a_quantity_or_none_and_never_a_failure(text: str) -> None:
    value = quantity(text)
    assert value is None or isinstance(value, Fraction)


def _is_taken(annotation: Any, value: object) -> bool:  # noqa: ANN401 -- any field type
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return False
    return True


QUOTA = json.loads(schemas()["workspace.json"])["definitions"]["Quota"]["properties"]


@given(texts | st.integers(-5, LARGEST) | st.floats(0, 1e15))
@example("0.5")
@example("2147483648000m")
def test_editors_refuse_no_quantity_that_the_compiler_takes(value: object) -> None:
    for key, annotation in (("cpu", Cpu), ("memory", Bytes)):
        if _is_taken(annotation, value):
            jsonschema.Draft7Validator(QUOTA[key]).validate(value)

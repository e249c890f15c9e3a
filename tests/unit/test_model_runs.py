"""The field types of runs and their stores: what they take, and by which rule they refuse."""

import pytest
from tests.unit.test_model_fields import refusal, taken

from modelops.model.search import ModelReference, Seed, TargetReference
from modelops.model.store import SqlName


@pytest.mark.parametrize(
    ("annotation", "fine", "wrong"),
    [
        (
            ModelReference,
            ["sir/base", "models.sir/baseline", "_m.x1/2030-low.v2"],
            ["sir", "models.sir.baseline", "models/sir/x", "1m/x", "m./x", "m/", "m/x\n", "m/é"],
        ),
        (
            TargetReference,
            ["targets:loss", "targets.prevalence:loss_2"],
            ["targets.prevalence", "targets.py/loss", "t:", ":loss", "t:a.b", "t:a b", "t:loss\n"],
        ),
    ],
)
def test_references_have_a_form(annotation: object, fine: list[str], wrong: list[str]) -> None:
    assert [taken(annotation, name) for name in fine] == fine
    assert {refusal(annotation, name)[0] for name in wrong} == {"JOB002"}


def test_a_reference_has_an_end() -> None:
    longest = f"m/{'x' * 253}"
    assert taken(ModelReference, longest) == longest
    assert refusal(ModelReference, f"{longest}x")[0] == "JOB002"


def test_seeds_have_32_bits() -> None:
    assert [taken(Seed, seed) for seed in (0, 2**32 - 1)] == [0, 2**32 - 1]
    assert {refusal(Seed, seed)[0] for seed in (-1, 2**32, 2**64)} == {"JOB005"}
    assert refusal(Seed, "1")[0] == "int_type"


def test_names_of_sql_are_counted_in_bytes() -> None:
    """Postgres cuts longer ones without a word, perhaps to one that is there already."""
    fine = ["o'brien", 'a"b', "a b;--", "x" * 63, "é" * 31]
    assert [taken(SqlName, name) for name in fine] == fine
    assert refusal(SqlName, "é" * 32)[0] == "CFG011"
    assert "64 bytes" in refusal(SqlName, "é" * 32)[1]
    assert refusal(SqlName, "x" * 64)[0] == "string_too_long"
    assert {refusal(SqlName, name)[0] for name in ("a\x00b", "a\nb", "a\u200bb")} == {"CFG011"}

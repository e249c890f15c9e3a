"""Diagnostics fit, whatever they are made of, and hold no secret, wherever it stood."""

import base64
import json
import math
import pickle
from fractions import Fraction
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelops_runtime.contracts.diagnostics import (
    MAX_BYTES,
    NO_DIAGNOSTICS,
    NOTE,
    Diagnostics,
    diagnostics,
)
from modelops_runtime.contracts.identity import canonical_json
from modelops_runtime.contracts.violation import ContractViolation

CHARACTERS = st.sampled_from('aé漢🦠\n\x00"\\\u2028 ')
"""Of one to four bytes in UTF-8, and up to six in JSON."""

LONG = st.tuples(st.text(CHARACTERS, min_size=1, max_size=5), st.integers(0, 60_000)).map(
    lambda drawn: drawn[0] * (drawn[1] // len(drawn[0]) + 1)
)
KEYS = st.text(st.sampled_from("abcé漢🦠"), max_size=4)
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
TREES = st.recursive(
    PLAIN | st.text(CHARACTERS, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
ANYTHING = st.recursive(
    st.text() | st.floats() | st.integers() | st.binary() | st.complex_numbers() | st.just(object),
    lambda inner: st.lists(inner) | st.dictionaries(st.integers() | st.text(), inner),
    max_leaves=5,
)
SECRETS = st.text(st.sampled_from('S3cré"t/+ \\'), min_size=4, max_size=12)


@given(st.dictionaries(KEYS, TREES, max_size=5))
def test_what_fits_stays_as_it_is(found: dict[str, object]) -> None:
    kept = diagnostics(found)
    finite = json.loads(
        json.dumps(found).replace("-Infinity", '"-inf"').replace("Infinity", '"inf"')
    )
    assert kept.entries == finite
    assert kept.text == canonical_json(finite).decode()
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301 -- ours


@given(st.dictionaries(KEYS, LONG | TREES, max_size=6))
@example({"log": "🦠" * MAX_BYTES})
@example({"log": "\x00" * MAX_BYTES, "trace": "é" * 15, "n": None})
@example({str(number): number for number in range(20_000)})
@example({"k" * MAX_BYTES: 1, "small": 2})
@example({"deep": [["x" * MAX_BYTES]]})
def test_what_does_not_fit_is_cut_and_says_so(found: dict[str, object]) -> None:
    size = len(diagnostics_text(found))
    kept = diagnostics(found)
    assert len(kept.text.encode()) <= MAX_BYTES
    assert (NOTE in kept.entries) == (size > MAX_BYTES)
    if size > MAX_BYTES:
        assert kept.entries[NOTE] == f"cut from {size} bytes"
        assert set(kept.entries) - {NOTE} <= set(found)


def diagnostics_text(found: dict[str, object]) -> bytes:
    """The JSON of all of it; infinities, as texts, are two bytes longer than their names."""
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return text.replace("-Infinity", '"-inf"').replace("Infinity", '"inf"').encode()


@given(LONG, LONG)
def test_both_ends_of_a_long_text_are_kept(one: str, other: str) -> None:
    kept = diagnostics({"one": one, "other": other, "loss": 1.5}).entries
    assert kept["loss"] == 1.5
    for name, text in (("one", one), ("other", other)):
        if kept[name] != text:
            beginning, _, end = kept[name].partition(f" [… cut from {len(text)} characters …] ")
            assert text.startswith(beginning)
            assert text.endswith(end)
            assert len(beginning) == len(end) > 1000


def test_the_room_is_used() -> None:
    kept = diagnostics({"long": "x" * 10**6, "longer": "y" * 2 * 10**6, "short": "z" * 100})
    assert MAX_BYTES - 16 < len(kept.text) <= MAX_BYTES
    sizes = {name: len(text) for name, text in kept.entries.items()}
    assert sizes["short"] == 100
    assert abs(sizes["long"] - sizes["longer"]) < 10


@given(st.dictionaries(st.text() | st.integers() | st.none(), ANYTHING, max_size=4))
def test_nothing_that_is_found_makes_it_fail(found: dict[str, object]) -> None:
    assert isinstance(diagnostics(found).entries, dict)


def test_what_json_does_not_know_is_described() -> None:
    endless: list[object] = []
    endless.append(endless)
    found = {
        "nan": math.nan,
        "inf": -math.inf,
        "great": 2**64,
        "half": "\ud800",
        "quarter": Fraction(1, 4),
        "vast": Fraction(10**400),
        "numpy": [np.float32(0.5), np.int64(7), np.float64(0.25)],
        "array": np.zeros(3),
        "bytes": b"x",
        "set": {1},
        "pair": (1, 2),
        7: "seven",
    }
    assert diagnostics(found).entries == {  # type: ignore[arg-type]
        "nan": "nan",
        "inf": "-inf",
        "great": "0x10000000000000000",
        "half": "?",
        "quarter": 0.25,
        "vast": "inf",
        "numpy": [0.5, 7, 0.25],
        "array": "<ndarray>",
        "bytes": "<bytes>",
        "set": "<set>",
        "pair": [1, 2],
        "7": "seven",
    }
    assert diagnostics({"endless": endless}).text.endswith('"<list>"' + "]" * 16 + "}")


@given(SECRETS, st.text(max_size=9), st.text(max_size=9))
def test_no_secret_is_left_in_any_spelling(secret: str, before: str, after: str) -> None:
    encoded = base64.b64encode(secret.encode()).decode()
    spelt = [secret, encoded, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]]
    found = {
        "plain": [before + spelling + after for spelling in spelt],
        secret: "as a name",
        "deep": {"x": [{"y": secret}]},
        "long": ("." * 500 + secret) * 150,
    }
    kept = diagnostics(found, [secret])
    assert not any(secret in text for text in texts(kept.entries))
    assert all(text.count(encoded) == 0 for text in texts(kept.entries))


def texts(tree: object) -> list[str]:
    match tree:
        case dict():
            return [text for entry in tree.items() for part in entry for text in texts(part)]
        case list():
            return [text for item in tree for text in texts(item)]
    return [str(tree)]


def test_a_secret_is_hidden_before_a_text_is_cut() -> None:
    """Else the cut could leave half of it, which nobody would know again."""
    secret = "correct-horse-battery-staple"  # noqa: S105 -- made up
    for offset in range(0, 60, 2):
        text = "." * (32_650 + offset) + secret + "." * 40_000
        assert "correct" not in diagnostics({"log": text}, [secret]).text


def test_a_number_may_be_a_secret_too() -> None:
    assert diagnostics({"pin": 123456, "n": 7}, ["123456"]).entries == {"pin": "***", "n": 7}


def test_what_is_named_as_a_secret_is_hidden() -> None:
    found = {"PGPASSWORD": "hunter2", "nested": {"api_key": ["x"]}, "token_count": 12}
    kept = {"PGPASSWORD": "***", "nested": {"api_key": "***"}, "token_count": 12}
    assert diagnostics(found).entries == kept


@pytest.mark.parametrize(
    "text",
    ["", "[]", "1", "{", '{"a": 1}', '{"b":1,"a":1}', '{"a":NaN}', '{"a":"\ud800"}', "[" * 60_000],
)
def test_what_are_no_diagnostics(text: str) -> None:
    with pytest.raises(ContractViolation):
        Diagnostics(text)


def test_the_limit_is_in_bytes() -> None:
    fits = '{"a":"' + "é" * ((MAX_BYTES - 8) // 2) + '"}'
    assert len(Diagnostics(fits).text.encode()) == MAX_BYTES
    with pytest.raises(ContractViolation, match=f"{MAX_BYTES + 1} bytes"):
        Diagnostics(fits.replace('"}', 'a"}'))


def test_nothing_is_known_at_first() -> None:
    assert NO_DIAGNOSTICS.entries == {}
    assert diagnostics({}) == NO_DIAGNOSTICS

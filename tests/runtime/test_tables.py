"""Tables of any library become the same bytes, and the bytes the same table."""

import datetime as dt
import os
import subprocess
import sys
from contextlib import suppress
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_runtime.contracts.identity import checksum
from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.tables.stream import END, decoded, encoded

NAN, INF = float("nan"), float("inf")
START = dt.datetime(1900, 1, 1)  # noqa: DTZ001 -- as tables of models have it
Columns = dict[str, list[object]]

WHOLE = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
NAMES = TEXTS.filter(bool)
CELLS = {
    pa.int64(): WHOLE,
    pa.float64(): st.floats(allow_nan=False),
    pa.bool_(): st.booleans(),
    pa.large_string(): TEXTS,
    pa.large_binary(): st.binary(max_size=5),
    pa.timestamp("us"): st.datetimes(START, START + dt.timedelta(days=70_000)),
    pa.date32(): st.dates(),
}
TYPES = st.sampled_from(sorted(CELLS, key=str))


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """A few columns of one length, with cells missing here and there."""
    rows = draw(st.integers(0, 20))
    columns = draw(st.dictionaries(NAMES, TYPES, min_size=1, max_size=4))
    arrays = [
        pa.array(draw(st.lists(st.none() | CELLS[kind], min_size=rows, max_size=rows)), kind)
        for kind in columns.values()
    ]
    return pa.table(arrays, names=list(columns))


@given(tables())
def test_what_is_encoded_is_decoded(table: pa.Table) -> None:
    content = encoded(table)
    assert decoded(content).equals(table, check_metadata=True)
    assert encoded(decoded(content)) == content


@given(tables())
def test_every_library_gives_the_same_bytes(table: pa.Table) -> None:
    """With the same types: of a column without cells, or with none in it, pandas knows no type."""
    content = encoded(table)
    assert encoded(pl.from_arrow(table)) == content
    assert encoded(table.to_pandas(types_mapper=pd.ArrowDtype)) == content
    assert encoded(dict(zip(table.column_names, table.columns, strict=True))) == content
    arrays = [column.combine_chunks() for column in table.columns]
    assert encoded(dict(zip(table.column_names, arrays, strict=True))) == content
    series = pl.DataFrame(table)
    assert encoded({name: series[name] for name in table.column_names}) == content


@given(st.data())
def test_the_usual_frames_give_the_same_bytes(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 10))
    columns: Columns = {
        "time": list(range(rows)),
        "cases": data.draw(st.lists(st.floats(), min_size=rows, max_size=rows)),
        "place": data.draw(st.lists(TEXTS, min_size=rows, max_size=rows)),
        "closed": data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows)),
        "day": [START + dt.timedelta(days=day) for day in range(rows)],
    }
    content = encoded(columns)
    assert encoded(pd.DataFrame(columns)) == content
    assert encoded(pl.DataFrame(columns)) == content
    assert encoded(pa.table(columns)) == content
    assert encoded(pa.RecordBatch.from_pydict(columns)) == content
    arrays = {name: np.array(cells) for name, cells in columns.items() if name != "place"}
    assert encoded({**columns, **arrays}) == content


@given(tables(), st.integers(0, 25), st.integers(0, 25))
def test_where_a_table_was_cut_from_is_not_seen(table: pa.Table, start: int, rows: int) -> None:
    piece = table.slice(start, rows)
    assert encoded(piece) == encoded(pa.Table.from_pylist(piece.to_pylist(), table.schema))
    chunked = pa.concat_tables([piece.slice(0, 1), piece.slice(1)])
    assert encoded(chunked) == encoded(piece)


def test_what_lies_beneath_a_null_is_not_seen() -> None:
    """Arrow writes it into a stream, though nobody can read it from there."""
    bits = pa.py_buffer(b"\x05")
    for kind, one, other in (
        (pa.int64(), np.array([1, 2, 3]), np.array([1, 9, 3])),
        (pa.float64(), np.array([1.0, 2.0, 3.0]), np.array([1.0, np.nan, 3.0])),
        (pa.bool_(), np.array([5], np.uint8), np.array([0xFF], np.uint8)),
    ):
        first, second = (
            pa.table({"x": pa.Array.from_buffers(kind, 3, [bits, pa.py_buffer(cells)])})
            for cells in (one, other)
        )
        assert first.equals(second)
        assert encoded(first) == encoded(second)


@pytest.mark.parametrize("cells", [[1.0, NAN, None, INF, -INF], [NAN], [NAN, None]])
def test_not_a_number_is_missing(cells: list[float | None]) -> None:
    frames: list[object] = [
        {"x": cells},
        {"x": np.array(cells, dtype=float)},
        {"x": pd.Series(cells)},
        {"x": pl.Series(cells, strict=False)},
        pd.DataFrame({"x": cells}),
        pl.DataFrame({"x": cells}, strict=False),
        pa.table({"x": pa.array(cells, from_pandas=False)}),
    ]
    contents = {encoded(frame) for frame in frames}
    assert len(contents) == 1
    column = decoded(contents.pop())["x"]
    assert column.type == pa.float64()
    assert column.to_pylist() == [None if cell != cell else cell for cell in cells]  # noqa: PLR0124


@pytest.mark.parametrize(
    ("given_type", "cell", "kept"),
    [
        (pa.string(), "a", pa.large_string()),
        (pa.string_view(), "a", pa.large_string()),
        (pa.dictionary(pa.int8(), pa.string()), "a", pa.large_string()),
        (pa.dictionary(pa.int8(), pa.int16()), 1, pa.int16()),
        (pa.binary(), b"a", pa.large_binary()),
        (pa.binary_view(), b"a", pa.large_binary()),
        (pa.binary(2), b"ab", pa.large_binary()),
        (pa.float16(), 1.0, pa.float32()),
        (pa.float32(), 1.0, pa.float32()),
        (pa.uint8(), 255, pa.uint8()),
        (pa.uint64(), 2**64 - 1, pa.uint64()),
        (pa.decimal128(5, 2), Decimal("1.25"), pa.decimal128(5, 2)),
        (pa.timestamp("s", "UTC"), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None),
        (pa.time64("us"), dt.time(1, 2, 3), pa.time64("us")),
        (pa.duration("ms"), dt.timedelta(seconds=1), pa.duration("ms")),
        (pa.null(), None, pa.null()),
    ],
)
def test_the_type_of_a_column(given_type: pa.DataType, cell: object, kept: pa.DataType) -> None:
    table = decoded(encoded({"x": pa.array([cell, None], given_type)}))
    assert table["x"].type == (kept or given_type)
    assert table["x"].to_pylist() == [cell, None]


def test_categories_are_what_they_stand_for() -> None:
    content = encoded({"x": ["a", "b", "a"]})
    assert encoded(pd.DataFrame({"x": pd.Categorical(["a", "b", "a"], ["b", "a"])})) == content
    assert encoded(pl.DataFrame({"x": pl.Series(["a", "b", "a"], dtype=pl.Categorical)})) == content


def test_an_index_with_a_name_is_a_column() -> None:
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="place"))
    assert encoded(frame) == encoded({"place": ["a", "b"], "x": [1, 2]})
    levels = pd.MultiIndex.from_arrays([["a", "b"], [7, 8]], names=["place", None])
    assert encoded(frame.set_index(levels)) == encoded({"place": ["a", "b"], "x": [1, 2]})


def test_an_index_without_a_name_is_left_out() -> None:
    frame = pd.DataFrame({"x": [1, 2, 3]})
    assert encoded(frame[frame.x > 1]) == encoded({"x": [2, 3]})


def test_the_order_of_rows_and_columns_is_kept() -> None:
    table = decoded(encoded({"b": [2, 1], "a": [3, 4]}))
    assert table.column_names == ["b", "a"]
    assert table.to_pydict() == {"b": [2, 1], "a": [3, 4]}


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (None, "NoneType is no type of a table"),
        ([1, 2], "list is no type of a table"),
        (b"bytes", "bytes is no type of a table"),
        (pl.LazyFrame({"x": [1]}), "LazyFrame is no type of a table"),
        (pd.Series([1]), "Series is no type of a table"),
        ({}, "without columns"),
        (pl.DataFrame(), "without columns"),
        (pd.DataFrame(), "without columns"),
        ({"x": "abc"}, "column `x` is no sequence: str"),
        ({"x": 1}, "column `x` is no sequence: int"),
        ({"x": {1, 2}}, "column `x` is no sequence: set"),
        ({"x": {1: 2}}, "column `x` is no sequence: dict"),
        ({"x": iter([1])}, "column `x` is no sequence: list_iterator"),
        ({1: [1]}, "no text: 1"),
        (pd.DataFrame([[1]]), "no text: 0"),
        ({"x": [1], "y": [1, 2]}, "make no table"),
        ({"x": [1, "a"]}, "column `x`: Could not convert"),
        (pd.DataFrame({"x": [1, "a"]}), "makes no table"),
        ({"x": [2**70]}, "column `x`: .*too large"),
        ({"x": ["\ud800"]}, "column `x`: .*surrogates"),
        ({"x": ["a", float("nan")]}, "column `x`: Expected bytes, got a .float"),
        ({"x": [1j]}, "column `x`"),
        (pd.DataFrame({"x": [1j]}), "makes no table"),
        ({"x": np.ones((2, 2))}, "column `x`: only handle 1-dimensional"),
        ({"x": [[1]]}, "column `x` is of type list"),
        (pl.DataFrame({"x": [[1]]}), "column `x` is of type large_list"),
        ({"x": [{"a": 1}]}, "column `x` is of type struct"),
        (pd.DataFrame([[1, 2]], columns=["x", "x"]), "makes no table"),
        (pa.table([[1], [2]], names=["x", "x"]), "two columns of a table have one name"),
        ({"": [1]}, "a column of a table has no name"),
        (pd.DataFrame({"x": [1]}, index=pd.Index([1], name="x")), "makes no table"),
    ],
)
def test_what_is_no_table(frame: object, told: str) -> None:
    with pytest.raises(ContractViolation, match=told):
        encoded(frame)


@given(tables(), st.data())
def test_a_stream_that_is_cut_is_none(table: pa.Table, data: st.DataObject) -> None:
    content = encoded(table)
    kept = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(ContractViolation, match="the bytes are no table"):
        decoded(content[:kept])


@pytest.mark.parametrize("more", [b"x", END, encoded({"x": [1]})])
def test_a_stream_with_something_after_it_is_none(more: bytes) -> None:
    with pytest.raises(ContractViolation, match="the bytes are no table"):
        decoded(encoded({"x": [1, 2]}) + more)


@given(st.binary(max_size=99))
def test_other_bytes_are_none(content: bytes) -> None:
    with pytest.raises(ContractViolation, match="the bytes are no table"):
        decoded(content)


@given(tables(), st.data())
def test_a_damaged_stream_ends_in_no_other_way(table: pa.Table, data: st.DataObject) -> None:
    content = bytearray(encoded(table))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(ContractViolation):
        assert isinstance(decoded(bytes(content)), pa.Table)


def test_a_large_table_is_small_as_bytes() -> None:
    content = encoded({"day": range(10**5), "place": ["a", "b"] * (10**5 // 2)})
    assert len(content) < 10**5 * (8 + 8 + 1) / 5


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_every_process_makes_the_same_bytes_without_pandas_and_polars(hash_seed: str) -> None:
    program = (
        "import sys\n"
        "sys.modules |= dict.fromkeys(['pandas', 'polars', 'numpy'])\n"
        "from modelops_runtime.contracts.identity import checksum\n"
        "from modelops_runtime.tables.stream import decoded, encoded\n"
        "columns = {'x': [1, 2, None], 'y': ['a', None, 'c'], 'z': [0.5, float('nan'), 1]}\n"
        "content = encoded(columns)\n"
        "decoded(content)\n"
        "print(checksum(content))\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    columns = {"x": [1, 2, None], "y": ["a", None, "c"], "z": [0.5, None, 1.0]}
    assert printed.stdout.split() == [checksum(encoded(pl.DataFrame(columns)))]

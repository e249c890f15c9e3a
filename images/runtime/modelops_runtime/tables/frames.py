"""Part of `tables`: a frame of any library comes in, an Arrow table with the same columns leaves.

pandas and polars are looked for among what is already imported: who has a frame of theirs has them.
"""

import sys
from collections.abc import Mapping, Sized
from typing import Any

import pyarrow as pa

from modelops_runtime.contracts.violation import ContractViolation

UNFIT = (ValueError, TypeError, OverflowError, NotImplementedError, pa.ArrowException)
"""What Arrow, and pandas on the way to it, raise over values that they cannot turn into columns."""


def arrow_table(frame: object) -> pa.Table:
    """The frame as Arrow has it.

    Raises:
        ContractViolation: it is no frame, or a column of it is none.
    """
    match frame:
        case pa.Table():
            return frame
        case pa.RecordBatch():
            return pa.Table.from_batches([frame])
        case Mapping():
            return _of_columns(frame)
    if _is_frame_of("pandas", frame):
        return _of_pandas(frame)
    if _is_frame_of("polars", frame):
        return _of_polars(frame)
    raise ContractViolation(
        f"{type(frame).__qualname__} is no type of a table: give a DataFrame of pandas or polars, a"
        " mapping of columns, or a table of Arrow"
    )


def _is_frame_of(library: str, frame: object) -> bool:
    module = sys.modules.get(library)
    return module is not None and isinstance(frame, module.DataFrame)


def _of_columns(columns: Mapping[Any, object]) -> pa.Table:
    _check_names(columns)
    arrays = [_column(name, cells) for name, cells in columns.items()]
    try:
        return pa.table(arrays, names=list(columns))
    except UNFIT as error:
        raise ContractViolation(f"the columns make no table: {error}") from error


def _column(name: str, cells: object) -> pa.Array | pa.ChunkedArray:
    """The cells as Arrow has them; what has no order of its own is not taken for a column."""
    text = isinstance(cells, str | bytes | Mapping)
    if text or not isinstance(cells, Sized) or not hasattr(cells, "__getitem__"):
        raise ContractViolation(f"column `{name}` is no sequence: {type(cells).__qualname__}")
    try:
        if hasattr(cells, "__arrow_c_stream__"):  # a column of another library, with its type
            return pa.chunked_array(cells)
        return pa.array(cells)
    except UNFIT as error:
        raise ContractViolation(f"column `{name}`: {error}") from error


def _of_pandas(frame: Any) -> pa.Table:  # noqa: ANN401 -- pandas need not be there
    named = [name for name in frame.index.names if name is not None]
    try:
        flat = frame.reset_index(level=named) if named else frame
        _check_names(flat.columns)
        return pa.Table.from_pandas(flat, preserve_index=False)
    except UNFIT as error:
        raise ContractViolation(f"the frame makes no table: {error}") from error


def _of_polars(frame: Any) -> pa.Table:  # noqa: ANN401 -- polars need not be there
    try:
        return frame.to_arrow()
    except UNFIT as error:
        raise ContractViolation(f"the frame makes no table: {error}") from error


def _check_names(names: Any) -> None:  # noqa: ANN401 -- an index of pandas, or the keys of a mapping
    """Refuse what pandas would turn into texts by itself.

    Raises:
        ContractViolation: a name is no text.
    """
    for name in names:
        if not isinstance(name, str):
            raise ContractViolation(f"the name of a column is no text: {name!r}")

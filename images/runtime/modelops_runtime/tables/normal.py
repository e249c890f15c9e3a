"""Part of `tables`: an Arrow table comes in, the one that stands for all its equals leaves."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from modelops_runtime.contracts.violation import ContractViolation

Is = Callable[[pa.DataType], bool]

_TEXT: tuple[Is, ...] = (types.is_string, types.is_large_string, types.is_string_view)
_BYTES: tuple[Is, ...] = (
    types.is_binary,
    types.is_large_binary,
    types.is_binary_view,
    types.is_fixed_size_binary,
)
_KEPT: tuple[Is, ...] = (
    types.is_null,
    types.is_boolean,
    types.is_integer,
    types.is_floating,
    types.is_decimal,
    types.is_date,
    types.is_time,
    types.is_timestamp,
    types.is_duration,
)


def normal(table: pa.Table) -> pa.Table:
    """The table in the normal form that this package describes.

    Raises:
        ContractViolation: it has no column, two of one name, or one that has none or is of a type
            that is not taken.
    """
    names = table.column_names
    if not names:
        raise ContractViolation("a table without columns says nothing")
    if len(set(names)) < len(names):
        raise ContractViolation("two columns of a table have one name")
    if not all(names):
        raise ContractViolation("a column of a table has no name")
    columns = [_normal_column(*column) for column in zip(names, table.columns, strict=True)]
    return pa.table(columns, names=names)


def _normal_column(name: str, column: pa.ChunkedArray) -> pa.Array:
    wanted = _normal_type(column.type)
    if wanted is None:
        raise ContractViolation(
            f"column `{name}` is of type {column.type}: a cell is to be a truth value, a number, a"
            " text, bytes, or a time"
        )
    flat = column.cast(wanted).combine_chunks()
    return _copied(_without_nan(flat) if types.is_floating(wanted) else flat)


def _normal_type(given: pa.DataType) -> pa.DataType | None:
    """The type that a column of a type gets; None where it is not taken."""
    if types.is_dictionary(given):
        return _normal_type(given.value_type)
    if any(is_text(given) for is_text in _TEXT):
        return pa.large_string()
    if any(is_bytes(given) for is_bytes in _BYTES):
        return pa.large_binary()
    if types.is_float16(given):
        return pa.float32()
    return given if any(is_kept(given) for is_kept in _KEPT) else None


def _without_nan(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)


def _copied(column: pa.Array) -> pa.Array:
    """The column anew, cell by cell.

    Arrow leaves in its memory whatever was there beneath a null, and beside a slice, and writes it
    into a stream.
    """
    there = column.is_valid()
    place = pc.subtract(pc.cumulative_sum(there.cast(pa.int64())), 1)
    return column.drop_null().take(pc.if_else(there, place, pa.scalar(None, pa.int64())))

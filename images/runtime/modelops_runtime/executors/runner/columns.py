"""Part of `runner`: one column as plain buffers, and back, with numpy or without it.

A column is an array, with the type that numpy writes for it; or cells, one by one, in a pickle of
plain values that is read with nothing but those allowed; or a stream of Arrow with that one column.
Both sides of the pipe use the first two; what Arrow wrote, only the worker reads.
"""

import io
import pickle
import sys
from array import array
from collections.abc import Callable, Mapping, Sequence, Sized
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from .wire import Buffer

PLAIN = frozenset({type(None), bool, int, float, str, bytes, date, timedelta, Decimal})
"""Types of cells that are sent as they are."""

READ = {
    ("datetime", "date"): date,
    ("datetime", "datetime"): datetime,
    ("datetime", "time"): time,
    ("datetime", "timedelta"): timedelta,
    ("datetime", "timezone"): timezone,
    ("decimal", "Decimal"): Decimal,
}
"""All that a pickle of cells may make."""

BASES: dict[type, Callable[[Any], object]] = {
    str: str.__str__,
    bytes: bytes,
    int: int,
    float: float,
}
"""How a cell of a type made from one of these becomes one of these."""

RAW = frozenset("biufcSUmM")
"""Kinds of arrays whose memory says it all."""

SINCE = datetime(1970, 1, 1)  # noqa: DTZ001 -- as numpy counts: without a zone
NOT_A_TIME = -(2**63)
MICROSECONDS = {
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
    "us": 1,
    "D": 86_400_000_000,
}
SIZES = {"i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I", "u8": "Q"}
SIZES |= {"f4": "f", "f8": "d", "b1": "?"}
"""What the standard library calls the types of numpy."""


class Unfit(Exception):  # noqa: N818 -- named for what is so
    """What a model gave is no table."""


class Allowed(pickle.Unpickler):
    """Reads a pickle of cells, and makes nothing else."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401, D102 -- as its base
        try:
            return READ[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is no type of a cell") from None


def imported(library: str) -> Any:  # noqa: ANN401 -- a module
    """The library, if it is imported: who has an array of its, has it."""
    return sys.modules.get(library)


def packed(cells: object, buffers: list[Buffer]) -> dict[str, Any]:
    """The column in a description; what it refers to is added to the buffers.

    Raises:
        Unfit: it is no column.
    """
    numpy = imported("numpy")
    if numpy and isinstance(cells, numpy.ndarray):
        return _packed_array(numpy, cells, buffers)
    if _is_foreign(cells):
        return _packed_foreign(cells, buffers)
    if numpy and hasattr(cells, "__array__"):
        return _packed_array(numpy, numpy.asarray(cells), buffers)
    text = isinstance(cells, str | bytes | bytearray | Mapping)
    if text or not isinstance(cells, Sized) or not hasattr(cells, "__getitem__"):
        raise Unfit(f"it is no sequence, but {type(cells).__qualname__}")
    return _packed_cells(list(cells), buffers)  # type: ignore[call-overload]


def _is_foreign(cells: object) -> bool:
    """Whether it is a column of pandas, polars or Arrow."""
    pandas = imported("pandas")
    if pandas and isinstance(cells, pandas.Series):  # not all versions know of Arrow
        return True
    return hasattr(cells, "__arrow_c_stream__") or hasattr(cells, "__arrow_c_array__")


def added(buffers: list[Buffer], buffer: Buffer) -> int:
    """The number of a buffer that is put to the others."""
    buffers.append(buffer)
    return len(buffers) - 1


def _packed_array(numpy: Any, cells: Any, buffers: list[Buffer]) -> dict[str, Any]:  # noqa: ANN401 -- numpy's
    if cells.dtype.kind not in RAW or cells.dtype.names:
        return _packed_cells(cells.tolist() if cells.ndim == 1 else [cells], buffers)
    kept = numpy.ascontiguousarray(cells)
    # Not every type of an array can be viewed as itself, and an empty one not as another.
    memory = memoryview(kept.reshape(-1).view("u1")) if kept.nbytes else b""
    column = {
        "array": added(buffers, memory),
        "type": cells.dtype.str,
        "shape": list(cells.shape),
    }
    if isinstance(cells, numpy.ma.MaskedArray):
        column["mask"] = added(buffers, numpy.ma.getmaskarray(cells).tobytes())
    return column


def _packed_foreign(cells: Any, buffers: list[Buffer]) -> dict[str, Any]:  # noqa: ANN401 -- of any library
    """A column of pandas, polars or Arrow, with its type."""
    polars = imported("polars")
    if polars and isinstance(cells, polars.Series):
        return {"arrow": added(buffers, polars_stream(cells.to_frame()))}
    if arrow := arrow_library():
        chunks = hasattr(cells, "__arrow_c_stream__")
        column = arrow.chunked_array(cells) if chunks else arrow.array(cells)
        return {"arrow": added(buffers, stream(arrow, arrow.table([column], ["_"])))}
    pandas = imported("pandas")
    if pandas and isinstance(cells, pandas.Series):
        return _packed_series(pandas, cells, buffers)
    raise Unfit(f"{type(cells).__qualname__} is no type of a column without pyarrow")


def _packed_series(pandas: Any, cells: Any, buffers: list[Buffer]) -> dict[str, Any]:  # noqa: ANN401 -- pandas'
    """A column of pandas without Arrow: missing cells are found as pandas finds them."""
    numpy = imported("numpy")
    kind = getattr(cells.dtype, "numpy_dtype", cells.dtype)
    if not isinstance(kind, numpy.dtype) or kind.kind not in RAW:
        missing = pandas.isna(cells)
        found = zip(cells.tolist(), missing.tolist(), strict=True)
        return _packed_cells([None if none else cell for cell, none in found], buffers)
    if kind == cells.dtype:
        return _packed_array(numpy, cells.to_numpy(), buffers)
    there = cells.to_numpy(dtype=kind, na_value=kind.type(0))
    return _packed_array(numpy, numpy.ma.MaskedArray(there, pandas.isna(cells)), buffers)


def arrow_library() -> Any:  # noqa: ANN401 -- a module
    """The library pyarrow, if the interpreter has it."""
    try:
        import pyarrow  # noqa: ICN001, PLC0415 -- only some interpreters have it, and only some models need it
    except ImportError:
        return None
    return pyarrow


def stream(arrow: Any, table: Any) -> Buffer:  # noqa: ANN401 -- pyarrow's
    """The table as Arrow writes it, not compressed: it goes no further than a pipe."""
    sink = arrow.BufferOutputStream()
    with arrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def polars_stream(frame: Any) -> Buffer:  # noqa: ANN401 -- polars'
    """The frame as polars writes it, with types that have been in Arrow for long."""
    sink = io.BytesIO()
    frame.write_ipc_stream(sink, compat_level=imported("polars").CompatLevel.oldest())
    return sink.getbuffer()


def _packed_cells(cells: list[object], buffers: list[Buffer]) -> dict[str, Any]:
    types = set(map(type, cells))
    numpy = imported("numpy")
    if numpy and len(types) == 1 and issubclass(next(iter(types)), numpy.generic):
        # Their type is that of the column; as cells they would lose it.
        return _packed_array(numpy, numpy.array(cells), buffers)
    if types == {float}:
        numbers: array[float] = array("d", cells)  # type: ignore[arg-type]
        shape = [len(cells)]
        return {"array": added(buffers, numbers.tobytes()), "type": _native("f8"), "shape": shape}
    if not types <= PLAIN:
        cells = [_plain(cell) for cell in cells]
    return {"cells": added(buffers, pickle.dumps(cells, protocol=4))}


def _native(kind: str) -> str:
    return ("<" if sys.byteorder == "little" else ">") + kind


def _plain(cell: Any) -> object:  # noqa: ANN401 -- whatever it is
    """The cell as one of Python's own types, with moments in UTC.

    Raises:
        Unfit: it is none of them.
    """
    numpy = imported("numpy")
    if type(cell) in PLAIN:
        return cell
    if numpy and isinstance(cell, numpy.generic):
        return cell.item()
    if type(cell).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(cell, datetime):
        plain = datetime.combine(cell.date(), cell.timetz())
        return plain if plain.tzinfo is None else plain.astimezone(timezone.utc)  # noqa: UP017 -- Python 3.10
    if isinstance(cell, time) and cell.tzinfo is None:
        return time(cell.hour, cell.minute, cell.second, cell.microsecond)
    for base, plainly in BASES.items():
        if isinstance(cell, base):
            return plainly(cell)
    raise Unfit(f"a cell is of type {type(cell).__qualname__}")


def unpacked(column: Mapping[str, Any], buffers: Sequence[Buffer], numpy: Any) -> Any:  # noqa: ANN401 -- an array, or a list
    """The column: an array of numpy, or a list where there is no numpy.

    Raises:
        pickle.UnpicklingError: its cells are none.
    """
    if "cells" in column:
        cells = Allowed(io.BytesIO(buffers[column["cells"]])).load()
        return _array_of_cells(numpy, cells) if numpy and column.get("object") else cells
    memory = buffers[column["array"]]
    if not numpy:
        return _listed(column["type"], memory)
    found = numpy.frombuffer(memory, dtype=column["type"]).reshape(column["shape"])
    if "mask" in column:
        hidden = numpy.frombuffer(buffers[column["mask"]], dtype="?").reshape(column["shape"])
        return numpy.ma.MaskedArray(found, mask=hidden)
    return found


def _array_of_cells(numpy: Any, cells: list[object]) -> Any:  # noqa: ANN401 -- numpy's
    found = numpy.empty(len(cells), dtype=object)
    found[:] = cells
    return found


def _listed(kind: str, memory: Buffer) -> list[Any]:
    """Cells of an array that numpy wrote, without numpy."""
    if kind[1] not in "mM":
        return memoryview(memory).cast("B").cast(SIZES[kind[1:]]).tolist()  # type: ignore[call-overload, no-any-return]
    counts = memoryview(memory).cast("B").cast("q").tolist()
    unit = kind[4:-1]
    made = _durations if kind[1] == "m" else _dates if unit == "D" else _moments
    return made(counts, unit)


def _durations(counts: list[int], unit: str) -> list[timedelta | None]:
    return [None if count == NOT_A_TIME else _duration(count, unit) for count in counts]


def _moments(counts: list[int], unit: str) -> list[datetime | None]:
    return [None if count == NOT_A_TIME else SINCE + _duration(count, unit) for count in counts]


def _dates(counts: list[int], unit: str) -> list[date | None]:
    return [moment and moment.date() for moment in _moments(counts, unit)]


def _duration(count: int, unit: str) -> timedelta:
    if unit == "ns":
        return timedelta(microseconds=count // 1000)
    return timedelta(microseconds=count * MICROSECONDS[unit])

"""Part of `executors`: tables, between the bytes that are kept and what crosses a pipe."""

import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from modelops_runtime.contracts.names import checked_name
from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.executors.runner.columns import added, packed, unpacked
from modelops_runtime.executors.runner.wire import Buffer
from modelops_runtime.tables.stream import decoded, encoded

PASSED = frozenset("biufmM")
"""Kinds of arrays that an objective gets as arrays; the cells of others it gets as they are."""

SIGNED = 2**63
UNSIGNED = 2**64


def received(
    tables: Mapping[str, Mapping[str, Any]], buffers: Sequence[Buffer]
) -> dict[str, bytes]:
    """The tables that a model gave, as they are kept, sorted by name.

    Raises:
        ContractViolation: one of them is none; the message says which.
    """
    return {
        checked_name(name, "an output"): _received(name, tables[name], buffers)
        for name in sorted(tables)
    }


def _received(name: str, table: Mapping[str, Any], buffers: Sequence[Buffer]) -> bytes:
    try:
        if "arrow" in table:
            return encoded(decoded_any(buffers[table["arrow"]]))
        columns = [(column, _column(column, how, buffers)) for column, how in table["columns"]]
        return encoded(_frame(columns))
    except ContractViolation as error:
        raise ContractViolation(f"table `{name}`: {error}") from error


def _frame(columns: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The columns as a table; a frame of pandas may have two of one name."""
    if len(frame := dict(columns)) < len(columns):
        raise ContractViolation("two columns of a table have one name")
    return frame


def decoded_any(content: Buffer) -> pa.Table:
    """The table in a stream that any library wrote, not in the form in which they are kept."""
    try:
        with pa.ipc.open_stream(pa.py_buffer(content)) as reader:
            return reader.read_all()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ContractViolation(f"the bytes are no table: {error}") from error


def _column(name: str, column: Mapping[str, Any], buffers: Sequence[Buffer]) -> Any:  # noqa: ANN401 -- an array of any library
    if "arrow" in column:
        return decoded_any(buffers[column["arrow"]]).column(0)
    try:
        cells = unpacked(column, buffers, np)
    except (pickle.UnpicklingError, ValueError, TypeError) as error:
        raise ContractViolation(f"column `{name}`: {error}") from error
    return _wide(cells) if isinstance(cells, list) else cells


def _wide(cells: list[Any]) -> Any:  # noqa: ANN401 -- numpy's, or the list
    """The cells; as an array of 64 bits without a sign, where they fit in nothing else."""
    if cells and set(map(type, cells)) == {int}:
        least, most = min(cells), max(cells)
        if least >= 0 and SIGNED <= most < UNSIGNED:
            return np.array(cells, dtype=np.uint64)
    return cells


def sent(
    replicates: Sequence[Mapping[str, bytes]],
) -> tuple[list[dict[str, list[list[Any]]]], list[Buffer]]:
    """Simulations as an objective gets them, and the buffers that they refer to.

    Numbers, truth values and times become arrays in which a null is NaN or NaT: whole numbers with
    a null become floating point numbers, moments lose their zone and are in UTC. Everything else,
    and truth values with a null, become cells, in which a null is None.

    Raises:
        ContractViolation: one of the tables is none.
    """
    buffers: list[Buffer] = []
    return [
        {name: _sent(decoded(content), buffers) for name, content in sorted(replicate.items())}
        for replicate in replicates
    ], buffers


def _sent(table: pa.Table, buffers: list[Buffer]) -> list[list[Any]]:
    return [
        [name, _sent_column(column, buffers)]
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]


def _sent_column(column: pa.ChunkedArray, buffers: list[Buffer]) -> dict[str, Any]:
    if pa.types.is_null(column.type):
        column = column.cast(pa.float64())
    cells = column.to_numpy(zero_copy_only=False)
    if cells.dtype.kind in PASSED:
        return packed(cells, buffers)
    return {
        "cells": added(buffers, pickle.dumps(column.to_pylist(), protocol=4)),
        "object": True,
    }

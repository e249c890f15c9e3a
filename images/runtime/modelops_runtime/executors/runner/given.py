"""Part of `runner`: what a model gave comes in, tables as plain buffers leave."""

from collections.abc import Collection, Mapping
from typing import Any

from .columns import Unfit, added, arrow_library, imported, packed, polars_stream, stream
from .wire import Buffer

ONLY = "output"
"""What a table is called that a model gives without a name."""


def packed_tables(
    given: object, wanted: Collection[str]
) -> tuple[dict[str, dict[str, Any]], list[Buffer]]:
    """The tables, described by name, and the buffers that the descriptions refer to.

    Args:
        given: what the model returned.
        wanted: names of tables; none: all that there are.

    Raises:
        Unfit: it is no table, or not those that are wanted.
    """
    tables = _named(given)
    if missing := sorted(set(wanted) - set(tables)):
        there = ", ".join(map(str, tables))
        raise Unfit(f"the model gave no table `{missing[0]}`; it gave: {there}")
    buffers: list[Buffer] = []
    return {
        name: _packed_table(name, tables[name], buffers)
        for name in sorted(tables)
        if not wanted or name in wanted
    }, buffers


def _named(given: object) -> dict[str, object]:
    """The tables by name; a single one is called `ONLY`."""
    if not (isinstance(given, Mapping) and any(map(_is_table, given.values()))):
        tables = {ONLY: given}
    else:
        tables = dict(given)
    if isinstance(given, Mapping) and not given:
        raise Unfit("the model gave no table")
    for name, table in tables.items():
        if not isinstance(name, str):
            raise Unfit(f"the name of a table is no text, but {type(name).__qualname__}")
        if not _is_table(table):
            raise Unfit(
                f"{type(table).__qualname__} is no type of a table: give a mapping of columns, a"
                " DataFrame of pandas or polars, or a table of Arrow"
            )
    return tables


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or _library_of(value) is not None


def _library_of(frame: object) -> str | None:
    """The library that a frame is of."""
    for library, types in (
        ("pandas", ("DataFrame",)),
        ("polars", ("DataFrame",)),
        ("pyarrow", ("Table", "RecordBatch")),
    ):
        module = imported(library)
        if any(isinstance(frame, getattr(module, name, ())) for name in types):
            return library
    return None


def _packed_table(name: str, table: Any, buffers: list[Buffer]) -> dict[str, Any]:  # noqa: ANN401 -- of any library
    try:
        match _library_of(table):
            case "polars":
                return {"arrow": added(buffers, polars_stream(table))}
            case "pyarrow":
                return {"arrow": added(buffers, _of_arrow(table))}
            case "pandas":
                return _of_pandas(table, buffers)
            case _:
                return _of_columns(table, buffers)
    except MemoryError:
        raise
    except Exception as error:  # libraries raise what they like over cells
        raise Unfit(f"table `{name}`: {error}") from error


def _of_arrow(table: Any) -> Buffer:  # noqa: ANN401 -- pyarrow's
    arrow = arrow_library()
    if isinstance(table, arrow.RecordBatch):
        table = arrow.Table.from_batches([table])
    return stream(arrow, table)


def _of_pandas(frame: Any, buffers: list[Buffer]) -> dict[str, Any]:  # noqa: ANN401 -- pandas'
    """A named index becomes columns; one without a name only counts rows."""
    named = [name for name in frame.index.names if name is not None]
    flat = frame.reset_index(level=named) if named else frame
    arrow = arrow_library()
    if arrow is None:
        columns = ((name, flat.iloc[:, at]) for at, name in enumerate(flat.columns))
        return {"columns": [_column(name, cells, buffers) for name, cells in columns]}
    for name in flat.columns:
        _check_name(name)
    table = arrow.Table.from_pandas(flat, preserve_index=False)
    return {"arrow": added(buffers, stream(arrow, table))}


def _of_columns(table: Mapping[Any, object], buffers: list[Buffer]) -> dict[str, Any]:
    return {"columns": [_column(name, cells, buffers) for name, cells in table.items()]}


def _column(name: object, cells: object, buffers: list[Buffer]) -> list[Any]:
    checked = _check_name(name)
    try:
        return [checked, packed(cells, buffers)]
    except Unfit as error:
        raise Unfit(f"column `{name}`: {error}") from error


def _check_name(name: object) -> str:
    if not isinstance(name, str):
        raise Unfit(f"the name of a column is no text: {name!r}")
    return str.__str__(name)

"""Part of `results`: which tables travel with their result, and which are only named in it."""

from collections.abc import Mapping

from modelops_runtime.contracts.simulation import Output
from modelops_runtime.contracts.table import (
    INLINE_CAP,
    InlineTable,
    StoredTable,
    Table,
    inline_table,
)
from modelops_runtime.results.content_store import ContentStore


def placed(contents: Mapping[str, bytes], store: ContentStore) -> tuple[Output, ...]:
    """The tables of a simulation as they go into its result: by name, and sorted by it.

    The smallest travel with it, as many as stay within the cap together; the others are stored.
    """
    outputs, room = [], INLINE_CAP
    for name, content in sorted(contents.items(), key=lambda entry: (len(entry[1]), entry[0])):
        inline = len(content) <= room
        outputs.append(Output(name, inline_table(content) if inline else _stored(content, store)))
        room -= len(content)
    return tuple(sorted(outputs, key=lambda output: output.name))


def content_of(table: Table, store: ContentStore) -> bytes:
    """The bytes of a table, wherever they are.

    Raises:
        NotStored: they are not where the table says.
        Damaged: they are, but have changed.
        OSError: nobody can tell.
    """
    match table:
        case InlineTable():
            return table.content
        case StoredTable():
            return store.get(table.checksum)


def _stored(content: bytes, store: ContentStore) -> StoredTable:
    return StoredTable(store.put(content), len(content))

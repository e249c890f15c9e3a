"""Part of `tables`: frames to bytes, and bytes to Arrow tables."""

import pyarrow as pa

from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.tables.frames import arrow_table
from modelops_runtime.tables.normal import normal

CONTENT_TYPE = "application/vnd.apache.arrow.stream"

END = b"\xff\xff\xff\xff\0\0\0\0"
"""How a stream ends: Arrow itself takes one without it for a shorter table."""

# Most tables are small, and to hand columns to other threads takes longer than to compress them;
# where tables are large, there is a worker for each core.
_WRITING = pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)
_READING = pa.ipc.IpcReadOptions(use_threads=False)


def encoded(frame: object) -> bytes:
    """The frame as one Arrow IPC stream, in normal form.

    Args:
        frame: a DataFrame of pandas or polars, a mapping of columns, or a table of Arrow.

    Raises:
        ContractViolation: it is no table, or none that is taken.
    """
    table = normal(arrow_table(frame))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_WRITING) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def decoded(content: bytes) -> pa.Table:
    """The table in an Arrow IPC stream.

    Raises:
        ContractViolation: there is none, or not all of it.
    """
    source = pa.BufferReader(content)
    try:
        with pa.ipc.open_stream(source, options=_READING) as reader:
            table = reader.read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ContractViolation(f"the bytes are no table: {error}") from error
    if source.tell() != len(content) or not content.endswith(END):
        raise ContractViolation("the bytes are no table: they do not end where it does")
    return table

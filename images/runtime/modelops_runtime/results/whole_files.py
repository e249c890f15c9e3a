"""Part of `results`: files that are there whole or not at all.

A file is written under another name, and gets its own when it is whole. A machine that loses its
power may lose files, and a writer that is killed leaves one behind under a name that nobody reads;
but no file is ever partly there under its own.
"""

import os
import secrets
from pathlib import Path


def put_whole(target: Path, content: bytes, *, lasting: bool = True) -> None:
    """Write the file, and the folders that it is in; what is there already is replaced.

    Args:
        target: the file.
        content: of it.
        lasting: wait until the disk has it; else a machine that loses its power may leave another
            content under its name: for what is verified when it is read, and can be made again.
    """
    incoming = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        _write(incoming, content, lasting=lasting)
        incoming.replace(target)
    except BaseException:
        incoming.unlink(missing_ok=True)
        raise


def _write(file: Path, content: bytes, *, lasting: bool) -> None:
    """Write a new file."""
    try:
        stream = file.open("xb")
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = file.open("xb")
    with stream:
        stream.write(content)
        if lasting:
            stream.flush()
            os.fsync(stream.fileno())

"""Part of `runner`: how a message crosses a pipe.

A message is an object of JSON, and buffers that it refers to by their numbers. On the pipe it is a
head of fixed size, the object with the lengths of the buffers, and the buffers, each at a multiple
of `ALIGNED`, so that numbers can be read where they lie.
"""

import json
import os
import struct
from collections.abc import Sequence
from typing import Any

PROTOCOL = 1
"""To be counted up with any change to what is sent."""

HEAD = struct.Struct("<4sIQ")
MARK = b"mops"
ALIGNED = 16

Buffer = bytes | bytearray | memoryview


class Garbled(Exception):  # noqa: N818 -- named for what is so
    """What came is no message."""


def framed(message: dict[str, Any], buffers: Sequence[Buffer]) -> list[Buffer]:
    """What is to be written, piece by piece; the buffers are not copied."""
    lengths = [memoryview(buffer).nbytes for buffer in buffers]
    text = json.dumps({"message": message, "lengths": lengths}).encode()
    pieces: list[Buffer] = [HEAD.pack(MARK, len(text), sum(map(_aligned, lengths))) + text]
    for buffer, length in zip(buffers, lengths, strict=True):
        pieces += [buffer, bytes(_aligned(length) - length)]
    return [piece for piece in pieces if len(piece)]


def sizes(head: bytes | bytearray) -> tuple[int, int]:
    """How many bytes of JSON, and of buffers, follow a head.

    Raises:
        Garbled: it is none.
    """
    mark, text, body = HEAD.unpack(head)
    if mark != MARK:
        raise Garbled("the pipe holds something else than a message")
    return text, body


def unframed(text: Buffer, body: Buffer) -> tuple[dict[str, Any], list[memoryview]]:
    """The message, and its buffers as parts of the body.

    Raises:
        Garbled: they do not fit.
    """
    try:
        frame = json.loads(bytes(text))
        message, lengths = frame["message"], frame["lengths"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Garbled("the message is not what it should be") from error
    if sum(map(_aligned, lengths)) != len(body):
        raise Garbled("the buffers of the message are not as long as it says")
    buffers, view, at = [], memoryview(body), 0
    for length in lengths:
        buffers.append(view[at : at + length])
        at += _aligned(length)
    return message, buffers


def _aligned(length: int) -> int:
    return -(-length // ALIGNED) * ALIGNED


def send(pipe: int, message: dict[str, Any], buffers: Sequence[Buffer] = ()) -> None:
    """Write a message, and wait until the pipe has taken it."""
    for piece in framed(message, buffers):
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(pipe, rest) :]


def receive(pipe: int) -> tuple[dict[str, Any], list[memoryview]]:
    """Wait for a message.

    Raises:
        EOFError: whoever sends has closed the pipe.
        Garbled: it is none.
    """
    text, body = sizes(_read(pipe, HEAD.size))
    return unframed(_read(pipe, text), _read(pipe, body))


def _read(pipe: int, size: int) -> bytearray:
    content = bytearray(size)
    rest = memoryview(content)
    while rest:
        count = os.readv(pipe, [rest])
        if not count:
            raise EOFError
        rest = rest[count:]
    return content

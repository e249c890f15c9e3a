"""What leaves the program: data on the standard output, messages on the standard error.

Text comes in; whether it is coloured is decided here, for each of the two by itself. What a
terminal cannot show is replaced, never a traceback. Knows no command.
"""

import os
import sys
from contextlib import suppress
from typing import TextIO

import click

from modelops.diagnostics.text import Colour
from modelops.disk import Unwritable


def put(text: str) -> None:
    """Data: text and a line's end, to the standard output.

    Raises:
        BrokenPipeError: the reader has gone.
        Unwritable: the output is redirected to where it cannot be written.
    """
    put_bytes(_encoded(text, sys.stdout))


def put_bytes(content: bytes) -> None:
    """Data as it is, whatever the terminal's encoding.

    Raises:
        BrokenPipeError: the reader has gone.
        Unwritable: the output is redirected to where it cannot be written.
    """
    try:
        _write(content, sys.stdout)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unwritable(f"cannot write to the standard output: {error.strerror}.") from error


def tell(text: str) -> None:
    """A message: text and a line's end, to the standard error.

    Raises:
        BrokenPipeError: the reader has gone.
    """
    try:
        _write(_encoded(text, sys.stderr), sys.stderr)
    except BrokenPipeError:
        raise
    except OSError:
        """There is no place left to say so."""


def tell_error(message: str, code: str = "") -> None:
    """`error: …` on the standard error; `error[CODE]: …` for what breaks a rule."""
    head = f"error[{code}]" if code else "error"
    tell(f"{styled(head, sys.stderr, fg='red', bold=True)}: {message}")


def tell_warning(message: str) -> None:
    """`warning: …` on the standard error."""
    tell(f"{styled('warning', sys.stderr, fg='yellow', bold=True)}: {message}")


def tell_note(message: str) -> None:
    """`note: …` on the standard error."""
    tell(f"{styled('note', sys.stderr, fg='blue', bold=True)}: {message}")


def styled(text: str, stream: TextIO | None, *, fg: str | None = None, bold: bool = False) -> str:
    """The text in a colour, where the stream shows any; `fg` is one of click's colours."""
    return click.style(text, fg=fg, bold=bold) if colour(stream) is Colour.ALWAYS else text


def colour(stream: TextIO | None) -> Colour:
    """Whether to colour what goes to a stream: NO_COLOR, then the FORCE variables, then a terminal.

    By https://no-color.org and https://bixense.com/clicolors; FORCE_COLOR is what CI services set.
    """
    if os.environ.get("NO_COLOR"):
        return Colour.NEVER
    forced = (os.environ.get(name, "0") for name in ("CLICOLOR_FORCE", "FORCE_COLOR"))
    if any(value not in {"", "0"} for value in forced):
        return Colour.ALWAYS
    shows = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    return Colour.ALWAYS if shows else Colour.NEVER


def _encoded(text: str, stream: TextIO | None) -> bytes:
    """A line of text; what the stream's encoding lacks becomes `?` instead of a traceback."""
    return f"{text}\n".encode((stream.encoding if stream else None) or "utf-8", "replace")


def _write(content: bytes, stream: TextIO | None) -> None:
    """Write all of it now; nothing where the stream is closed."""
    if stream is None:
        return
    try:
        stream.flush()
        rest = memoryview(content)
        while rest:  # an unbuffered stream may take a part
            rest = rest[stream.buffer.write(rest) :]
        stream.buffer.flush()
    except OSError:
        _abandon(stream)
        raise


def _abandon(stream: TextIO) -> None:
    """Let what is still buffered go nowhere: Python would try again, and fail, at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)

"""Part of `results`: what every object store can do, wherever it keeps its objects."""

from typing import Protocol


class NotStored(LookupError):  # noqa: N818 -- named for what is so, as its message says it
    """Nothing is stored there."""


class ObjectStore(Protocol):
    """Bytes by a key: a path of parts with `/` between them.

    Any number of threads and processes may put and get at once; each sees a whole object or none,
    even where a writer is killed.

    Every method raises `ContractViolation` for a key that would be somewhere else.
    """

    def put(self, key: str, content: bytes) -> None:
        """Store the bytes; what is there already is replaced.

        Raises:
            OSError: they cannot be stored; the message says why, and what to do.
        """

    def get(self, key: str) -> bytes:
        """The bytes.

        Raises:
            NotStored: there are none.
            OSError: nobody can tell; the message says why, and what to do.
        """

    def location(self, key: str) -> str:
        """Where people find an object, or all those below a key: a path or a URL."""

"""Part of `results`: what every result store can do, whatever it keeps its tables in."""

from typing import Protocol


class NotStored(LookupError):  # noqa: N818 -- named for what is so, as its message says it
    """Nothing has this checksum here."""


class Damaged(Exception):  # noqa: N818 -- as above
    """What is stored under a checksum is not what was: putting it again heals it."""


class ResultStore(Protocol):
    """Bytes by their checksum.

    The same bytes are stored once, and nothing ever changes. Any number of processes may put and
    get at once; each sees a whole value or none, even where a writer is killed.
    """

    def put(self, content: bytes) -> str:
        """Store the bytes; their checksum."""

    def get(self, checksum: str) -> bytes:
        """The bytes of a checksum, which has been verified.

        Raises:
            NotStored: nothing has it.
            Damaged: the bytes have another one by now.
        """

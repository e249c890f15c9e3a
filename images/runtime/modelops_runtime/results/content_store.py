"""Part of `results`: objects by their checksum, so that the same bytes are stored once."""

from dataclasses import dataclass

from modelops_runtime.contracts.identity import ID, checksum
from modelops_runtime.results.object_store import NotStored, ObjectStore


class Damaged(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """What is stored under a checksum is not what was: putting it again heals it."""


@dataclass(frozen=True, slots=True)
class ContentStore:
    """Bytes by their checksum, in any store. Nothing that was put ever changes."""

    objects: ObjectStore

    def put(self, content: bytes) -> str:
        """Store the bytes; their checksum. What is there already is replaced, and so healed.

        Raises:
            OSError: they cannot be stored.
        """
        name = checksum(content)
        self.objects.put(_key(name), content)
        return name

    def get(self, checksum: str) -> bytes:
        """The bytes of a checksum, which has been verified.

        Raises:
            NotStored: nothing has it.
            Damaged: the bytes have another one by now.
            OSError: nobody can tell.
        """
        if not ID.fullmatch(checksum):
            raise NotStored(f"`{checksum}` is no checksum")
        return _verified(self.objects.get(_key(checksum)), checksum)


def _key(name: str) -> str:
    """One of 256 folders, so that none is too full."""
    return f"{name[:2]}/{name}"


def _verified(content: bytes, name: str) -> bytes:
    if checksum(content) != name:
        raise Damaged(f"what is stored under {name} is not what was put there")
    return content

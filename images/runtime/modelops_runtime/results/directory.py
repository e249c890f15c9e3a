"""Part of `results`: a store in a folder, on a disk or a volume that many pods share."""

from dataclasses import dataclass
from pathlib import Path

from modelops_runtime.contracts.identity import ID, checksum
from modelops_runtime.results.store import Damaged, NotStored
from modelops_runtime.results.whole_files import put_whole


@dataclass(frozen=True, slots=True)
class DirectoryStore:
    """A store in a folder.

    Attributes:
        root: the folder; made where it is missing.
    """

    root: Path

    def put(self, content: bytes) -> str:
        """Store the bytes; their checksum. What is there already is replaced, and so healed."""
        name = checksum(content)
        put_whole(self._file(name), content)
        return name

    def get(self, checksum: str) -> bytes:
        """The bytes of a checksum, which has been verified.

        Raises:
            NotStored: nothing has it.
            Damaged: the bytes have another one by now.
        """
        return _verified(self._read(checksum), checksum)

    def _read(self, name: str) -> bytes:
        if not ID.fullmatch(name):
            raise NotStored(f"`{name}` is no checksum")
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError as error:
            raise NotStored(f"nothing with checksum {name} is in {self.root}") from error

    def _file(self, name: str) -> Path:
        """Where the bytes of a checksum are: in one of 256 folders, so that none is too full."""
        return self.root / name[:2] / name


def _verified(content: bytes, name: str) -> bytes:
    if checksum(content) != name:
        raise Damaged(f"what is stored under {name} is not what was put there")
    return content

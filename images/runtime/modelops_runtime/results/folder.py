"""Part of `results`: a store in a folder, on a disk or a volume that many pods share."""

from dataclasses import dataclass
from pathlib import Path

from modelops_runtime.contracts.paths import below
from modelops_runtime.results.object_store import NotStored
from modelops_runtime.results.whole_files import put_whole


@dataclass(frozen=True, slots=True)
class FolderStore:
    """An object is a file; whoever else can read the folder can read it.

    Attributes:
        root: the folder; made where it is missing.
        lasting: whether to put is to wait for the disk. If not, a machine that loses its power may
            leave another content: for what is verified when it is read, and can be made again.
    """

    root: Path
    lasting: bool = True

    def put(self, key: str, content: bytes) -> None:
        """Store the bytes; what is there already is replaced."""
        put_whole(self._file(key), content, lasting=self.lasting)

    def get(self, key: str) -> bytes:
        """The bytes.

        Raises:
            NotStored: there are none.
        """
        try:
            return self._file(key).read_bytes()
        except FileNotFoundError as error:
            raise NotStored(f"`{key}` is not in {self.root}") from error

    def location(self, key: str) -> str:
        """The path of the file or folder."""
        return str(self._file(key))

    def _file(self, key: str) -> Path:
        return self.root / below(key)

"""Part of `bundles`: files as the one tar that they make, and back.

A tar can say the same in many ways, and much that no bundle needs: links, devices, owners, times.
Here each list of files has exactly one spelling, of regular files in the order of their paths, and
nothing but that spelling is read. The headers are those of POSIX ustar, so that `tar` lists what a
registry holds; they are written here, because the standard library's differ between versions, and
with them the digest would.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.paths import (
    LARGEST_FILE,
    MOST_FILES,
    checked_against,
    checked_path,
)

BLOCK = 512
END = bytes(2 * BLOCK)

NAME, PREFIX = 100, 155
"""Bytes of a path's two parts in a header: the last ones, and the folders before them."""

KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a folder of its own",
    b"6": "a pipe",
}
"""What an entry may say that it is, apart from a regular file."""

Read = Callable[[int], bytes]
"""At most so many bytes of a layer; fewer only at its end."""


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file of a bundle.

    Attributes:
        path: below the bundle's top.
        content: its bytes.
        executable: whether it can be run; of its mode nothing else counts.
    """

    path: str
    content: bytes
    executable: bool = False


def encoded(files: Iterable[BundleFile]) -> Iterator[bytes]:
    """The layer, piece by piece; the files have to come in the order of their paths.

    Raises:
        InvalidBundle: a path cannot be in a bundle.
    """
    for file in files:
        yield _header(checked_path(file.path), len(file.content), executable=file.executable)
        yield file.content
        yield _padding(len(file.content))
    yield END


def decoded(read: Read) -> Iterator[BundleFile]:
    """The files of a layer, one at a time.

    Raises:
        InvalidBundle: it is not what `encoded` makes of any files.
    """
    seen: dict[str, None] = {}
    while (block := _exactly(read, BLOCK)) != END[:BLOCK]:
        path, size, executable = _fields(block)
        _check_place(path, seen)
        seen[path] = None
        content = _exactly(read, size)
        if any(_exactly(read, len(_padding(size)))):
            raise InvalidBundle(f"`{path}`: more follows than the file")
        yield BundleFile(path, content, executable)
    if read(BLOCK + 1) != END[BLOCK:]:
        raise InvalidBundle("the layer: does not end where it should")


def length(sizes: Iterable[int]) -> int:
    """Bytes of the layer that files of these sizes make."""
    return sum(BLOCK + size + len(_padding(size)) for size in sizes) + len(END)


def _check_place(path: str, seen: dict[str, None]) -> None:
    if seen and path <= next(reversed(seen)):
        raise InvalidBundle(f"`{path}`: twice, or not in order")
    if len(seen) == MOST_FILES:
        raise InvalidBundle(f"`{path}`: one more than {MOST_FILES} files")
    checked_against(path, seen.keys())


def _exactly(read: Read, size: int) -> bytes:
    content = read(size) if size else b""
    if len(content) < size:
        raise InvalidBundle("the layer: cut off")
    return content


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


def _header(path: str, size: int, *, executable: bool) -> bytes:
    name, prefix = _parts(path)
    fields = (
        name.ljust(NAME, b"\0"),
        b"0000755\0" if executable else b"0000644\0",
        b"0000000\0" * 2,  # owner, group
        b"%011o\0" % size,
        b"%011o\0" % 0,  # time
        b" " * 8,  # the sum, which counts as blanks
        b"0".ljust(1 + NAME, b"\0"),  # a regular file, that links to nothing
        b"ustar\x0000".ljust(8 + 32 + 32, b"\0"),
        b"0000000\0" * 2,  # device
        prefix.ljust(PREFIX, b"\0"),
    )
    block = b"".join(fields).ljust(BLOCK, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def _parts(path: str) -> tuple[bytes, bytes]:
    """A path as a header has it: cut at the first slash after which the rest has room."""
    raw = path.encode()
    if len(raw) <= NAME:
        return raw, b""
    cut = raw.find(b"/", len(raw) - NAME - 1)
    if not 0 < cut <= PREFIX:
        raise InvalidBundle(f"`{path}`: too long; {NAME} bytes of UTF-8 are always short enough")
    return raw[cut + 1 :], raw[:cut]


def _fields(block: bytes) -> tuple[str, int, bool]:
    """Path, size and whether it is executable; the header has to be the one they make."""
    try:
        name, prefix = (
            block[at : at + size].rstrip(b"\0") for at, size in ((0, NAME), (345, PREFIX))
        )
        path = (prefix + b"/" + name if prefix else name).decode()
        size, executable = int(block[124:135], 8), block[100:107] == b"0000755"
    except ValueError as error:
        raise InvalidBundle("the layer: no tar, or none with headers of ustar") from error
    if kind := KINDS.get(block[156:157]):
        raise InvalidBundle(f"`{path}`: {kind}; bundles hold regular files only")
    if not 0 <= size <= LARGEST_FILE:
        raise InvalidBundle(f"`{path}`: larger than {LARGEST_FILE} bytes")
    if block != _header(checked_path(path), size, executable=executable):
        raise InvalidBundle(f"`{path}`: its header is not one of a bundle")
    return path, size, executable

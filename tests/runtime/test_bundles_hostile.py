"""Layers that somebody made to do harm: each is refused, and nothing of it touches the disk."""

import io
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tests.runtime.bundle_files import forged

from modelops_runtime.bundles.artefact import Blob
from modelops_runtime.bundles.cache import BundleCache
from modelops_runtime.bundles.layer import BundleFile, encoded
from modelops_runtime.bundles.packing import Packed
from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import BundleReference

Change = Callable[[tarfile.TarInfo], None]


class Given:
    """A source that gives what it was given."""

    def __init__(self, packed: Packed) -> None:
        self.packed = packed

    def manifest(self, bundle: BundleReference) -> bytes:  # noqa: ARG002 -- it has no other
        """Its manifest."""
        return self.packed.manifest

    def layer(self, bundle: BundleReference, blob: Blob) -> Iterable[bytes]:  # noqa: ARG002
        """Its layer, in pieces that do not end where blocks do."""
        return [self.packed.layer[at : at + 700] for at in range(0, len(self.packed.layer), 700)]


def tar(*members: tuple[str, Change], kind: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar of such members, as the standard library writes it."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=kind) as archive:
        for name, change in members:
            member = tarfile.TarInfo(name)
            member.mode, member.size = 0o644, 4
            change(member)
            archive.addfile(member, io.BytesIO(b"evil"))
    return stream.getvalue()


def plain(member: tarfile.TarInfo) -> None:
    """An ordinary file."""


def link(kind: bytes, target: str) -> Change:
    def change(member: tarfile.TarInfo) -> None:
        member.type, member.linkname, member.size = kind, target, 0

    return change


def special(kind: bytes) -> Change:
    def change(member: tarfile.TarInfo) -> None:
        member.type, member.size, member.devmajor, member.devminor = kind, 0, 1, 3

    return change


def set_uid(member: tarfile.TarInfo) -> None:
    member.mode = 0o4755


def owned(member: tarfile.TarInfo) -> None:
    member.uid, member.uname = 10001, "nobody"


def file(path: str, content: bytes = b"evil") -> bytes:
    return b"".join(encoded([BundleFile(path, content)]))


def announced(size: bytes) -> bytes:
    """A file that says that it has some other size."""
    raw = bytearray(file("big.py"))
    raw[124:136] = size
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw[:512])
    return bytes(raw)


HOSTILE = {
    "up": (tar(("../evil.py", plain)), "out of the bundle"),
    "up in the middle": (tar(("models/../../evil.py", plain)), "out of the bundle"),
    "a dot": (tar(("./sir.py", plain)), "out of the bundle"),
    "twice a slash": (tar(("models//sir.py", plain)), "out of the bundle"),
    "absolute": (tar(("/opt/evil.py", plain)), "absolute"),
    "absolute by its prefix": (tar(("/" + "d" * 99 + "/" + "f" * 60, plain)), "absolute"),
    "a symbolic link": (tar(("a", link(tarfile.SYMTYPE, "/etc"))), "`a`: a symbolic link"),
    "a link, then through it": (
        tar(("a", link(tarfile.SYMTYPE, "/opt")), ("a/evil.py", plain)),
        "a symbolic link",
    ),
    "a hard link": (tar(("a", link(tarfile.LNKTYPE, "/etc/passwd"))), "a hard link"),
    "a character device": (tar(("null", special(tarfile.CHRTYPE))), "a device"),
    "a block device": (tar(("disk", special(tarfile.BLKTYPE))), "a device"),
    "a pipe": (tar(("pipe", special(tarfile.FIFOTYPE))), "a pipe"),
    "a folder": (tar(("models", special(tarfile.DIRTYPE))), "a folder of its own"),
    "set uid": (tar(("run", set_uid)), "header"),
    "somebody's": (tar(("run", owned)), "header"),
    "as GNU writes it": (tar(("sir.py", plain), kind=tarfile.GNU_FORMAT), "header"),
    "a name in extended headers": (
        tar(("x" * 150, plain), kind=tarfile.PAX_FORMAT),
        "not one of a bundle|out of the bundle",
    ),
    "hidden": (tar((".bashrc", plain)), "hidden files"),
    "compiled": (tar(("models/__pycache__/sir.pyc", plain)), "hidden files and compiled"),
    "a new line": (tar(("a\nb.py", plain)), "control characters"),
    "a backslash": (tar(("..\\evil.py", plain)), "backslash"),
    "twice": (file("a.py")[:-1024] + file("a.py"), "twice"),
    "not in order": (file("b.py")[:-1024] + file("a.py"), "not in order"),
    "a file that is a folder": (file("a")[:-1024] + file("a/b.py"), "`a` is a file already"),
    "huge": (announced(b"77777777777\0"), "larger than"),
    "huge, in base 256": (announced(b"\x80" + b"\xff" * 11), "no tar"),
    "less than nothing": (announced(b"-0000000001\0"), "larger than"),
    "longer than it is": (announced(b"00000010000\0"), "cut off"),
    "something behind a file": (file("a.py").replace(b"evil\0", b"evil!"), "more follows"),
    "something behind the end": (file("a.py") + b"\0", "end"),
    "no end": (file("a.py")[:-512], "end"),
    "cut off": (file("a.py")[:700], "cut off"),
    "nothing": (b"", "cut off"),
    "compressed": (b"\x1f\x8b" + bytes(1022), "no tar|header|bundle"),
    "another encoding": (file("caf-.py").replace(b"caf-", b"caf\xe9"), "no tar"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    layer, why = HOSTILE[name]
    packed = forged(layer)
    root = tmp_path / "deep" / "cache"
    cache = BundleCache(root, 2**40, Given(packed))
    with pytest.raises(BundleUnavailable, match=why) as refused:
        cache.ensure(BundleReference(packed.digest))
    assert not refused.value.passes
    left = [path for path in tmp_path.rglob("*") if path.is_file() or path.is_symlink()]
    assert {path.parent.name for path in left} == {".locks"}
    assert not list((root / "bundles").glob("sha256-*"))
    assert not list((root / "bundles" / ".incoming").iterdir())


def test_two_names_that_the_disk_takes_for_one_are_no_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def folding(self: Path, mode: str) -> io.BytesIO:
        raise FileExistsError(17, "File exists", str(self))

    packed = forged(file("a.py"))
    monkeypatch.setattr(Path, "open", folding)
    from modelops_runtime.bundles.folder import write  # noqa: PLC0415 -- after the change
    from modelops_runtime.bundles.invalid import InvalidBundle  # noqa: PLC0415 -- as above

    assert packed.layer
    with pytest.raises(InvalidBundle, match="same name as another"):
        write([BundleFile("a.py", b"")], tmp_path)

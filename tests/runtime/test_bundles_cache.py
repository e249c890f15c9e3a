"""The cache of bundles: whole or not there, made once, verified, and no larger than it may be."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.runtime.bundle_files import listed, sources

from modelops_runtime.bundles import fetch, shelf
from modelops_runtime.bundles.artefact import Blob
from modelops_runtime.bundles.cache import BundleCache
from modelops_runtime.bundles.packing import Packed, digest_of, pack
from modelops_runtime.bundles.registry import Registry
from modelops_runtime.bundles.sources import Carried, source_of
from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import BundleReference

PLENTY = 2**40

HOLDER = """
import sys
from pathlib import Path
from modelops_runtime.bundles.cache import BundleCache
from modelops_runtime.bundles.sources import Carried
from modelops_runtime.contracts.bundle import BundleReference

cache = BundleCache(Path(sys.argv[1]), 2**40, Carried(Path(sys.argv[2])))
with cache.using(BundleReference(sys.argv[3])) as code:
    print(code, flush=True)
    sys.stdin.read()
"""
"""Uses a bundle until its standard input ends."""

STUCK = """
import os, sys, time
written = []
def full(descriptor):
    written.append(descriptor)
    if len(written) == 5:
        print("half", flush=True)
        time.sleep(600)
os.fsync = full
"""
"""Before HOLDER: gets no further than the fifth file."""


class Counting:
    """A source that counts what it is asked for."""

    def __init__(self, *folders: Path) -> None:
        self.packed = {packed.digest: packed for packed in map(pack, folders)}
        self.asked: list[str] = []
        self.failures: list[BundleUnavailable] = []

    def _found(self, bundle: BundleReference) -> Packed:
        if self.failures:
            raise self.failures.pop(0)
        return self.packed[bundle.digest]

    def manifest(self, bundle: BundleReference) -> bytes:
        """What it has, or its next failure."""
        return self._found(bundle).manifest

    def layer(self, bundle: BundleReference, blob: Blob) -> Iterable[bytes]:  # noqa: ARG002
        """The same; it is counted."""
        self.asked.append(bundle.digest)
        yield self._found(bundle).layer


def numbered(folder: Path, count: int, size: int) -> list[tuple[Path, BundleReference]]:
    """Bundles of about the size, each in a folder of its own."""
    found = [sources(folder / f"b{n}", sir=f"{n}" * size) for n in range(count)]
    return [(path, BundleReference(digest_of(path))) for path in found]


def holder(
    root: Path, carried: Path, bundle: BundleReference, before: str = ""
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", before + HOLDER, str(root), str(carried), bundle.digest],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def there(root: Path) -> set[str]:
    """The digests of what the cache has."""
    return {path.name.replace("-", ":") for path in (root / "bundles").glob("sha256-*")}


def test_it_is_fetched_once_and_is_what_was_packed(tmp_path: Path) -> None:
    folder = sources(tmp_path / "b", sir="beta = 0.3")
    source = Counting(folder)
    took: list[float] = []
    bundle = BundleReference(digest_of(folder))
    for _ in range(2):
        cache = BundleCache(tmp_path / "cache", PLENTY, source, took.append)
        code = cache.ensure(bundle)
        assert cache.ensure(bundle) == code
        assert listed(code) == listed(folder)
    assert source.asked == [bundle.digest]
    assert len(took) == 1


def test_nobody_can_write_to_it(tmp_path: Path) -> None:
    folder = sources(tmp_path / "b" / "models", sir="beta = 0.3").parent
    cache = BundleCache(tmp_path / "cache", PLENTY, Counting(folder))
    code = cache.ensure(BundleReference(digest_of(folder)))
    assert not [path for path in [code, *code.rglob("*")] if path.stat().st_mode & 0o222]


def test_a_folder_is_added_by_its_digest(tmp_path: Path) -> None:
    folder = sources(tmp_path / "b", sir="beta = 0.3")
    digest = BundleCache(tmp_path / "cache", PLENTY, Registry()).add(folder)
    assert digest == digest_of(folder)
    (folder / "sir.py").write_text("beta = 0.4")
    code = BundleCache(tmp_path / "cache", PLENTY, Registry()).ensure(BundleReference(digest))
    assert (code / "sir.py").read_text() == "beta = 0.3"


def test_what_is_neither_there_nor_anywhere_is_unavailable(tmp_path: Path) -> None:
    cache = BundleCache(tmp_path / "cache", PLENTY, source_of("", "", {}))
    with pytest.raises(BundleUnavailable, match="names no repository"):
        cache.ensure(BundleReference("sha256:" + "0" * 64))


def test_bundles_that_an_image_carries(tmp_path: Path) -> None:
    carried = tmp_path / "carried"
    ((_, bundle), (_, other)) = numbered(carried, 2, 10)
    (carried / "broken").mkdir()
    (carried / "broken" / "link").symlink_to("/etc")
    source = source_of("", str(carried), {})
    assert source == Carried(carried)
    cache = BundleCache(tmp_path / "cache", PLENTY, source)
    assert digest_of(cache.ensure(other)) == other.digest
    assert digest_of(cache.ensure(bundle)) == bundle.digest
    with pytest.raises(
        BundleUnavailable, match=r"not in the image: in .*carried there is b0 \(sha"
    ):
        cache.ensure(BundleReference("sha256:" + "0" * 64))
    nothing = BundleCache(tmp_path / "cache", PLENTY, Carried(tmp_path / "gone"))
    with pytest.raises(BundleUnavailable, match="there is nothing"):
        nothing.ensure(BundleReference("sha256:" + "0" * 64))


@pytest.mark.parametrize("damage", ["changed", "cut", "removed", "added", "gone"])
def test_damage_is_noticed_by_the_next_process_and_healed(damage: str, tmp_path: Path) -> None:
    folder = sources(tmp_path / "b", one="1" * 1000, two="2")
    source, bundle = Counting(folder), BundleReference(digest_of(folder))
    code = BundleCache(tmp_path / "cache", PLENTY, source).ensure(bundle)
    code.chmod(0o755)
    (code / "one.py").chmod(0o644)
    match damage:
        case "changed":
            (code / "one.py").write_text("1" * 999 + "2")
        case "cut":
            (code / "one.py").write_text("")
        case "removed":
            (code / "two.py").unlink()
        case "added":
            (code / "three.py").write_text("")
        case "gone":
            code.rename(tmp_path / "elsewhere")
    assert listed(BundleCache(tmp_path / "cache", PLENTY, source).ensure(bundle)) == listed(folder)
    assert source.asked == [bundle.digest] * 2


@pytest.mark.parametrize("damage", ["removed", "gone"])
def test_files_that_go_are_noticed_by_this_process_too(damage: str, tmp_path: Path) -> None:
    folder = sources(tmp_path / "b", one="1", two="2")
    source, bundle = Counting(folder), BundleReference(digest_of(folder))
    cache = BundleCache(tmp_path / "cache", PLENTY, source)
    code = cache.ensure(bundle)
    code.chmod(0o755)
    if damage == "removed":
        (code / "two.py").unlink()
    else:
        code.rename(tmp_path / "elsewhere")
    with cache.using(bundle) as healed:
        assert listed(healed) == listed(folder)


def test_threads_that_want_it_at_once_make_it_once(tmp_path: Path) -> None:
    folder = sources(tmp_path / "b", sir="beta = 0.3")
    source, bundle = Counting(folder), BundleReference(digest_of(folder))
    cache = BundleCache(tmp_path / "cache", PLENTY, source)
    together = threading.Barrier(8)

    def use(_: int) -> bool:
        together.wait(30)
        with cache.using(bundle) as code:
            return listed(code) == listed(folder)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(8)))
    assert source.asked == [bundle.digest]


def test_processes_that_want_it_at_once_make_it_once(tmp_path: Path) -> None:
    ((folder, bundle),) = numbered(tmp_path / "carried", 1, 100_000)
    root = tmp_path / "cache"
    processes = [holder(root, folder.parent, bundle) for _ in range(3)]
    codes = {Path(first_line(process)) for process in processes}
    for process in processes:
        process.communicate(timeout=60)
    (code,) = codes
    assert listed(code) == listed(folder)
    assert not list((root / "bundles" / ".incoming").iterdir())
    assert not list((root / "bundles" / ".trash").iterdir()), "made more than once"


def test_a_process_that_is_killed_leaves_nothing_half(tmp_path: Path) -> None:
    folder = sources(tmp_path / "carried" / "b", **{f"m{n}": f"x = {n}" for n in range(9)})
    bundle, root = BundleReference(digest_of(folder)), tmp_path / "cache"
    process = holder(root, folder.parent, bundle, before=STUCK)
    assert first_line(process) == "half"
    (incoming,) = (root / "bundles" / ".incoming").iterdir()
    assert len(list((incoming / "code").iterdir())) == 5
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert not there(root)
    cache = BundleCache(root, PLENTY, Carried(folder.parent))
    assert listed(cache.ensure(bundle)) == listed(folder)
    assert not incoming.exists()


def test_leftovers_of_the_killed_make_room_for_others(tmp_path: Path) -> None:
    (first, second) = numbered(tmp_path / "carried", 2, 100_000)
    root = tmp_path / "cache"
    process = holder(root, first[0].parent, first[1], before=STUCK.replace("== 5", "== 1"))
    assert first_line(process) == "half"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    sources(root / "bundles" / ".trash" / "half", sir="0" * 100_000)
    BundleCache(root, 300_000, Carried(second[0].parent)).ensure(second[1])
    assert not list((root / "bundles" / ".incoming").iterdir())
    assert not list((root / "bundles" / ".trash").iterdir())


def test_the_longest_unused_goes_first(tmp_path: Path) -> None:
    bundles = [bundle for _, bundle in numbered(tmp_path / "carried", 4, 100_000)]
    root = tmp_path / "cache"
    cache = BundleCache(root, 500_000, Carried(tmp_path / "carried"))
    for bundle in (*bundles[:3], bundles[0]):
        with cache.using(bundle):
            pass
    assert len(there(root)) == 3
    with cache.using(bundles[3]):
        assert there(root) == {bundles[n].digest for n in (0, 2, 3)}
    with cache.using(bundles[1]) as code:
        assert digest_of(code) == bundles[1].digest


def test_what_is_in_use_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PAUSES", (0.0,))
    bundles = [bundle for _, bundle in numbered(tmp_path / "carried", 4, 100_000)]
    root = tmp_path / "cache"
    cache = BundleCache(root, 400_000, Carried(tmp_path / "carried"))
    other = holder(root, tmp_path / "carried", bundles[0])
    assert first_line(other)
    cache.ensure(bundles[1])
    with pytest.raises(BundleUnavailable, match=r"in use; raise `bundles\.cache`") as full:
        cache.ensure(bundles[2])
    assert full.value.passes
    assert there(root) == {bundles[0].digest, bundles[1].digest}
    other.communicate(timeout=60)
    cache.ensure(bundles[2])
    assert there(root) == {bundles[1].digest, bundles[2].digest}
    cache.close()
    cache.ensure(bundles[3])
    assert bundles[1].digest not in there(root)


def test_what_can_never_have_room_is_refused_for_good(tmp_path: Path) -> None:
    ((folder, bundle),) = numbered(tmp_path / "carried", 1, 100_000)
    cache = BundleCache(tmp_path / "cache", 100_000, Carried(folder.parent))
    with pytest.raises(BundleUnavailable, match="no room for") as full:
        cache.ensure(bundle)
    assert not full.value.passes
    assert not there(tmp_path / "cache")


def test_what_passes_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PAUSES", (0.0, 0.0))
    folder = sources(tmp_path / "b", sir="beta = 0.3")
    source, bundle = Counting(folder), BundleReference(digest_of(folder))
    cache = BundleCache(tmp_path / "cache", PLENTY, source)
    source.failures = [BundleUnavailable("busy", passes=True)] * 3
    with pytest.raises(BundleUnavailable, match="busy"):
        cache.ensure(bundle)
    source.failures = [BundleUnavailable("refused"), BundleUnavailable("never asked")]
    with pytest.raises(BundleUnavailable, match="refused"):
        cache.ensure(bundle)
    source.failures = [BundleUnavailable("busy", passes=True)] * 2
    assert cache.ensure(bundle).is_dir()


def test_a_disk_that_fails_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    folder = sources(tmp_path / "b", sir="beta = 0.3")
    cache = BundleCache(tmp_path / "cache", PLENTY, Counting(folder))
    bundle = BundleReference(digest_of(folder))
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(BundleUnavailable, match="No space left") as failed:
            cache.ensure(bundle)
    assert failed.value.passes
    assert not there(tmp_path / "cache")
    assert cache.ensure(bundle).is_dir()


def test_a_cache_that_is_closed_can_be_used_again(tmp_path: Path) -> None:
    folder = sources(tmp_path / "b", sir="beta = 0.3")
    cache = BundleCache(tmp_path / "cache", PLENTY, Counting(folder))
    bundle = BundleReference(digest_of(folder))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        cache.ensure(bundle)
        assert cache.ensure(bundle).is_dir()
        cache.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_what_others_remove_in_the_meantime_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((_, first), (_, second)) = numbered(tmp_path / "carried", 2, 1000)
    cache = BundleCache(tmp_path / "cache", PLENTY, Carried(tmp_path / "carried"))
    with cache.using(first) as code:
        size = shelf._size  # noqa: SLF001 -- the one moment between listing and looking

    def removed_just_now(file: Path) -> int:
        if code.parent.exists():
            code.parent.rename(tmp_path / "gone")
        return size(file)

    monkeypatch.setattr(shelf, "_size", removed_just_now)
    with cache.using(second) as code_of_second:
        assert digest_of(code_of_second) == second.digest
    assert not code.exists()


@pytest.mark.parametrize("what", ["manifest", "layer", "more", "less"])
def test_no_source_is_believed(what: str, tmp_path: Path) -> None:
    folder, other = sources(tmp_path / "b", sir="0.3"), sources(tmp_path / "o", sir="0.4")
    source, bundle, lie = Counting(folder), BundleReference(digest_of(folder)), pack(other)
    true = source.packed[bundle.digest]
    source.packed[bundle.digest] = {
        "manifest": replace(true, manifest=lie.manifest, layer=lie.layer),
        "layer": replace(true, layer=lie.layer),
        "more": replace(true, layer=true.layer + b"\0"),
        "less": replace(true, layer=true.layer[:-1]),
    }[what]
    with pytest.raises(BundleUnavailable, match=r"that came is .*; refused") as refused:
        BundleCache(tmp_path / "cache", PLENTY, source).ensure(bundle)
    assert not refused.value.passes
    assert not there(tmp_path / "cache")

"""The cache of compiled units: what it spares, and that it can only be right or absent."""

import os
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from modelops.cache import Asked, compiled, entries, store, verified
from modelops.documents import Preview
from modelops.load import load_settings
from modelops.manifests import Artefacts
from modelops.pipeline import NO_PREVIEW, compile_sources, unobserved
from modelops.synth import SynthesisFailed
from modelops.synth.toolchain import node

ROOT = Path(__file__).parents[2]
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in sorted((ROOT / "environments").rglob("*.yaml"))
    if "/prod/" not in path.as_posix()
}
MALARIA = "environments/dev/workspaces/malaria.yaml"
BASE = "environments/base.yaml"
DAY = 24 * 60 * 60


def asked(
    sources: dict[str, bytes],
    preview: Preview = NO_PREVIEW,
    earlier: Mapping[str, bytes] = MappingProxyType({}),
) -> Asked:
    return Asked(sources, preview, earlier, "project", unobserved)


@pytest.fixture(scope="module")
def plain() -> Artefacts:
    """What is made without any cache."""
    outcome = compile_sources(SOURCES)
    assert outcome.value is not None
    assert not outcome.diagnostics, "the examples have no warnings, or no run is ever kept"
    return outcome.value


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the entries are; the unpacked cdk8s is that of the machine."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    above = (named if named.is_absolute() else Path.home() / ".cache") / "modelops"
    (tmp_path / "modelops").mkdir()
    for unpacked in above.glob("cdk8s-*"):
        (tmp_path / "modelops" / unpacked.name).symlink_to(unpacked)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "modelops" / "compiled"


@pytest.fixture
def no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, there is no Node."""
    link = tmp_path / "node"
    link.symlink_to(node())
    monkeypatch.setenv("MODELOPS_NODE", str(link))
    return link.unlink


def edited(path: str, old: str, new: str) -> dict[str, bytes]:
    text = SOURCES[path].decode()
    assert old in text
    return {**SOURCES, path: text.replace(old, new, 1).encode()}


def commented() -> dict[str, bytes]:
    return {**SOURCES, MALARIA: b"# A comment.\n" + SOURCES[MALARIA]}


def line_of(path: str, text: str) -> int:
    return SOURCES[path].decode().split(text)[0].count("\n") + 1


def whys(sources: dict[str, bytes]) -> dict[str, str]:
    return {each.unit: each.why for each in compiled(asked(sources)).rebuilt}


# --- what it spares ------------------------------------------------------------------------------


def test_a_second_compile_gives_the_same_and_starts_no_node(
    plain: Artefacts, no_node: Callable[[], None]
) -> None:
    first = compiled(asked(SOURCES))
    no_node()
    second = compiled(asked(SOURCES))

    assert first.outcome.value == second.outcome.value == plain
    assert len(first.rebuilt) == first.units == second.units > 1
    assert {each.why for each in first.rebuilt} == {"first compile"}
    assert second.rebuilt == ()


def test_an_edit_that_changes_no_object_starts_no_node(
    plain: Artefacts, no_node: Callable[[], None]
) -> None:
    compiled(asked(SOURCES))
    no_node()
    assert compiled(asked(commented())).outcome.value == plain


def test_an_edit_of_a_workspace_makes_its_unit_anew_and_no_other() -> None:
    compiled(asked(SOURCES))
    line = "    autoscaling: {mode: queue, min: 0, max: 10}"
    changed = edited(MALARIA, line, line.replace("10", "8"))

    again = compiled(asked(changed))

    assert again.outcome == compile_sources(changed)
    assert [(each.unit, each.why) for each in again.rebuilt] == [
        ("dev/workspaces/malaria", f"{MALARIA}:{line_of(MALARIA, line)} changed")
    ]


def test_an_edit_of_the_base_is_named_at_its_line_for_all_that_it_changes() -> None:
    compiled(asked(SOURCES))
    line = "        MODELOPS_LOG_LEVEL: info"
    changed = edited(BASE, line, line.replace("info", "debug"))

    found = whys(changed)

    assert found
    assert set(found.values()) == {f"{BASE}:{line_of(BASE, line)} changed"}


def test_a_new_workspace_is_new_and_a_gone_one_takes_its_files_along() -> None:
    compiled(asked(SOURCES))
    copied = MALARIA.replace("malaria", "copied")
    more = {**SOURCES, copied: SOURCES[MALARIA]}

    assert whys(more)["dev/workspaces/copied"] == "new"
    less = compiled(asked(SOURCES))
    assert less.outcome == compile_sources(SOURCES)


def test_another_compiler_makes_everything_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(asked(SOURCES))
    (tmp_path / "another").symlink_to(node())
    monkeypatch.setenv("MODELOPS_NODE", str(tmp_path / "another"))
    again = compiled(asked(SOURCES))
    assert {each.why for each in again.rebuilt} == {"compiler changed"}
    assert len(again.rebuilt) == again.units


def test_a_preview_takes_units_and_leaves_no_run(
    plain: Artefacts, no_node: Callable[[], None], folder: Path
) -> None:
    compiled(asked(SOURCES))
    before = list(folder.iterdir())
    no_node()
    settings = load_settings(["workspaces/malaria:workers.env.MODELOPS_LOG_LEVEL=debug"])
    preview = Preview(settings.value or ())
    with pytest.raises(SynthesisFailed):
        compiled(asked(SOURCES, preview))
    assert compiled(asked(commented(), Preview())).outcome.value == plain
    assert len(list(folder.iterdir())) == len(before) + 1


def test_warnings_are_found_again_each_time(no_node: Callable[[], None]) -> None:
    warned = edited(MALARIA, 'resources: {cpu: "3"', 'resources: {cpu: "1"')
    first = compiled(asked(warned))
    assert first.outcome.diagnostics
    assert first.outcome.value is not None
    no_node()
    assert compiled(asked(warned)).outcome == first.outcome


def test_what_was_committed_is_judged_anew(folder: Path) -> None:
    compiled(asked(SOURCES))
    runs = len(list(folder.iterdir()))
    compiled(asked(SOURCES, earlier={"dev/nothing.yaml": b""}))
    assert len(list(folder.iterdir())) == runs + 1


def test_wrong_input_is_not_remembered() -> None:
    broken = {**SOURCES, MALARIA: b"kind: [\n"}
    assert compiled(asked(broken)) == compiled(asked(broken))
    assert compiled(asked(broken)).outcome == compile_sources(broken)


# --- whatever is wrong with it is a miss ---------------------------------------------------------


def noise(entry: Path) -> None:
    entry.write_bytes(random.Random(entry.name).randbytes(300))  # noqa: S311 -- no secret


def flipped(entry: Path) -> None:
    content = bytearray(entry.read_bytes())
    content[len(content) // 2] ^= 1
    entry.write_bytes(content)


def emptied(entry: Path) -> None:
    entry.write_bytes(b"")


def cut(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:-1])


def folder_instead(entry: Path) -> None:
    entry.unlink()
    (entry / "inside").mkdir(parents=True)


def fifo_instead(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


def link_instead(entry: Path) -> None:
    content = entry.read_bytes()
    entry.unlink()
    target = entry.parent.parent / f"target-{entry.name}"
    target.write_bytes(content)
    entry.symlink_to(target)


def of_another(entry: Path) -> None:
    other = next(
        path for path in sorted(entry.parent.iterdir()) if path.is_file() and path != entry
    )
    shutil.copyfile(other, entry)


def other_shape(entry: Path) -> None:
    store.keep(store.Store(entry.parent), entry.name, b'{"a": [1]}')


DAMAGES = [noise, flipped, emptied, cut, folder_instead, fifo_instead, link_instead, of_another]


@pytest.mark.parametrize("damage", [*DAMAGES, other_shape])
def test_a_damaged_entry_changes_nothing(
    damage: Callable[[Path], None], plain: Artefacts, folder: Path
) -> None:
    compiled(asked(SOURCES))
    found = [path for path in sorted(folder.iterdir()) if path.name != store.PRUNED]
    for entry in found:
        damage(entry)
        assert compiled(asked(SOURCES)).outcome.value == plain, entry.name


def test_all_entries_damaged_at_once(plain: Artefacts, folder: Path) -> None:
    compiled(asked(SOURCES))
    for entry in sorted(folder.iterdir()):
        noise(entry)
    again = compiled(asked(SOURCES))
    assert again.outcome.value == plain
    assert len(again.rebuilt) == again.units


def no_places(folder: Path) -> Iterator[None]:
    folder.write_text("a file where the folder would be")
    yield
    folder.unlink()
    folder.symlink_to("/proc/version")
    yield
    folder.unlink()
    folder.symlink_to(folder.name)
    yield
    folder.unlink()
    folder.symlink_to("/proc/self/fdinfo")  # a folder in which nobody can make a file
    yield


def test_without_a_place_nothing_is_kept_and_nothing_is_said(
    plain: Artefacts, folder: Path
) -> None:
    for _ in no_places(folder):
        assert compiled(asked(SOURCES)).outcome.value == plain


def test_a_user_without_a_home_has_no_cache(
    plain: Artefacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert store.opened() is None
    assert compiled(asked(SOURCES)).outcome.value == plain


# --- is it right? --------------------------------------------------------------------------------


def forge(folder: Path, old: str, new: str) -> str:
    """Another content in one unit's entry, with the checksum that belongs to it; the unit."""
    for path in sorted(folder.iterdir()):
        content = store.find(store.Store(folder), path.name)
        files = entries.read_unit(content) if content else None
        if content and files and old.encode() in content:
            store.keep(store.Store(folder), path.name, content.replace(old.encode(), new.encode()))
            return files[0].unit
    raise AssertionError(old)


def test_verifying_finds_what_was_forged_and_drops_it(plain: Artefacts, folder: Path) -> None:
    compiled(asked(SOURCES))
    unit = forge(folder, "kind: Deployment", "kind: DaemonSet")
    assert compiled(asked(SOURCES)).outcome.value != plain, "or the forgery is none"

    found = verified(asked(SOURCES))

    assert found.outcome.value == plain
    assert found.wrong == (unit,)
    assert compiled(asked(SOURCES)).outcome.value == plain
    assert verified(asked(SOURCES)).wrong == ()


def test_verifying_counts_what_was_in_the_cache() -> None:
    assert verified(asked(SOURCES)).checked == 0
    again = verified(asked(SOURCES))
    assert (again.checked, again.wrong) == (compiled(asked(SOURCES)).units, ())


def test_verifying_finds_a_forged_run(plain: Artefacts, folder: Path) -> None:
    compiled(asked(SOURCES))
    for path in sorted(folder.iterdir()):
        content = store.find(store.Store(folder), path.name) or b""
        run = entries.read_run(content)
        if run and run[0].units:
            store.keep(store.Store(folder), path.name, content.replace(b"sha256", b"sha257"))
    assert compiled(asked(SOURCES)).outcome.value != plain, "or the forgery is none"

    assert verified(asked(SOURCES)).wrong == ("dev", "staging")
    assert compiled(asked(SOURCES)).outcome.value == plain


# --- what goes -----------------------------------------------------------------------------------


def aged(path: Path, days: float) -> None:
    stood = path.stat().st_mtime - days * DAY
    os.utime(path, (stood, stood))


def test_what_nobody_used_for_two_weeks_goes_and_nothing_of_others(folder: Path) -> None:
    compiled(asked(SOURCES))
    entry = next(path for path in sorted(folder.iterdir()) if path.name != store.PRUNED)
    recent, foreign = folder / ("a" * 64), folder / "notes"
    for path, days in ((entry, 15.0), (recent, 13.0), (foreign, 99.0), (folder / "pruned", 2.0)):
        path.touch()
        aged(path, days)

    store.prune(store.Store(folder))

    assert not entry.exists()
    assert recent.exists()
    assert foreign.exists()


def test_old_entries_are_looked_for_once_a_day(folder: Path) -> None:
    compiled(asked(SOURCES))
    old = folder / ("b" * 64)
    old.touch()
    aged(old, 20)
    store.prune(store.Store(folder))
    assert old.exists()


def test_an_entry_that_is_used_stays(plain: Artefacts, folder: Path) -> None:
    compiled(asked(SOURCES))
    for path in folder.iterdir():
        aged(path, 15)
    assert compiled(asked(SOURCES)).outcome.value == plain
    store.prune(store.Store(folder))
    assert compiled(asked(SOURCES)).rebuilt == ()

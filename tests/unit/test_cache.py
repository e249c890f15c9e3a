"""The cache: what it spares, and that it can only be right or absent."""

import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from modelops.cache import Asked, Compiled, compiled, store, verified
from modelops.diagnostics import Outcome
from modelops.disk import Busy, Scope, write
from modelops.documents import Preview
from modelops.load import load_settings
from modelops.manifests import Artefacts
from modelops.parts.cut import environments_of, is_leaf
from modelops.pipeline import NO_PREVIEW, compile_sources, unobserved
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


@dataclass
class Committed:
    """What was committed earlier, without any git."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    commit: str = "c0ffee"

    def listed(self) -> Mapping[str, str]:
        """As `disk.Committed` has it."""
        return {path: content.hex() for path, content in self.files.items()}

    def read(self, listed: Mapping[str, str]) -> Mapping[str, bytes]:
        """As `disk.Committed` has it."""
        return {path: self.files[path] for path in listed}


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    return tmp_path / "project" / "generated"


@dataclass
class Project:
    """A folder that is compiled into again and again."""

    generated: Path

    def asked(
        self,
        sources: Mapping[str, bytes],
        preview: Preview = NO_PREVIEW,
        before: Committed | None = None,
        *,
        whole: bool = False,
    ) -> Asked:
        """What is asked of the cache."""
        return Asked(sources, preview, before, self.generated, (), unobserved, jobs=1, whole=whole)

    def compile(self, sources: Mapping[str, bytes], before: Committed | None = None) -> Compiled:
        """Compile and write, as the command does."""
        done = compiled(self.asked(sources, before=before))
        if done.outcome.value is not None and not done.files:
            write(self.generated, done.outcome.value, Scope.ALL, done.seen)
        return done

    def files(self) -> dict[str, bytes]:
        """All that stands in the folder."""
        return {
            path.relative_to(self.generated).as_posix(): path.read_bytes()
            for path in sorted(self.generated.rglob("*"))
            if path.is_file()
        }

    def whys(self, sources: Mapping[str, bytes]) -> dict[str, str]:
        """Why each unit was made anew, by its name."""
        return {each.unit: each.why for each in self.compile(sources).rebuilt}


@pytest.fixture
def project(generated: Path) -> Project:
    return Project(generated)


def bytes_of(outcome: Outcome[Artefacts]) -> dict[str, bytes]:
    assert outcome.value is not None
    return {
        file.path: file.content
        for each in outcome.value.environments
        for file in (*each.files, each.inventory)
    }


@pytest.fixture(scope="module")
def plain() -> dict[str, bytes]:
    """What is made without any cache."""
    return bytes_of(compile_sources(SOURCES))


@pytest.fixture
def slow_clock_is_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now counts as written long ago."""
    monkeypatch.setattr(sys.modules["modelops.disk.standing"], "FRESH", 0)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the entries are."""
    return empty_cache(tmp_path, monkeypatch)


def empty_cache(above: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of one test's own; the unpacked cdk8s is that of the machine."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    ours = (named if named.is_absolute() else Path.home() / ".cache") / "modelops"
    (above / "modelops").mkdir()
    for unpacked in ours.glob("cdk8s-*"):
        (above / "modelops" / unpacked.name).symlink_to(unpacked)
    monkeypatch.setenv("XDG_CACHE_HOME", str(above))
    return above / "modelops" / "compiled"


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


def line_of(path: str, text: str) -> int:
    return SOURCES[path].decode().split(text)[0].count("\n") + 1


AUTOSCALED = "    autoscaling: {mode: queue, min: 0, max: 10}"


def rescaled(most: int = 8) -> dict[str, bytes]:
    return edited(MALARIA, AUTOSCALED, AUTOSCALED.replace("10", str(most)))


# --- what it spares ------------------------------------------------------------------------------


def test_a_second_compile_finds_all_as_it_should_be_and_starts_no_node(
    project: Project, plain: dict[str, bytes], no_node: Callable[[], None]
) -> None:
    first = project.compile(SOURCES)
    assert project.files() == plain
    no_node()
    second = project.compile(SOURCES)

    assert project.files() == plain
    assert len(first.rebuilt) == first.units == second.units > 1
    assert {each.why for each in first.rebuilt} == {"first compile"}
    assert second.rebuilt == ()


@pytest.mark.usefixtures("slow_clock_is_past")
def test_where_nothing_changed_at_all_no_file_is_opened(
    project: Project, plain: dict[str, bytes], no_node: Callable[[], None]
) -> None:
    project.compile(SOURCES)
    no_node()
    assert project.compile(SOURCES).files == 0, "the files were written, and not yet read"
    third = project.compile(SOURCES)
    assert third.files == len(plain)
    assert third.outcome == Outcome(Artefacts(()))


def test_what_was_written_just_now_is_read_again(project: Project) -> None:
    project.compile(SOURCES)
    for _ in range(3):
        assert project.compile(SOURCES).files == 0


def test_an_edit_of_a_workspace_makes_its_unit_anew_and_no_other(project: Project) -> None:
    project.compile(SOURCES)

    again = project.compile(rescaled())

    assert project.files() == bytes_of(compile_sources(rescaled()))
    assert [(each.unit, each.why) for each in again.rebuilt] == [
        ("dev/workspaces/malaria", f"{MALARIA}:{line_of(MALARIA, AUTOSCALED)} changed")
    ]
    made = {file.path for each in artefacts(again).environments for file in each.files}
    assert not any(path.startswith("dev/workspaces/default/") for path in made)


def artefacts(done: Compiled) -> Artefacts:
    assert done.outcome.value is not None
    return done.outcome.value


def test_an_edit_of_the_base_is_named_at_its_line_for_all_that_read_it(project: Project) -> None:
    project.compile(SOURCES)
    line = "        MODELOPS_LOG_LEVEL: info"

    found = project.whys(edited(BASE, line, line.replace("info", "debug")))

    assert len(found) == sum(map(is_leaf, SOURCES))
    assert set(found.values()) == {f"{BASE}:{line_of(BASE, line)} changed"}


def test_an_edit_of_a_profile_makes_anew_what_chooses_it(project: Project) -> None:
    own = "environments/dev/profiles/wide.yaml"
    text = "apiVersion: modelops.io/v1\nkind: Profile\nspec:\n  description: Wide.\n"
    choosing = edited(MALARIA, "spec:", "spec:\n  profile: wide") | {own: text.encode()}
    project.compile(choosing)

    found = project.whys(choosing | {own: text.replace("Wide", "Wider").encode()})

    assert found == {"dev/workspaces/malaria": f"{own}:4 changed"}


def test_a_new_workspace_is_new_and_a_gone_one_takes_its_files_along(
    project: Project, plain: dict[str, bytes]
) -> None:
    project.compile(SOURCES)
    more = {**SOURCES, MALARIA.replace("malaria", "copied"): SOURCES[MALARIA]}

    assert project.whys(more) == {"dev/workspaces/copied": "new"}
    assert project.files() == bytes_of(compile_sources(more))
    assert project.whys(SOURCES) == {}
    assert project.files() == plain


def test_another_compiler_makes_everything_anew(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.compile(SOURCES)
    (tmp_path / "another").symlink_to(node())
    monkeypatch.setenv("MODELOPS_NODE", str(tmp_path / "another"))
    again = project.compile(SOURCES)
    assert {each.why for each in again.rebuilt} == {"compiler changed"}
    assert len(again.rebuilt) == again.units


def test_all_contents_are_given_where_they_are_wanted(
    project: Project, plain: dict[str, bytes], no_node: Callable[[], None]
) -> None:
    project.compile(SOURCES)
    no_node()
    assert bytes_of(compiled(project.asked(SOURCES, whole=True)).outcome) == plain


def test_a_preview_is_made_anew_and_leaves_nothing(project: Project, folder: Path) -> None:
    project.compile(SOURCES)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    settings = load_settings(["workspaces/malaria:workers.env.MODELOPS_LOG_LEVEL=debug"])
    preview = Preview(settings.value or ())
    made = compiled(project.asked(SOURCES, preview, whole=True)).outcome
    assert made == compile_sources(SOURCES, preview)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.usefixtures("slow_clock_is_past")
def test_warnings_are_told_each_time(project: Project, no_node: Callable[[], None]) -> None:
    warned = edited(MALARIA, 'resources: {cpu: "3"', 'resources: {cpu: "1"')
    first = project.compile(warned)
    assert first.outcome.diagnostics == compile_sources(warned).diagnostics != ()
    no_node()
    for _ in range(3):
        assert project.compile(warned).outcome.diagnostics == first.outcome.diagnostics
    assert project.compile(warned).files, "or the last kind of hit was not tried"


def test_a_warning_goes_with_its_cause_and_stays_with_another(project: Project) -> None:
    wide = "environments/dev/profiles/wide.yaml"
    text = b"apiVersion: modelops.io/v1\nkind: Profile\nspec:\n  description: Wide.\n"
    for sources in (
        SOURCES | {wide: text},
        edited(MALARIA, "spec:", "spec:\n  profile: wide") | {wide: text},
        SOURCES | {wide: text},
    ):
        expected = compile_sources(sources).diagnostics
        assert project.compile(sources).outcome.diagnostics == expected
        assert project.compile(sources).outcome.diagnostics == expected


def test_what_was_committed_is_judged_anew_for_the_units_that_it_is_about(
    project: Project,
) -> None:
    project.compile(SOURCES)
    path = "dev/workspaces/malaria/workers.yaml"
    same = Committed({path: project.files()[path]})
    again = project.compile(SOURCES, same)
    assert [(each.unit, each.why) for each in again.rebuilt] == [
        ("dev/workspaces/malaria", "what was committed before changed")
    ]
    assert project.compile(SOURCES, same).rebuilt == ()

    older = Committed({path: same.files[path].replace(b"component: worker", b"component: x")})
    found = project.compile(SOURCES, older).outcome
    assert [one.rule.code for one in found.diagnostics] == ["AVL009"]
    assert found == compile_sources(SOURCES, earlier=older.files)


def test_wrong_input_is_told_each_time_and_not_remembered(project: Project) -> None:
    project.compile(SOURCES)
    broken = {**SOURCES, MALARIA: b"kind: [\n"}
    for _ in range(2):
        assert project.compile(broken).outcome == compile_sources(broken)
    assert project.whys(SOURCES) == {}


# --- generated/ is what is trusted, and only while it stands -------------------------------------


def rewritten(path: Path) -> None:
    """Other bytes, and all that can be forged as it was: the size and the time of the change."""
    stood, content = path.stat(), path.read_bytes()
    path.write_bytes(content.replace(b"e", b"E", 1))
    os.utime(path, ns=(stood.st_atime_ns, stood.st_mtime_ns))


def removed(path: Path) -> None:
    path.unlink()


def replaced_by_link(path: Path) -> None:
    other = path.with_name("other")
    path.rename(other)
    path.symlink_to(other)


@pytest.mark.usefixtures("slow_clock_is_past")
@pytest.mark.parametrize("harm", [rewritten, removed])
@pytest.mark.parametrize("times", [1, 3])
def test_a_file_that_somebody_changed_is_made_again(
    harm: Callable[[Path], None], times: int, project: Project, plain: dict[str, bytes]
) -> None:
    for _ in range(times):
        project.compile(SOURCES)
    for path in ("dev/workspaces/malaria/workers.yaml", "dev/platform/priority-classes.yaml"):
        harm(project.generated / path)
        again = project.compile(SOURCES)
        assert again.files == 0
        assert project.files() == plain
    harm(project.generated / "dev/workspaces/malaria/workers.yaml")
    assert project.whys(SOURCES) == {"dev/workspaces/malaria": "its generated files changed"}


@pytest.mark.usefixtures("slow_clock_is_past")
def test_a_file_that_is_not_ours_is_seen_each_time(project: Project) -> None:
    for _ in range(3):
        project.compile(SOURCES)
    (project.generated / "dev" / "platform" / "notes.txt").write_text("mine")
    for _ in range(3):
        assert project.compile(SOURCES).files == 0


def test_what_another_compile_writes_meanwhile_is_not_written_over(project: Project) -> None:
    project.compile(SOURCES)
    done = compiled(project.asked(rescaled()))
    project.compile(rescaled(7))
    theirs = project.files()
    with pytest.raises(Busy, match=r"another compile has written `generated/dev` meanwhile"):
        write(project.generated, artefacts(done), Scope.ALL, done.seen)
    assert project.files() == theirs


def test_what_somebody_changes_meanwhile_is_found_by_the_next_compile(project: Project) -> None:
    project.compile(SOURCES)
    done = compiled(project.asked(rescaled()))
    rewritten(project.generated / "dev/workspaces/default/workers.yaml")
    write(project.generated, artefacts(done), Scope.ALL, done.seen)
    assert project.whys(rescaled()) == {"dev/workspaces/default": "its generated files changed"}
    assert project.files() == bytes_of(compile_sources(rescaled()))


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


@pytest.mark.usefixtures("slow_clock_is_past")
@pytest.mark.parametrize("damage", [*DAMAGES, other_shape])
def test_a_damaged_entry_changes_nothing(
    damage: Callable[[Path], None], project: Project, plain: dict[str, bytes], folder: Path
) -> None:
    for _ in range(3):
        project.compile(SOURCES)
    found = [path for path in sorted(folder.iterdir()) if path.name != store.PRUNED]
    assert len(found) == 3, "the ledger, the sources, and that all is settled"
    for entry in found:
        for _ in range(3):
            project.compile(SOURCES)
        if entry.exists():  # or an earlier damage does not let anything be settled
            damage(entry)
        removed(project.generated / "dev/workspaces/malaria/workers.yaml")
        project.compile(SOURCES)
        assert project.files() == plain, entry.name


def test_all_entries_damaged_at_once(
    project: Project, plain: dict[str, bytes], folder: Path
) -> None:
    project.compile(SOURCES)
    for entry in sorted(folder.iterdir()):
        noise(entry)
    again = project.compile(SOURCES)
    assert project.files() == plain
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
    project: Project, plain: dict[str, bytes], folder: Path
) -> None:
    for _ in no_places(folder):
        project.compile(SOURCES)
        assert project.files() == plain


def test_a_user_without_a_home_has_no_cache(
    project: Project, plain: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert store.opened() is None
    project.compile(SOURCES)
    assert project.files() == plain


# --- is it right? --------------------------------------------------------------------------------


def forge(folder: Path, old: bytes, new: bytes) -> None:
    """Another content in all entries that have `old`, with the checksum that belongs to it."""
    forged = 0
    for path in sorted(folder.iterdir()):
        content = store.find(store.Store(folder), path.name)
        if content and old in content:
            store.keep(store.Store(folder), path.name, content.replace(old, new))
            forged += 1
    assert forged, old


def test_verifying_finds_what_was_forged_and_drops_it(project: Project, folder: Path) -> None:
    project.compile(SOURCES)
    assert verified(project.asked(SOURCES)).wrong == ()
    forge(folder, b'"dev/workspaces/malaria/workers.yaml"', b'"dev/workspaces/malaria/w.yaml"')

    found = verified(project.asked(SOURCES))

    assert found.outcome == compile_sources(SOURCES)
    assert found.wrong == ("dev/workspaces/malaria",)
    assert verified(project.asked(SOURCES)).wrong == ()


def test_verifying_finds_what_was_forged_of_what_is_shared(project: Project, folder: Path) -> None:
    project.compile(SOURCES)
    forge(folder, b'"dev/bootstrap/root.yaml"', b'"dev/bootstrap/other.yaml"')
    assert verified(project.asked(SOURCES)).wrong == ("what the environments share",)


@pytest.mark.usefixtures("slow_clock_is_past")
def test_verifying_finds_a_file_that_is_remembered_wrongly(project: Project, folder: Path) -> None:
    for _ in range(2):
        project.compile(SOURCES)
    forge(folder, b'"root.yaml":"', b'"root.yaml":"0')
    wrong = verified(project.asked(SOURCES)).wrong
    assert wrong == tuple(f"generated/{name}/bootstrap" for name in environments_of(SOURCES))


def test_verifying_counts_what_was_in_the_cache(project: Project) -> None:
    assert verified(project.asked(SOURCES)).checked == 0
    again = verified(project.asked(SOURCES))
    assert (again.checked, again.wrong) == (project.compile(SOURCES).units, ())


# --- what goes -----------------------------------------------------------------------------------


def aged(path: Path, days: float) -> None:
    stood = path.stat().st_mtime - days * DAY
    os.utime(path, (stood, stood))


def test_what_nobody_used_for_two_weeks_goes_and_nothing_of_others(
    project: Project, folder: Path
) -> None:
    project.compile(SOURCES)
    entry = next(path for path in sorted(folder.iterdir()) if path.name != store.PRUNED)
    recent, foreign = folder / ("a" * 64), folder / "notes"
    for path, days in ((entry, 15.0), (recent, 13.0), (foreign, 99.0), (folder / "pruned", 2.0)):
        path.touch()
        aged(path, days)

    store.prune(store.Store(folder))

    assert not entry.exists()
    assert recent.exists()
    assert foreign.exists()


def test_old_entries_are_looked_for_once_a_day(project: Project, folder: Path) -> None:
    project.compile(SOURCES)
    old = folder / ("b" * 64)
    old.touch()
    aged(old, 20)
    store.prune(store.Store(folder))
    assert old.exists()


def test_an_entry_that_is_used_stays(project: Project, folder: Path) -> None:
    project.compile(SOURCES)
    for path in folder.iterdir():
        aged(path, 15)
    project.compile(SOURCES)
    store.prune(store.Store(folder))
    assert project.compile(SOURCES).rebuilt == ()

"""AVL009 and GIT007 from the command line: real repositories, and what happens without one."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
WORKERS = "generated/dev/workspaces/malaria/workers.yaml"
IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


@pytest.fixture(autouse=True)
def _no_repository_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", root, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.fixture
def repository(project: Path, run: Run) -> Path:
    """The project on a branch; on `main` the malaria workers select other pods than now."""
    assert run("compile")[0] == 0
    current = (project / WORKERS).read_text()
    edit(
        project / WORKERS, "app.kubernetes.io/component: worker", "app.kubernetes.io/component: old"
    )
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-qm", "one")
    git(project, "switch", "-qc", "topic")
    (project / WORKERS).write_text(current)
    git(project, "commit", "-qam", "two")
    return project


def told(said: tuple[int, str, str]) -> list[str]:
    """What is said of changes, and of why nothing is."""
    heads = ("error[AVL009]", "warning[GIT007]", "note: ")
    return [line for line in said[2].splitlines() if line.startswith(heads)]


CHANGE = '"old" and becomes "worker", which cannot be changed in place'


@pytest.mark.parametrize("command", ["validate", "compile"])
def test_a_branch_is_held_against_where_it_began(command: str, repository: Path, run: Run) -> None:
    said = run(command)
    assert said[0] == 1
    (line,) = told(said)
    assert line.startswith(f"error[AVL009]: {WORKERS}: Deployment dask-worker")
    assert line.endswith(CHANGE)


def test_what_main_did_since_is_no_business_of_a_branch(repository: Path, run: Run) -> None:
    git(repository, "switch", "-qc", "later", "main")
    git(repository, "rm", "-rq", "--cached", "generated")
    git(repository, "commit", "-qm", "three")
    git(repository, "switch", "-qf", "topic")
    git(repository, "branch", "-f", "main", "later")
    assert run("validate")[0] == 1


def test_on_main_the_last_commit_counts(repository: Path, run: Run) -> None:
    git(repository, "switch", "-q", "main")
    assert CHANGE in run("validate")[2]
    git(repository, "merge", "-q", "topic")
    assert told(run("validate")) == []


def test_a_base_can_be_named(repository: Path, run: Run) -> None:
    git(repository, "branch", "-m", "main", "trunk")
    assert told(run("validate")) == []
    assert CHANGE in run("validate", "--base", "trunk")[2]
    assert told(run("validate", "--base", "HEAD")) == []


def test_only_named_environments_are_compared(repository: Path, run: Run) -> None:
    assert told(run("validate", "lab")) == []
    assert run("validate", "dev")[0] == 1


def test_a_project_may_be_a_folder_of_a_repository(project: Path, run: Run, tmp_path: Path) -> None:
    assert run("compile")[0] == 0
    edit(
        project / WORKERS, "app.kubernetes.io/component: worker", "app.kubernetes.io/component: old"
    )
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    assert CHANGE in run("validate")[2]


def test_history_changes_no_byte(repository: Path, run: Run) -> None:
    before = (repository / WORKERS).read_bytes()
    run("compile")
    assert (repository / WORKERS).read_bytes() == before
    assert git(repository, "status", "--porcelain") == ""


@pytest.mark.parametrize("base", ["nowhere", "--all", "HEAD:generated"])
def test_a_base_that_is_none_is_told(base: str, repository: Path, run: Run) -> None:
    said = run("validate", f"--base={base}")
    assert said[0] == 0
    (line,) = told(said)
    assert line.startswith(f"note: not compared with `{base}`: git has no `{base}`")


def test_without_a_repository_nothing_is_said_unless_asked(project: Path, run: Run) -> None:
    assert told(run("validate")) == []
    assert told(run("validate", "--base", "main")) == [
        "note: not compared with `main`: this is no git repository."
    ]


def test_without_git_nothing_is_said_unless_asked(project: Path, run: Run, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert told(run("validate", PATH=nowhere)) == []
    assert told(run("validate", "--base", "main", PATH=nowhere)) == [
        "note: not compared with `main`: there is no git on this machine."
    ]


def test_a_repository_without_a_commit_has_no_history(project: Path, run: Run) -> None:
    git(project, "init", "-q", "-b", "main")
    assert told(run("validate")) == []


def test_branches_without_a_common_commit_are_not_compared(
    repository: Path, run: Run, tmp_path: Path
) -> None:
    git(repository, "switch", "-q", "--orphan", "elsewhere")
    (repository / "note.txt").write_text("x")
    git(repository, "add", "note.txt")
    git(repository, "commit", "-qm", "unrelated")
    git(repository, "checkout", "-q", "topic", "--", "environments")
    assert told(run("validate")) == []
    assert told(run("validate", "--base", "main")) == [
        "note: not compared with `main`: git has no `main` with a common history here."
    ]


# --- shallow clones ------------------------------------------------------------------------------


@pytest.fixture
def clone(repository: Path, project: Path, tmp_path: Path) -> Path:
    """The project as CI checks it out: the last commit of the branch, and nothing else."""
    origin = repository.rename(tmp_path / "origin")
    options = ("-q", "--depth=1", "--branch=topic")
    git(tmp_path, "clone", *options, origin.as_uri(), str(project))
    return project


def test_a_shallow_clone_is_told_without_being_asked(clone: Path, run: Run) -> None:
    said = run("validate")
    assert said[0] == 0
    (line,) = told(said)
    assert line == (
        "note: not compared with the main branch: git has no main branch to compare with here: "
        "this clone is shallow; fetch more of its history."
    )


def test_what_was_fetched_since_is_compared(clone: Path, run: Run) -> None:
    git(clone, "fetch", "-q", "--unshallow", "origin", "main:main")
    (line,) = told(run("validate"))
    assert line.endswith(CHANGE)


def test_a_shallow_clone_of_main_is_compared_with_itself(clone: Path, run: Run) -> None:
    git(clone, "fetch", "-q", "--depth=1", "origin", "main:main")
    git(clone, "switch", "-q", "main")
    assert CHANGE in run("validate")[2]
    git(clone, "commit", "-q", "--allow-empty", "-m", "three")
    assert "note: " not in run("validate")[2]


def test_a_shallow_clone_may_lack_the_common_commit_alone(clone: Path, run: Run) -> None:
    git(clone, "fetch", "-q", "--depth=1", "origin", "main:main")
    (line,) = told(run("validate", "--base", "main"))
    assert line.endswith("this clone is shallow; fetch more of its history.")

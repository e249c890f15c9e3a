"""`modelops compile`: what is written, compared, printed and exported, and what is refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

Run = Callable[..., tuple[int, str, str]]

MENDED_BY = "run `modelops compile` and commit what it writes."


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


# --- writing -----------------------------------------------------------------------------------


def test_a_first_compile_names_what_it_wrote_and_a_second_writes_nothing(
    project: Path, run: Run
) -> None:
    code, out, err = run("compile")
    made = tree(project / "generated")

    assert (code, err) == (0, "")
    first, *named, last = out.splitlines()
    assert first == f"generated/: wrote {len(made)} files"
    assert named == [f"  generated/{path}" for path in made][:10]
    assert last == f"  ... and {len(made) - 10} more"

    assert run("compile") == (0, f"generated/ is up to date: {len(made)} files\n", "")
    assert tree(project / "generated") == made


def test_a_change_is_named_by_the_files_it_touches(project: Path, run: Run) -> None:
    run("compile")
    (project / "environments/dev/workspaces/malaria.yaml").unlink()
    gone = sorted(path for path in tree(project / "generated") if "malaria" in path)

    code, out, err = run("compile")

    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"generated/: wrote 2 files, removed {len(gone)} files"
    assert f"  generated/{gone[0]} (removed)" in out.splitlines()
    assert not (project / "generated/dev/workspaces/malaria").exists()


def test_a_named_environment_leaves_the_others_as_they_are(project: Path, run: Run) -> None:
    run("compile")
    edit(project / "environments/base.yaml", "processes: 2", "processes: 1")
    before = tree(project / "generated/lab")

    code, out, err = run("compile", "dev", "dev")

    assert (code, err) == (0, "")
    assert "generated/dev/" in out
    assert "generated/lab/" not in out
    assert tree(project / "generated/lab") == before


def test_files_of_others_are_left_alone_and_told(project: Path, run: Run) -> None:
    run("compile")
    (project / "generated/dev/note.txt").write_text("mine")

    code, out, err = run("compile")

    assert (code, out.splitlines()) == (0, [out.strip()])
    assert err == "note: not written by modelops, and left alone:\n  generated/dev/note.txt\n"
    assert (project / "generated/dev/note.txt").read_text() == "mine"


def test_warnings_are_told_and_stop_nothing(project: Path, run: Run) -> None:
    images = project / "environments/images.yaml"
    images.write_text(re.sub("digest: [^ }\n]*", "tag: main", images.read_text()))

    code, out, err = run("compile")

    assert (code, out.splitlines()[0].startswith("generated/: wrote ")) == (0, True)
    assert "warning[IMG001]" in err


@pytest.mark.parametrize("arguments", [["compile"], ["compile", "--check"]])
def test_a_wrong_input_is_explained_and_writes_nothing(
    project: Path, run: Run, arguments: list[str]
) -> None:
    run("compile")
    before = tree(project / "generated")
    edit(project / "environments/dev/workspaces/malaria.yaml", "replicas", "replica")

    code, out, err = run(*arguments)

    assert (code, out) == (1, "")
    assert "environments/dev/workspaces/malaria.yaml:7:5" in err
    assert "did you mean `replicas`?" in err
    assert err.endswith("1 error\n")
    assert tree(project / "generated") == before


# --- checking ----------------------------------------------------------------------------------


def test_check_of_a_current_folder(project: Path, run: Run) -> None:
    run("compile")
    count = len(tree(project / "generated"))

    assert run("compile", "--check") == (0, f"generated/ is up to date: {count} files\n", "")


def test_check_names_every_difference_and_the_command_that_mends_it(
    project: Path, run: Run
) -> None:
    run("compile")
    generated = project / "generated"
    scheduler = generated / "dev/workspaces/malaria/scheduler.yaml"
    scheduler.write_text(scheduler.read_text() + "surplus: 1\n")
    header, *_ = scheduler.read_text().splitlines(keepends=True)
    (generated / "dev/platform/kustomization.yaml").unlink()
    (generated / "dev/old.yaml").write_text(header)
    (generated / "lab/note.txt").write_text("mine")
    before = tree(generated)

    code, out, err = run("compile", "--check")

    assert code == 1
    assert out.splitlines()[:5] == [
        "modified:  generated/dev/workspaces/malaria/scheduler.yaml",
        "missing:   generated/dev/platform/kustomization.yaml",
        "extra:     generated/dev/old.yaml",
        "untracked: generated/lab/note.txt",
        "",
    ]
    assert "-surplus: 1" in out.splitlines()
    assert err.splitlines() == [
        f"error[GIT001]: `generated/` is out of date: {MENDED_BY}",
        "`generated/` holds what modelops did not write: move or delete the untracked files.",
    ]
    assert tree(generated) == before


def test_check_of_named_environments_names_a_bounded_part_of_much(run: Run) -> None:
    code, out, err = run("compile", "--check", "dev")

    missing = [line for line in out.splitlines() if line.startswith("missing: ")]
    assert code == 1
    assert len(missing) == 21
    assert missing[-1].startswith("missing:   ... and ")
    assert len(out.splitlines()) < 100
    assert err.endswith("run `modelops compile dev` and commit what it writes.\n")


# --- previews ----------------------------------------------------------------------------------


def test_stdout_is_one_stream_of_yaml_with_the_path_of_each_file(project: Path, run: Run) -> None:
    code, out, err = run("compile", "--stdout")

    assert (code, err) == (0, "")
    assert not (project / "generated").exists()

    run("compile")
    files = {
        path: raw for path, raw in tree(project / "generated").items() if "inventory" not in path
    }
    named = [line for line in out.splitlines() if line.startswith("# generated/")]
    assert sorted(named) == sorted(f"# generated/{path}" for path in files)
    objects = [one for raw in files.values() for one in yaml.safe_load_all(raw) if one]
    assert sorted(map(repr, yaml.safe_load_all(out))) == sorted(map(repr, objects))


def test_a_preview_shows_what_settings_and_profiles_would_do(project: Path, run: Run) -> None:
    plain = run("compile", "dev", "--stdout")
    setting = "workspaces/malaria:workers.replicas=7"
    code, out, err = run("compile", "dev", "--stdout", "--set", setting, "--profile", "calm")

    assert code == 0
    assert "DSK005" in err  # the profile gives each process two threads
    assert "replicas: 7" in out
    assert "replicas: 7" not in plain[1]
    assert not (project / "generated").exists()


def test_out_exports_the_same_files_as_a_compile(project: Path, run: Run) -> None:
    out_folder = project.parent / "preview"
    code, out, err = run("compile", "--out", str(out_folder))
    run("compile")

    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith(f"{out_folder}/: wrote ")
    assert tree(out_folder) == tree(project / "generated")


def test_out_keeps_away_from_what_is_committed(project: Path, run: Run) -> None:
    code, out, err = run("compile", "--out", str(project / "generated"))

    assert (code, out) == (1, "")
    assert "previews are never part of what is committed" in err
    assert not (project / "generated").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "environment:tier=production"], "never goes into `generated/`"),
        (["--profile", "calm"], "never goes into `generated/`"),
        (["--profile", "calm", "--check"], "never goes into `generated/`"),
        (["--check", "--stdout"], "`--check` and `--stdout` exclude each other"),
        (["--check", "--out", "x"], "`--check` and `--out` exclude each other"),
        (["--stdout", "--out", "x"], "`--stdout` and `--out` exclude each other"),
        (["la"], "there is no environment `la`: did you mean `lab`?"),
        (["dev", "other"], "there is no environment `other`: one of: dev, lab"),
    ],
)
def test_a_wrong_invocation_does_nothing(
    project: Path, run: Run, arguments: list[str], said: str
) -> None:
    code, out, err = run("compile", *arguments)

    assert (code, out) == (2, "")
    assert said in err
    assert not (project / "generated").exists()


def test_a_setting_that_cannot_be_read_is_a_wrong_invocation_with_a_place(run: Run) -> None:
    code, out, err = run("compile", "--stdout", "--set", "malaria:workers.replicas=1")

    assert (code, out) == (2, "")
    assert "malaria:workers.replicas=1\n  │ ^^^^^^^" in err


def test_a_world_that_refuses_is_told_with_a_remedy(project: Path, run: Run) -> None:
    (project / "generated").write_text("a file")
    code, out, err = run("compile")

    assert (code, out) == (1, "")
    assert err.startswith("error: `")
    assert "Move it away" in err


def test_without_node_nothing_is_written(project: Path, run: Run) -> None:
    code, out, err = run("compile", MODELOPS_NODE="/nonexistent/node")

    assert (code, out) == (1, "")
    assert err.startswith("error: MODELOPS_NODE is `/nonexistent/node`")
    assert not (project / "generated").exists()

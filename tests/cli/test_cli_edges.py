"""The edge of the program: exit codes, streams, colours, and what starting it costs."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click
import pytest

from modelops import pipeline
from modelops.cli import COMMANDS, program
from modelops.diagnostics import Diagnostic, Outcome
from modelops.diagnostics.rulebook import cfg
from modelops.manifests import Manifests
from modelops.provenance import start_of

Run = Callable[..., tuple[int, str, str]]

HEAVY = (
    "pydantic",
    "yaml",
    "jsonschema_rs",
    "modelops.pipeline",
    "modelops.model",
    "modelops.disk",
)
READING = (
    ("validate",),
    ("show", "dev/workspaces/malaria", "--origins"),
    ("list",),
    ("schema",),
    ("rule",),
    ("rule", "DSK001"),
)


@dataclass(frozen=True)
class Ended:
    """A finished process; what was not captured is empty."""

    code: int
    out: str
    err: str


def start(
    *arguments: str,
    cwd: Path | None = None,
    stdout: int | IO[str] = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    variables: Mapping[str, str] | None = None,
) -> Ended:
    """`python -m modelops ARGUMENTS…` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "modelops", *arguments],
        check=False,
        cwd=cwd,
        stdout=stdout,
        stderr=stderr,
        env=environment(**variables or {}),
    )
    out, err = (
        text.decode("utf-8", "backslashreplace")
        for text in (done.stdout or b"", done.stderr or b"")
    )
    return Ended(done.returncode, out, err)


def environment(**changes: str) -> dict[str, str]:
    """Our variables without those that change what a test looks at."""
    ours = {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PYTHONUNBUFFERED", "PYTHONIOENCODING"}
    return {name: value for name, value in os.environ.items() if name not in ours} | changes


# --- what it costs -----------------------------------------------------------------------------


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_load_none_of_the_stages(argument: str) -> None:
    code = f"""
import sys
from modelops.cli import main
sys.argv = ["modelops", {argument!r}]
try:
    main()
finally:
    print(sorted(set(sys.modules) & set({HEAVY!r})))
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_loads_no_model_and_no_reader(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "modelops", command, "-h"],
        check=False,
        capture_output=True,
        text=True,
    )

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0
    assert f"Usage: modelops {command}" in done.stdout
    assert "click" in loaded
    assert not loaded & {"pydantic", "yaml", "jsonschema_rs", "modelops.pipeline"}


def test_summaries_are_the_first_sentences_of_the_commands() -> None:
    ctx = click.Context(program)
    helps = {name: program.get_command(ctx, name) for name in program.list_commands(ctx)}

    assert {
        name: (command.help or "").partition("\n")[0] for name, command in helps.items() if command
    } == {name: summary for name, (_, summary) in COMMANDS.items()}


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_only_compile_starts_a_process_other_than_git(
    project: Path, arguments: tuple[str, ...]
) -> None:
    watch = """
import sys
def refuse(event, args):
    started = event in {"subprocess.Popen", "os.fork", "os.posix_spawn", "os.system", "os.exec"}
    if started and args[0] != "git":
        raise SystemExit(f"started {args}")
sys.addaudithook(refuse)
from modelops.cli import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", watch, "--root", str(project), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment(MODELOPS_NODE="/nonexistent/node", PATH="/nonexistent"),
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


# --- exit codes --------------------------------------------------------------------------------


def test_exit_codes_of_the_program_itself(project: Path) -> None:
    """What pytest's own process shows of the edge, shown once by a real one."""
    file = project / "environments/dev/workspaces/malaria.yaml"
    clean = start("validate", cwd=file.parent)
    file.write_text("a: [")
    wrong = start("validate", cwd=file.parent)
    misused = start("validate", "--nonsense", cwd=file.parent)

    assert (clean.code, clean.err) == (0, "")
    assert clean.out == "dev, lab: 3 workspaces, no problems\n"
    assert (wrong.code, wrong.out) == (1, "")
    assert "error[CFG010]" in wrong.err
    assert (misused.code, misused.out) == (2, "")
    assert "No such option" in misused.err


def test_version() -> None:
    done = start("--version")

    assert (done.code, done.err) == (0, "")
    name, version = done.out.split()
    assert name == "modelops"
    assert version[0].isdigit()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compil"], "Did you mean 'compile'?"),
        (["show"], "Missing argument"),
        (["compile", "--chek"], "--check"),
    ],
)
def test_a_misspelt_invocation_gets_the_nearest_right_word(
    run: Run, arguments: list[str], said: str
) -> None:
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert said in err


def test_outside_of_a_project(tmp_path: Path) -> None:
    nowhere = start("list", cwd=tmp_path)
    rule = start("rule", "DSK001", cwd=tmp_path)
    told = start("--root", str(tmp_path), "list")

    assert (nowhere.code, nowhere.out) == (1, "")
    assert nowhere.err.startswith("error: there is no `environments/` folder in ")
    assert rule.code == 0
    assert (told.code, told.out) == (1, "")


def test_the_root_must_be_the_root(project: Path) -> None:
    done = start("--root", str(project / "environments"), "list")

    assert (done.code, done.out) == (2, "")
    assert "names a folder without `environments/`" in done.err


def test_our_own_bug_is_a_traceback_and_an_apology(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(pipeline, "judge", broken)
    code, out, err = run("validate")

    assert (code, out) == (70, "")
    assert err.startswith("Traceback (most recent call last):\n")
    assert "LookupError: a bug\nerror: this is a bug in modelops" in err


def test_a_value_beside_an_error_is_no_success(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    error = Diagnostic(cfg.CFG011, "an error", start_of("environments/base.yaml"))
    monkeypatch.setattr(pipeline, "judge", lambda *_: Outcome(Manifests(()), (error,)))

    code, out, err = run("validate")

    assert (code, out) == (1, "")
    assert "an error" in err


def test_an_interrupt_leaves_everything_as_it_was(project: Path) -> None:
    node = project / "node"
    node.write_text('#!/bin/sh\nkill -INT "$PPID"\ncat >/dev/null\n')
    node.chmod(0o755)

    done = start("--root", str(project), "compile", variables={"MODELOPS_NODE": str(node)})

    assert (done.code, done.out) == (130, "")
    assert done.err.strip() == "interrupted"
    assert not (project / "generated").exists()


# --- streams -----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [*READING, ("compile", "dev", "--stdout")], ids=" ".join)
def test_a_reader_that_has_gone_is_no_news(project: Path, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = start("--root", str(project), *arguments, stdout=writer)
    finally:
        os.close(writer)

    assert (done.code, done.err) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_takes_nothing_is_told(project: Path, unbuffered: str) -> None:
    variables = {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = start("--root", str(project), "list", stdout=full, variables=variables)

    assert done.code == 1
    assert done.err.startswith("error: cannot write to the standard output: ")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "narrow", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}]
)
def test_a_terminal_without_unicode_gets_question_marks(
    project: Path, narrow: dict[str, str]
) -> None:
    file = project / "environments/dev/workspaces/default.yaml"
    shown = "show", "dev/workspaces/default"
    file.write_text(file.read_text("utf-8").replace("team-a", "équipe"), "utf-8")
    data = start("--root", str(project), *shown, variables=narrow)
    file.write_text(file.read_text("utf-8").replace("owner", "öwner"), "utf-8")
    message = start("--root", str(project), *shown, variables=narrow)

    assert (data.code, data.err) == (0, "")
    assert 'owner: "?quipe"\n' in data.out
    assert (message.code, message.out) == (1, "")
    assert "no key `?wner` in `spec`" in message.err


def test_stdout_of_compile_is_bytes_whatever_the_terminal(project: Path) -> None:
    arguments = ("--root", str(project), "compile", "dev", "--stdout")
    wide = start(*arguments)
    narrow = start(*arguments, variables={"PYTHONIOENCODING": "ascii"})

    assert wide.code == narrow.code == 0
    assert wide.out == narrow.out


# --- colours -----------------------------------------------------------------------------------

ESCAPE = "\x1b["


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"CLICOLOR_FORCE": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "0"}, False),
        ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_follows_the_variables(
    project: Path, run: Run, variables: dict[str, str], *, coloured: bool
) -> None:
    _, data, _ = run("show", "dev", "--origins", **variables)
    (project / "environments/dev/workspaces/malaria.yaml").write_text("a: [")
    _, _, message = run("validate", **variables)

    assert (ESCAPE in data) is coloured
    assert (ESCAPE in message) is coloured


@pytest.mark.parametrize(("terminal", "coloured"), [("xterm", True), ("dumb", False)])
def test_each_stream_is_coloured_where_it_is_a_terminal(
    project: Path, terminal: str, *, coloured: bool
) -> None:
    (project / "environments/dev/workspaces/malaria.yaml").write_text("a: [")
    controller, screen = pty.openpty()
    done = start("--root", str(project), "validate", stderr=screen, variables={"TERM": terminal})
    os.close(screen)
    said = os.read(controller, 65536).decode()
    os.close(controller)

    assert (done.code, done.out) == (1, "")
    assert "CFG010" in said
    assert (ESCAPE in said) is coloured


# --- completion --------------------------------------------------------------------------------


def typed(words: str) -> dict[str, str]:
    """What bash tells a program when Tab is pressed after `words`."""
    count = str(words.count(" "))
    return {"_MODELOPS_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("modelops li", ["lint", "list"]),
        ("modelops compile ", ["dev", "lab"]),
        ("modelops compile dev ", ["lab"]),
        ("modelops show dev/w", ["dev/workspaces/default", "dev/workspaces/malaria"]),
        ("modelops validate --profile ", ["calm"]),
        ("modelops rule dsk001", ["DSK001"]),
        ("modelops compile --che", ["--check"]),
    ],
)
def test_completion_offers_what_there_is(project: Path, words: str, offered: list[str]) -> None:
    done = start(cwd=project, variables=typed(words))

    assert (done.code, done.err) == (0, "")
    assert [line.partition(",")[2] for line in done.out.splitlines()] == offered


def test_completion_outside_of_a_project_offers_nothing(tmp_path: Path) -> None:
    done = start(cwd=tmp_path, variables=typed("modelops compile "))

    assert (done.code, done.out.strip(), done.err) == (0, "", "")

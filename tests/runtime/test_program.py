"""The edge of the program: its commands, its help, and what it does with a bug of ours."""

import subprocess
import sys
from importlib import import_module

import pytest
from tests.runtime.program import run

from modelops_runtime.__main__ import COMMANDS

PROGRAM = [sys.executable, "-m", "modelops_runtime"]


def test_help_names_every_command_and_imports_none() -> None:
    found = run([*PROGRAM, "--help"], {"PYTHONPROFILEIMPORTTIME": "1"})
    assert found.status == 0
    for name, (module, summary) in COMMANDS.items():
        assert name in found.stdout
        assert summary in found.stdout
        assert module not in found.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_its_own_options(name: str) -> None:
    found = run([*PROGRAM, name, "--help"], {})
    assert found.status == 0
    assert f"usage: python -m modelops_runtime {name}" in found.stdout


@pytest.mark.parametrize("module", [module for module, _ in COMMANDS.values()])
def test_every_command_can_be_run(module: str) -> None:
    assert callable(import_module(module).run)


@pytest.mark.parametrize("wrong", [[], ["secret-bootstap"]])
def test_anything_else_is_a_wrong_invocation(wrong: list[str]) -> None:
    found = run([*PROGRAM, *wrong], {})
    assert found.status == 2
    assert "COMMAND" in found.stderr


def test_a_bug_of_ours_is_one_line_with_its_traceback() -> None:
    program = """if True:
        from modelops_runtime import __main__ as program
        program.COMMANDS["broken"] = ("json", "a module that is no command")
        raise SystemExit(program.main(["broken"]))
    """
    found = run([sys.executable, "-c", program], {})
    assert found.status == 70
    (line,) = found.log
    assert line["level"] == "error"
    assert "AttributeError" in line["traceback"]


def test_it_needs_nothing_of_the_compiler() -> None:
    program = """if True:
        import sys
        import modelops_runtime.__main__
        print([name for name in sys.modules if name.partition(".")[0] == "modelops"])
    """
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"

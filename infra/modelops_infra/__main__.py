"""The edge of the program towards people: `modelops-infra COMMAND ENV`.

It starts `pulumi` with the stack and the state of an environment, and keeps from it what must not
be done. What is built is `program`'s; only `bootstrap` calls Azure's own command line.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

from modelops_infra import backend
from modelops_infra.guard import refusal
from modelops_infra.inputs_file import inputs_file
from modelops_infra.reading import Unreadable, read
from modelops_infra.shapes import Inputs

PROJECT = Path(__file__).resolve().parents[1]
"""The folder of Pulumi.yaml."""

REFUSED = 1

DESCRIPTION = """\
Make what an environment stands on in Azure, from generated/ENV/infra/inputs.json.

commands:
  bootstrap   make the place of the state, once; repeating it changes nothing
  preview     say what `up` would do
  up          make it so
  outputs     print, as JSON, what others need to know
  refresh     take into the state what was changed by hand
  import      take over what is there already: -- TYPE NAME ID
  unprotect   let `destroy` remove what holds data: -- URN, or -- --all
  destroy     remove it: not the state, and not production by accident
"""

ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "preview": ("preview",),
        "up": ("up",),
        "outputs": ("stack", "output", "--json"),
        "refresh": ("refresh",),
        "import": ("import", "--generate-code=false"),  # the program is there already
        "unprotect": ("state", "unprotect"),
        "destroy": ("destroy",),
    }
)
"""What Pulumi is asked for at each command; the others are not Pulumi's."""

BEGINNING = frozenset({"preview", "up", "import"})
"""Commands that may be the first of an environment: its stack is made where there is none."""

LOGIN = {"AZURE_CLIENT_ID": "ARM_CLIENT_ID", "AZURE_CLIENT_SECRET": "ARM_CLIENT_SECRET"}
"""Whose variables Pulumi reads where it keeps its state, and where it makes resources."""


class Refused(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """It cannot be done, or must not; the message says why, and what to do."""


def main() -> None:
    """Run the command that the arguments name."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command; its exit code."""
    called = _parser().parse_args(arguments)
    try:
        inputs = _inputs(called.environment)
        if called.command == "bootstrap":
            return _bootstrap(inputs, called.person)
        if called.command == "destroy":
            _guard(inputs, called.confirm)
        return _pulumi(called.command, inputs, called.rest)
    except Refused as error:
        print(f"error: {error}", file=sys.stderr)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="modelops-infra",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = ("bootstrap", *ASKED)
    parser.add_argument("command", choices=commands, metavar="COMMAND", help="one of the above")
    parser.add_argument("environment", metavar="ENV", help="an environment, such as dev")
    parser.add_argument("--confirm", metavar="ENV", help="destroy: the environment, once more")
    parser.add_argument(
        "--person", metavar="ID", help="bootstrap: an object id, where nobody is signed in"
    )
    parser.add_argument("rest", nargs="*", metavar="-- …", help="handed on to pulumi")
    return parser


def _inputs(environment: str) -> Inputs:
    file = inputs_file(environment)
    try:
        return read(file.read_text())
    except FileNotFoundError as error:
        raise Refused(
            f"{file} is not there: add `azure` to the environment's file, and run"
            " `modelops compile`"
        ) from error
    except Unreadable as error:
        raise Refused(f"{file} cannot be used: {error}") from error


def _guard(inputs: Inputs, confirmed: str | None) -> None:
    why = refusal(inputs, confirmed)
    if why is not None:
        raise Refused(why)


def _pulumi(command: str, inputs: Inputs, rest: Sequence[str]) -> int:
    """Hand on to Pulumi, with the state where it belongs."""
    environment = {**os.environ, **_variables(inputs)}
    stack = ("--stack", inputs.environment)
    if command in BEGINNING:
        select = ("pulumi", "stack", "select", "--create", *stack)
        if selected := _run(select, environment, told=sys.stderr):
            return selected
    return _run(("pulumi", *ASKED[command], *stack, *rest), environment)


def _variables(inputs: Inputs) -> dict[str, str]:
    """Where the state is, whose Azure it is, and who asks."""
    try:
        place = backend.url(inputs, os.environ.get("PULUMI_BACKEND_URL", backend.HOME))
    except ValueError as error:
        raise Refused(str(error)) from error
    login = {ours: os.environ[theirs] for ours, theirs in LOGIN.items() if theirs in os.environ}
    return {
        "PULUMI_BACKEND_URL": place,
        "ARM_SUBSCRIPTION_ID": inputs.subscription_id,
        "ARM_TENANT_ID": inputs.tenant_id,
        **({"AZURE_TENANT_ID": inputs.tenant_id, **login} if len(login) == len(LOGIN) else {}),
    }


def _bootstrap(inputs: Inputs, person: str | None) -> int:
    """Every step of it; the first that fails is the last."""
    state = inputs.state
    if state is None:
        raise Refused("nothing says where the state is to be: add `azure.state`, and compile")
    _guard(inputs, inputs.environment)
    steps = backend.bootstrap(inputs, state, person or _signed_in())
    return next((code for step in steps if (code := _run(step, dict(os.environ)))), 0)


def _signed_in() -> str:
    asked = ("ad", "signed-in-user", "show", "--query", "id", "--output", "tsv")
    told = subprocess.run(  # noqa: S603 -- Azure's own command line
        (_program("az"), *asked), stdout=subprocess.PIPE, text=True, check=False
    )
    if told.returncode or not told.stdout.strip():
        raise Refused("nobody is signed in: run `az login`, or give --person ID")
    return told.stdout.strip()


def _run(command: Sequence[str], environment: dict[str, str], told: TextIO | None = None) -> int:
    """Run it in the folder of Pulumi.yaml; what it says goes where our own does, or elsewhere."""
    program, *arguments = command
    print(f"$ {' '.join(command)}", file=sys.stderr, flush=True)
    ended = subprocess.run(  # noqa: S603 -- what this module says
        (_program(program), *arguments), cwd=PROJECT, env=environment, stdout=told, check=False
    )
    return ended.returncode


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(f"`{name}` is not installed: infra/README.md tells where it comes from")
    return found


if __name__ == "__main__":
    main()

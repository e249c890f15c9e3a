"""The command line, and the outermost edge of the program: arguments come in, an exit code leaves.

Each command is one module of this package, loaded when it is called; none decides anything about
models or manifests. Data goes to the standard output, messages to the standard error. Only here are
failures of the world told and our own bugs caught.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import click
from click.exceptions import Exit, NoSuchCommand

from modelops.cli.exit_status import ExitStatus

COMMANDS = {
    "compile": ("compile_", "Write generated/ from environments/."),
    "validate": ("validate", "Say everything that is wrong with environments/."),
    "show": ("show", "Show what is in effect, and where it came from."),
    "explain": ("explain", "Say why a value is what it is."),
    "run": ("run", "Run a run on this machine."),
    "status": ("status", "Show what runs, in the cluster or on this machine."),
    "lint": ("lint", "List what is written and changes nothing."),
    "list": ("list_", "List environments and their units."),
    "images": ("images", "Build the images that this repository holds."),
    "cloud": ("cloud", "Take over what Azure answered."),
    "schema": ("schema", "Write schemas/ from the models."),
    "rule": ("rule", "Explain a rule, or list all."),
}
"""Each command's module and summary, in the order of `--help`, which loads none of the modules."""

EPILOG = """\
\b
Examples:
  modelops validate                      is everything all right?
  modelops compile                       write generated/
  modelops compile --check               would that change anything? (for CI)
  modelops show dev/workspaces/malaria   what is in effect, after all layers

\b
Exit codes:
  0  clean                       2  wrong invocation
  1  the input is wrong, or      70  a bug in modelops
     --check found differences   130  interrupted

\b
Completion of commands, options and environments (bash, zsh and fish alike):
  eval "$(_MODELOPS_COMPLETE=bash_source modelops)"      in ~/.bashrc
  eval "$(_MODELOPS_COMPLETE=zsh_source modelops)"       in ~/.zshrc
  _MODELOPS_COMPLETE=fish_source modelops | source       in config.fish
"""


class Program(click.Group):
    """The commands, and the edge around them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """The names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`; its module is imported now.

        Raises:
            NoSuchCommand: there is none, and nobody is only completing a name.
        """
        if cmd_name in COMMANDS:
            module, _ = COMMANDS[cmd_name]
            command: click.Command = import_module(f"modelops.cli.{module}").command
            return command
        if ctx.resilient_parsing:
            return None
        raise NoSuchCommand(cmd_name, possibilities=COMMANDS, ctx=ctx)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 -- click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """The commands in `--help`."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take apart what stands before the command."""
        with _fit_for_terminals():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and turn what went wrong into a message and an exit code."""
        try:
            with _fit_for_terminals():
                return super().invoke(ctx)
        except (click.ClickException, Exit, BrokenPipeError):
            raise
        except (KeyboardInterrupt, click.Abort):
            click.echo("\ninterrupted", err=True)
            ctx.exit(ExitStatus.INTERRUPTED)
        except Exception as error:  # noqa: BLE001 -- the outermost edge
            # Here, so that `--version` and `--help` do not pay for what it knows.
            from modelops.cli.failures import told  # noqa: PLC0415

            ctx.exit(told(error))


@contextmanager
def _fit_for_terminals() -> Iterator[None]:
    """Within: what a wrong invocation is told quotes no argument that would steer the terminal."""
    try:
        yield
    except click.UsageError as error:
        # Here, as above: only a wrong invocation pays for it.
        from modelops.disk import shown  # noqa: PLC0415

        lines = [shown(line) for line in error.format_message().split("\n")]
        raise click.UsageError("\n".join(lines), error.ctx) from None


@click.group(
    cls=Program,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="modelops-compiler", message="%(prog)s %(version)s")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The project: the folder that holds environments/.  [default: here or the nearest above]",
)
def program(root: Path | None) -> None:
    """Compile layered YAML into the Kubernetes manifests that Flux reads.

    People edit environments/, modelops writes generated/. Nothing is written unless everything is
    valid.
    """


def main() -> None:
    """The console script `modelops`."""
    # A compile makes millions of values that live to its end, and few cycles: looking for them took
    # a third of its time.
    gc.disable()
    program(prog_name="modelops")

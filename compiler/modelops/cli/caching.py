"""How a command uses the cache: as it is, not at all, or to find out whether it is right.

The flags and what is to be compiled come in; the outcome leaves. What is kept and when it fits is
the cache's own; the timings are told which units were made anew.
"""

import click

from modelops.cache import Asked, compiled, verified
from modelops.cli import stages
from modelops.cli.exit_status import ExitStatus
from modelops.cli.terminal import tell, tell_error
from modelops.cli.timings import note_units
from modelops.diagnostics import Outcome
from modelops.manifests import Artefacts


def _remembered(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- click's signature
    ctx.meta[f"modelops.{param.name}"] = value


no_cache_option = click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    callback=_remembered,
    help="Make everything anew; neither read nor write the cache of compiled units.",
)
verify_cache_option = click.option(
    "--verify-cache",
    is_flag=True,
    expose_value=False,
    callback=_remembered,
    help="Make everything anew, and fail if the cache would have given anything else.",
)


def refuse_both_uses() -> None:
    """Fails where the cache shall be both verified and left alone."""
    if _asked_for("no_cache") and _asked_for("verify_cache"):
        raise click.UsageError("`--no-cache` and `--verify-cache` exclude each other: choose one.")


def made(asked: Asked) -> Outcome[Artefacts]:
    """The outcome of a compile, with the cache as the flags say.

    Raises:
        click.exceptions.Exit: the cache was to be verified, and is wrong.
        SynthesisFailed: Node could not do its work.
    """
    if _asked_for("no_cache"):
        return stages.compiled(asked.sources, asked.preview, asked.earlier, asked.during)
    if _asked_for("verify_cache"):
        return _verified(asked)
    done = compiled(asked)
    note_units(done)
    return done.outcome


def _verified(asked: Asked) -> Outcome[Artefacts]:
    done = verified(asked)
    if done.wrong:
        units = "".join(f"\n  {unit}" for unit in done.wrong)
        tell_error(
            "the cache held other files than a compile without it makes. Nothing was written, and"
            f" the wrong entries are gone: run the command again. Units:{units}"
        )
        raise click.exceptions.Exit(ExitStatus.WRONG)
    tell(f"cache verified: {done.checked:,} unit{'s' * (done.checked != 1)}")
    return done.outcome


def _asked_for(flag: str) -> bool:
    return bool(click.get_current_context().meta.get(f"modelops.{flag}"))

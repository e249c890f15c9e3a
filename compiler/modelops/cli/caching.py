"""How a command uses the cache: as it is, not at all, or to find out whether it is right.

The flags and what is to be compiled come in; what was made leaves. What is kept and when it fits is
the cache's own; the timings are told which units were made anew.
"""

import os

import click

from modelops.cache import Asked, Compiled, anew, compiled, verified
from modelops.cli.exit_status import ExitStatus
from modelops.cli.terminal import tell, tell_error
from modelops.cli.timings import note_units


def _remembered(ctx: click.Context, param: click.Parameter, value: object) -> None:
    ctx.meta[f"modelops.{param.name}"] = value


no_cache_option = click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    callback=_remembered,
    help="Make everything anew; neither read nor write the cache.",
)
verify_cache_option = click.option(
    "--verify-cache",
    is_flag=True,
    expose_value=False,
    callback=_remembered,
    help="Make everything anew, and fail if the cache would have given anything else.",
)


def _processors() -> int:
    """How many this process may use: a container may have fewer than its machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=_processors,
    show_default="as many as there are processors",
    metavar="N",
    expose_value=False,
    callback=_remembered,
    help="Compile with at most N processes; the files are the same.",
)


def chosen_jobs() -> int:
    """How many processes may work on a compile."""
    jobs: int = click.get_current_context().meta["modelops.jobs"]
    return jobs


def refuse_both_uses() -> None:
    """Fails where the cache shall be both verified and left alone."""
    if _asked_for("no_cache") and _asked_for("verify_cache"):
        raise click.UsageError("`--no-cache` and `--verify-cache` exclude each other: choose one.")


def made(asked: Asked) -> Compiled:
    """What was compiled, with the cache as the flags say.

    Raises:
        click.exceptions.Exit: the cache was to be verified, and is wrong.
        SynthesisFailed: Node could not do its work.
        Unreadable: something in `generated/` cannot be read.
    """
    if _asked_for("no_cache"):
        return anew(asked)
    done = _verified(asked) if _asked_for("verify_cache") else compiled(asked)
    note_units(done)
    return done


def _verified(asked: Asked) -> Compiled:
    done = verified(asked)
    if done.wrong:
        named = "".join(f"\n  {one}" for one in done.wrong)
        tell_error(
            "the cache held something else than a compile without it makes. Nothing was written,"
            f" and what was wrong is gone: run the command again. Wrong:{named}"
        )
        raise click.exceptions.Exit(ExitStatus.WRONG)
    tell(f"cache verified: {done.checked:,} unit{'s' * (done.checked != 1)}")
    return Compiled(done.outcome)


def _asked_for(flag: str) -> bool:
    return bool(click.get_current_context().meta.get(f"modelops.{flag}"))

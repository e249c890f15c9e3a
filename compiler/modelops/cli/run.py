"""`modelops run`: a run on this machine: what its manifests start in the cluster, started here.

In the cluster a run starts when its file is merged; this command touches no cluster.
"""

import os

import click

from modelops.cli import local_run
from modelops.cli.local_run import DSN, Wanted
from modelops.cli.objects import choose
from modelops.cli.options import profile_option
from modelops.cli.project import completing, project_root, runs_in
from modelops.disk import SOURCES
from modelops.documents import Kind, unit_target

EPILOG = """\
\b
Examples:
  modelops run dev/sir --local                     until all its trials are done
  modelops run dev/sir --local --trials 50
  modelops run dev/sir --local --profile debug     code in the worker itself
  modelops run dev/sir --local                     again: goes on where it ended
  modelops run dev/sir --local --fresh             from the beginning

\b
Trials, results and logs are in .modelops/runs/ENV/RUN; `modelops status ENV RUN --local` looks
at them from another terminal.
"""


@click.command("run", epilog=EPILOG)
@click.argument("target", metavar="ENV/RUN", shell_complete=completing(runs_in))
@click.option("--local", "is_local", is_flag=True, help="On this machine, without a cluster.")
@click.option("--trials", type=click.IntRange(min=1), help="How many, instead of the file's.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes that simulate; as many as this machine has cores where it is not said.",
)
@profile_option
@click.option("--fresh", is_flag=True, help="Forget the trials of earlier starts.")
@click.option(
    "--store",
    "dsn",
    metavar="DSN",
    envvar=DSN,
    show_envvar=True,
    help="A Postgres to keep trials in, such as postgresql://me@localhost/optuna, instead of one"
    " of the run's own.",
)
def command(  # noqa: PLR0913 -- one parameter for each option
    *,
    target: str,
    is_local: bool,
    trials: int | None,
    workers: int | None,
    profiles: tuple[str, ...],
    fresh: bool,
    dsn: str | None,
) -> None:
    """Run a run on this machine.

    The same plan and the same commands as in the manifests, as local processes: a scheduler,
    workers, a Postgres, and what leads the search. Ctrl-C stops them; the same command goes on.
    """
    if not is_local:
        raise click.UsageError(
            "in the cluster a run starts when its file is merged; add --local to run it here."
        )
    root = project_root()
    environment, run = _named(target)
    chosen = choose(root, f"{environment}/{unit_target(Kind.RUN, run)}")
    wanted = Wanted(
        environment=environment,
        run=run,
        trials=trials,
        workers=workers or os.cpu_count() or 1,
        profiles=profiles,
        fresh=fresh,
        dsn=dsn,
    )
    local_run.carry_out(root, chosen, wanted)


def _named(target: str) -> tuple[str, str]:
    """The environment and the run of `dev/sir`, `dev/runs/sir` or the path of its file."""
    path = target.removeprefix(f"{SOURCES}/").removesuffix(".yaml").strip("/")
    environment, _, rest = path.partition("/")
    run = rest.removeprefix(unit_target(Kind.RUN, ""))
    if not environment or not run or "/" in run:
        raise click.UsageError(f"`{target}` names no run: write ENV/RUN, such as dev/sir.")
    return environment, run

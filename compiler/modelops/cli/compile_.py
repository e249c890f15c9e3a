"""`modelops compile`: every stage, and what they made written, compared, printed or exported.

Only this command starts the Node child. Only what comes from files alone goes to `generated/`: a
preview needs `--stdout` or `--out`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import click

from modelops.cache import Asked, Compiled
from modelops.cli.caching import (
    chosen_jobs,
    jobs_option,
    made,
    no_cache_option,
    refuse_both_uses,
    verify_cache_option,
)
from modelops.cli.differences import refuse_differences
from modelops.cli.history import base_option, before
from modelops.cli.options import (
    environments_argument,
    format_option,
    preview,
    profile_option,
    set_option,
)
from modelops.cli.progress import counted_units, progress
from modelops.cli.project import chosen, project_root, sources_of
from modelops.cli.report import chosen_format, say, settled
from modelops.cli.terminal import put_bytes, tell_note
from modelops.cli.timings import during, measured, timings_option
from modelops.diagnostics.formats import is_document
from modelops.disk import GENERATED, SOURCES, Look, Scope, Written, compare, export, write
from modelops.documents import Preview
from modelops.manifests import Artefact, Artefacts

MOST_NAMED = 10
"""Changed files that are named after a write; the rest is counted."""

EPILOG = """\
\b
Examples:
  modelops compile                  all environments
  modelops compile dev              only dev; the others are left as they are
  modelops compile --check          write nothing, fail if generated/ is out of date
  modelops compile dev --stdout     look at the manifests of dev
  modelops compile --check --format github      findings beside the lines of a pull request
  modelops compile --watch          compile again whenever a file changes, until Ctrl-C

\b
Previews, never written into generated/:
  modelops compile dev --stdout --set workspaces/malaria:workers.replicas=8
  modelops compile dev --out /tmp/preview --profile debug
"""


WATCH = "modelops.watch"
"""Where the context of a call keeps whether to compile again after a change."""


def _remembered(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- click's signature
    ctx.meta[WATCH] = value


watch_option = click.option(
    "--watch",
    is_flag=True,
    expose_value=False,
    callback=_remembered,
    help="Compile again whenever a file of environments/ changes, until Ctrl-C.",
)


class Destination(Enum):
    """Where the artefacts go."""

    GENERATED = auto()
    COMPARISON = auto()
    STDOUT = auto()
    FOLDER = auto()


@click.command("compile", epilog=EPILOG)
@environments_argument
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a compile would.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the files as one YAML stream.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write to another folder, new or of an earlier --out.",
)
@set_option
@profile_option
@format_option
@base_option
@no_cache_option
@verify_cache_option
@timings_option
@watch_option
@jobs_option
def command(
    *,
    environments: tuple[str, ...],
    check: bool,
    to_stdout: bool,
    out: Path | None,
    settings: tuple[str, ...],
    profiles: tuple[str, ...],
) -> None:
    """Write generated/ from environments/.

    Compiles the named environments, or all. Nothing is written unless everything is valid; only
    what changed is written, and files that modelops did not write are never touched.
    """
    destination = _destination(check=check, to_stdout=to_stdout, out=out)
    if (settings or profiles) and destination in {Destination.GENERATED, Destination.COMPARISON}:
        raise click.UsageError(
            "`--set` and `--profile` are for previews, and a preview never goes into"
            f" `{GENERATED}/`: add `--stdout` or `--out DIR`."
        )
    _refuse_two_documents(destination)
    refuse_both_uses()
    task = _Task(
        project_root(), environments, destination, out or Path(), preview(settings, profiles)
    )
    if not _is_watching(destination):
        _compile(task)
        return
    # It knows what can go wrong in every stage; only a watch pays for that.
    from modelops.cli.watch import watch  # noqa: PLC0415

    watch(task.root / SOURCES, lambda: _compile(task))


@dataclass(frozen=True, slots=True)
class _Task:
    """What one compile is to do.

    Attributes:
        out: the folder for `Destination.FOLDER`.
    """

    root: Path
    environments: tuple[str, ...]
    destination: Destination
    out: Path
    preview: Preview


def _compile(task: _Task) -> None:
    """One compile, from reading to what becomes of the artefacts."""
    with measured():
        named = chosen(task.root, task.environments)
        done, artefacts = _compiled(task, named)
        if done.files:
            say(_up_to_date(GENERATED, done.files))
            return
        with during("writing"):
            _deliver(task, named, artefacts, done.seen)


def _deliver(task: _Task, named: tuple[str, ...], artefacts: Artefacts, seen: Look | None) -> None:
    generated, scope = task.root / GENERATED, Scope.CHOSEN if named else Scope.ALL
    match task.destination:
        case Destination.STDOUT:
            put_bytes(b"".join(_document(file) for file in _files(artefacts)))
        case Destination.FOLDER:
            _summarise(export(task.out, artefacts), str(task.out), artefacts)
        case Destination.COMPARISON:
            differences = compare(generated, artefacts, scope, seen)
            refuse_differences(differences, " ".join(["modelops compile", *named]))
            say(_up_to_date(GENERATED, _count(artefacts)))
        case Destination.GENERATED:
            with progress(f"writing… {counted(_count(artefacts))}"):
                done = write(generated, artefacts, scope, seen)
            _summarise(done, GENERATED, artefacts)


def _destination(*, check: bool, to_stdout: bool, out: Path | None) -> Destination:
    """The one place that the options name."""
    asked = {
        Destination.COMPARISON: ("--check", check),
        Destination.STDOUT: ("--stdout", to_stdout),
        Destination.FOLDER: ("--out", out is not None),
    }
    given = {place: option for place, (option, on) in asked.items() if on}
    if len(given) > 1:
        first, second, *_ = given.values()
        raise click.UsageError(f"`{first}` and `{second}` exclude each other: choose one.")
    return next(iter(given), Destination.GENERATED)


def _is_watching(destination: Destination) -> bool:
    """Whether `--watch` was given, which keeps `generated/` up to date and nothing else."""
    watching: bool = click.get_current_context().meta[WATCH]
    if watching and destination is not Destination.GENERATED:
        raise click.UsageError(
            f"`--watch` keeps `{GENERATED}/` up to date: it excludes `--check`, `--stdout` and"
            " `--out`."
        )
    return watching


def _refuse_two_documents(destination: Destination) -> None:
    """Manifests and findings cannot both have the standard output."""
    form = chosen_format()
    if destination is Destination.STDOUT and is_document(form):
        raise click.UsageError(
            f"`--stdout` and `--format {form}` would both write to the standard output:"
            " use `--out DIR`, or `modelops validate`."
        )


def _compiled(task: _Task, named: tuple[str, ...]) -> tuple[Compiled, Artefacts]:
    with during("reading"):
        sources = sources_of(task.root, named)
        earlier = before(task.root, named)
    asked = Asked(
        sources,
        task.preview,
        earlier,
        task.root / GENERATED,
        named,
        during,
        chosen_jobs(),
        whole=task.destination in {Destination.STDOUT, Destination.FOLDER},
    )
    with progress(f"compiling… {counted_units(sources)}"):
        done = made(asked)
    return done, settled(done.outcome, sources)


def _files(artefacts: Artefacts) -> Iterable[Artefact]:
    """The files that Flux reads; the inventories are for ourselves."""
    return (file for environment in artefacts.environments for file in environment.files)


def _document(file: Artefact) -> bytes:
    """One file in a stream of YAML documents, its path before it."""
    return f"---\n# {GENERATED}/{file.path}\n".encode() + file.content


# --- what was done -------------------------------------------------------------------------------


def _summarise(done: Written, folder: str, artefacts: Artefacts) -> None:
    """What a write did, and what it left alone."""
    changes = [*done.written, *(f"{path} (removed)" for path in done.removed)]
    say(_wrote(done, folder) if changes else _up_to_date(folder, _count(artefacts)))
    for line in _listed(f"{folder}/{change}" for change in changes):
        say(line)
    if done.untracked:
        left = "\n".join(_listed(f"{folder}/{path}" for path in done.untracked))
        tell_note(f"not written by modelops, and left alone:\n{left}")


def _wrote(done: Written, folder: str) -> str:
    parts = [("wrote", done.written), ("removed", done.removed)]
    return f"{folder}/: " + ", ".join(f"{verb} {counted(len(n))}" for verb, n in parts if n)


def _up_to_date(folder: str, files: int) -> str:
    return f"{folder}/ is up to date: {counted(files)}"


def _count(artefacts: Artefacts) -> int:
    """How many files a compile makes, inventories among them."""
    return sum(each.count for each in artefacts.environments)


def counted(files: int) -> str:
    """`1 file`, `2 files`."""
    return f"{files:,} file{'s' * (files != 1)}"


def _listed(paths: Iterable[str]) -> list[str]:
    """The first few, one a line; then how many more there are."""
    every = list(paths)
    more = [f"  ... and {len(every) - MOST_NAMED} more"] if len(every) > MOST_NAMED else []
    return [f"  {path}" for path in every[:MOST_NAMED]] + more

"""`modelops compile`: every stage, and what they made written, compared, printed or exported.

Only this command starts the Node child. Only what comes from files alone goes to `generated/`: a
preview needs `--stdout` or `--out`.
"""

from collections.abc import Iterable
from enum import Enum, auto
from pathlib import Path

import click

from modelops.cli import stages
from modelops.cli.differences import refuse_differences
from modelops.cli.options import environments_argument, preview, profile_option, set_option
from modelops.cli.project import chosen, project_root, sources_of
from modelops.cli.report import settled
from modelops.cli.terminal import put, put_bytes, tell_note
from modelops.disk import GENERATED, Scope, Written, compare, export, write
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

\b
Previews, never written into generated/:
  modelops compile dev --stdout --set workspaces/malaria:workers.replicas=8
  modelops compile dev --out /tmp/preview --profile debug
"""


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
    root = project_root()
    named = chosen(root, environments)
    artefacts = _compiled(root, named, preview(settings, profiles))
    scope = Scope.CHOSEN if named else Scope.ALL
    match destination:
        case Destination.STDOUT:
            put_bytes(b"".join(_document(file) for file in _files(artefacts)))
        case Destination.FOLDER:
            _summarise(export(out or Path(), artefacts), str(out), artefacts)
        case Destination.COMPARISON:
            differences = compare(root / GENERATED, artefacts, scope)
            refuse_differences(differences, " ".join(["modelops compile", *named]))
            put(_up_to_date(GENERATED, artefacts))
        case Destination.GENERATED:
            _summarise(write(root / GENERATED, artefacts, scope), GENERATED, artefacts)


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


def _compiled(root: Path, environments: tuple[str, ...], previewed: Preview) -> Artefacts:
    sources = sources_of(root, environments)
    return settled(stages.compiled(sources, previewed), sources)


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
    put(_wrote(done, folder) if changes else _up_to_date(folder, artefacts))
    for line in _listed(f"{folder}/{change}" for change in changes):
        put(line)
    if done.untracked:
        left = "\n".join(_listed(f"{folder}/{path}" for path in done.untracked))
        tell_note(f"not written by modelops, and left alone:\n{left}")


def _wrote(done: Written, folder: str) -> str:
    parts = [("wrote", done.written), ("removed", done.removed)]
    return f"{folder}/: " + ", ".join(f"{verb} {counted(len(n))}" for verb, n in parts if n)


def _up_to_date(folder: str, artefacts: Artefacts) -> str:
    count = sum(len(environment.files) + 1 for environment in artefacts.environments)
    return f"{folder}/ is up to date: {counted(count)}"


def counted(files: int) -> str:
    """`1 file`, `2 files`."""
    return f"{files} file{'s' * (files != 1)}"


def _listed(paths: Iterable[str]) -> list[str]:
    """The first few, one a line; then how many more there are."""
    every = list(paths)
    more = [f"  ... and {len(every) - MOST_NAMED} more"] if len(every) > MOST_NAMED else []
    return [f"  {path}" for path in every[:MOST_NAMED]] + more

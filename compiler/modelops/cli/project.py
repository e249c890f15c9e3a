"""The project that a command works on: its root, its environments, its files, and their names.

The context of the call comes in. What a command is told wrongly (a root that is none, an
environment that does not exist) leaves as a wrong invocation, with the nearest right name.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from modelops.diagnostics import did_you_mean
from modelops.disk import (
    SHARED_FOLDER,
    SOURCES,
    WorldFailure,
    environment_names,
    find_root,
    read_sources,
)
from modelops.documents import UNIT_FOLDERS

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def project_root() -> Path:
    """The root of the project that this call is about.

    Raises:
        NotAProject: there is none here or above.
        click.UsageError: `--root` names a folder that is none.
    """
    return _root(click.get_current_context())


def chosen(root: Path, environments: Iterable[str]) -> tuple[str, ...]:
    """The named environments, each once.

    Raises:
        click.UsageError: one of them does not exist.
    """
    known = environment_names(root)
    for name in environments:
        if name not in known:
            raise click.UsageError(unknown("environment", name, known))
    return tuple(dict.fromkeys(environments))


def sources_of(root: Path, environments: tuple[str, ...]) -> dict[str, bytes]:
    """Every source file of these environments, or of all where none is named."""
    return read_sources(root, environments or None)


def unknown(what: str, name: str, names: Iterable[str]) -> str:
    """`there is no environment `stagin`: did you mean `staging`?`."""
    near = did_you_mean(name, names)
    return f"there is no {what} `{name}`" + (f": {near}" if near else ".")


# --- completion ----------------------------------------------------------------------------------


def environments_in(root: Path) -> list[str]:
    """The environments, by the names of folders."""
    return list(environment_names(root))


def targets_in(root: Path) -> list[str]:
    """What `show` can show, by the names of files."""
    shelves = ("cloud.yaml", *(f"{folder}/*.yaml" for folder in UNIT_FOLDERS))
    files = (path for shelf in shelves for path in (root / SOURCES).glob(f"*/{shelf}"))
    found = (path.relative_to(root / SOURCES).with_suffix("").as_posix() for path in files)
    return sorted([*environment_names(root), *found])


def runs_in(root: Path) -> list[str]:
    """The runs, as `dev/sir`, by the names of files."""
    files = (root / SOURCES).glob("*/runs/*.yaml")
    return sorted(f"{path.parts[-3]}/{path.stem}" for path in files)


def profiles_in(root: Path) -> list[str]:
    """The profiles, by the names of files."""
    folder = root / SOURCES
    own = folder.glob(f"*/{SHARED_FOLDER}/*.yaml")
    return sorted({path.stem for path in (*(folder / SHARED_FOLDER).glob("*.yaml"), *own)})


def completing(names: Callable[[Path], list[str]]) -> Complete:
    """A completion that offers names of the project; nothing where there is no project."""

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        given = ctx.params.get(param.name or "") or ()
        try:
            offered = names(_root(ctx))
        except (WorldFailure, click.UsageError, OSError):
            return []
        return [
            CompletionItem(name)
            for name in offered
            if name.startswith(incomplete) and name not in given
        ]

    return complete


def _root(ctx: click.Context) -> Path:
    given: Path | None = ctx.find_root().params.get("root")
    if given is None:
        return find_root(Path())
    root = find_root(given)
    if root != given.resolve():
        raise click.UsageError(f"`--root {given}` names a folder without `{SOURCES}/`.", ctx)
    return root

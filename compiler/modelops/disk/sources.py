"""Reading what people write: the folder comes in, `{path: bytes}` leaves, for `load` to parse.

Says nothing about YAML or about which files belong where. Refuses what it would be unsafe to read
(symlinks, fifos, devices, names that no message could show), all of it in one failure.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from modelops.disk.failures import NotAProject, Unreadable, enumerated, reading, shown
from modelops.disk.listing import Kind, Skip, entries, kind_at, read_at_most, resolved, walk
from modelops.documents import SOURCE_LIMIT

SOURCES = "environments"
"""The folder, below the project's root, that people write in."""

SHARED_FOLDER = "profiles"
"""The one folder of `environments/` that is no environment."""

REFUSED = {
    Kind.SYMLINK: "is a symbolic link: put the file itself in its place",
    Kind.SPECIAL: "is a fifo, socket or device: remove it",
}


def find_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, that holds `environments/`.

    Raises:
        NotAProject: there is none.
    """
    here = resolved(start)
    with reading(here):
        for folder in (here, *here.parents):
            if (folder / SOURCES).is_dir():
                return folder
    raise NotAProject(
        f"there is no `{SOURCES}/` folder in `{shown(here)}` or above it. Run modelops inside a"
        f" project, or begin one with the file `{SOURCES}/dev/environment.yaml`."
    )


def environment_names(root: Path) -> tuple[str, ...]:
    """The folders of `environments/` that are environments, sorted.

    Raises:
        Unreadable: `environments/` cannot be read, or holds what must not be there.
    """
    top = {name: kind for name, kind in entries(_folder(root)) if not _is_dropping(name)}
    _refuse(top)
    return _environments(top)


def read_sources(root: Path, environments: Collection[str] | None = None) -> dict[str, bytes]:
    """Every source file by its path below `root`, sorted; at most `SOURCE_LIMIT` + 1 bytes each.

    The one byte more tells `load` that a file is too long.

    Args:
        root: what `find_root` found.
        environments: read only these and what all share; None reads everything.

    Raises:
        Unreadable: something cannot be read or must not be, or a named environment is not there.
    """
    folder = _folder(root)
    found = walk(folder, skip=_skipping(_unread(root, environments)))
    _refuse(found)
    return {
        f"{SOURCES}/{path}": read_at_most(folder / path, SOURCE_LIMIT + 1)
        for path, kind in found.items()
        if kind is Kind.FILE
    }


def _folder(root: Path) -> Path:
    folder = root / SOURCES
    _refuse({"": kind_at(folder) or Kind.FOLDER})
    return folder


def _unread(root: Path, chosen: Collection[str] | None) -> frozenset[str]:
    """The environments that are there and not chosen."""
    if chosen is None:
        return frozenset()
    names = environment_names(root)
    absent = sorted(set(chosen) - set(names))
    if absent:
        raise Unreadable(
            f"there is no environment `{shown(absent[0])}` in `{SOURCES}/`;"
            f" there are: {', '.join(names) or 'none'}."
        )
    return frozenset(names) - frozenset(chosen)


def _skipping(unread: frozenset[str]) -> Skip:
    def skip(path: str, _kind: Kind) -> bool:
        return path in unread or _is_dropping(path.rpartition("/")[2])

    return skip


def _environments(top: Mapping[str, Kind]) -> tuple[str, ...]:
    folders = (name for name, kind in top.items() if kind is Kind.FOLDER)
    return tuple(name for name in folders if name != SHARED_FOLDER)


def _is_dropping(name: str) -> bool:
    """Hidden files, and what editors leave beside the file that is edited."""
    return name.startswith(".") or name.endswith(("~", ".swp"))


def _refuse(found: Mapping[str, Kind]) -> None:
    """Fails with all that must not be read."""
    refused = [
        f"`{shown(f'{SOURCES}/{path}'.rstrip('/'))}` {why}"
        for path, kind in found.items()
        if (why := _why_refused(path, kind))
    ]
    if refused:
        raise Unreadable(f"`{SOURCES}/` holds what is not read:{enumerated(refused)}")


def _why_refused(path: str, kind: Kind) -> str | None:
    if not path.isprintable():
        return "has a name with control characters or not in UTF-8: rename it"
    return REFUSED.get(kind)

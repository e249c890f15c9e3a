"""`--out DIR`: what was compiled, written where it is only looked at.

`Artefacts` come in; a folder holds exactly them. Keeps out of every project's own folders, and of
folders that hold anything else.
"""

from pathlib import Path

from modelops.disk.differences import Written
from modelops.disk.failures import InTheWay, enumerated, reading, shown
from modelops.disk.generated import Scope, write
from modelops.disk.inventory import read_inventory
from modelops.disk.listing import Kind, entries, kind_at, resolved
from modelops.disk.sources import SOURCES
from modelops.disk.survey import only_leftovers, refuse_root
from modelops.manifests import Artefacts

GENERATED = "generated"
"""The folder, below the project's root, that Flux reads."""


def export(out_dir: Path, artefacts: Artefacts) -> Written:
    """Makes `out_dir` hold exactly the artefacts: for previews, which never go to `generated/`.

    Raises:
        InTheWay: it lies in a project's `environments/` or `generated/`, or holds other things
            than an earlier export.
        WorldFailure: as for `write`.
    """
    folder = resolved(out_dir)
    with reading(folder):
        _refuse_projects(folder)
    refuse_root(folder)
    _refuse_strangers(folder)
    return write(folder, artefacts, Scope.ALL)


def _refuse_projects(folder: Path) -> None:
    for place in (folder, *folder.parents):
        if place.name in {SOURCES, GENERATED} and (place.parent / SOURCES).is_dir():
            raise InTheWay(
                f"`{shown(folder)}` lies in a project's `{place.name}/`: previews are never part"
                " of what is committed. Choose a folder outside of it."
            )


def _refuse_strangers(folder: Path) -> None:
    """Only an empty folder or an earlier export may be made equal to what was compiled."""
    if kind_at(folder) is None:
        return
    strangers = [
        shown(name) for name, kind in entries(folder) if not _is_export(folder, name, kind)
    ]
    if strangers:
        raise InTheWay(
            f"`{shown(folder)}` holds other things than an earlier export. Nothing was written:"
            f" choose an empty or new folder.{enumerated(strangers)}"
        )


def _is_export(folder: Path, name: str, kind: Kind) -> bool:
    if kind is not Kind.FOLDER:
        return False
    place = folder / name
    return read_inventory(place) is not None or only_leftovers(entries(place))

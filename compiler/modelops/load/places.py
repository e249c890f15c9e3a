"""Part of stage `load`: what stands where below `environments/`.

A file's path comes in; its kind, its name and its environment leave, or the reason why no file may
stand there. Nothing here looks into a file.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import cfg, nam
from modelops.documents import UNIT_FOLDERS, Kind
from modelops.names import is_environment, is_unit
from modelops.provenance import start_of

ROOT = "environments"
SUFFIX = ".yaml"
ENVIRONMENT_FILE = "environment.yaml"
CLOUD_FILE = "cloud.yaml"
LOOKALIKES = (".yml", ".yaml", ".json", "")
"""Endings, in any case, of what is a YAML file but for its name (JSON is YAML)."""

SHARED_FILES = {"base.yaml": Kind.DEFAULTS, "images.yaml": Kind.IMAGES}
PROFILES = "profiles"
ENVIRONMENTS_OWN = {ENVIRONMENT_FILE: Kind.ENVIRONMENT, CLOUD_FILE: Kind.CLOUD}
"""The files of an environment that are named after its folder."""

FOLDERS = {PROFILES: Kind.PROFILE, **UNIT_FOLDERS}
"""What the files in an environment's folders are."""

ALLOWED = """\
what may stand here: base.yaml, images.yaml, profiles/NAME.yaml,
ENV/environment.yaml, ENV/cloud.yaml, ENV/profiles/NAME.yaml, ENV/services/NAME.yaml,
ENV/workspaces/NAME.yaml, ENV/runs/NAME.yaml"""


@dataclass(frozen=True, slots=True)
class Place:
    """What a file is by where it stands; `environment` is None for what all of them share."""

    file: str
    kind: Kind
    name: str
    environment: str | None


def is_ignored(file: str) -> bool:
    """Whether nobody asks what a file is: README.md, and whatever begins with a dot."""
    parts = PurePosixPath(file).parts
    return parts[-1] == "README.md" or any(part.startswith(".") for part in parts)


def placed(file: str) -> Place | Diagnostic:
    """What the file is, or CFG002 where no file may stand."""
    place = _place(file)
    return place or Diagnostic(
        cfg.CFG002, f"no file called `{file}` is read", start_of(file), help=_remedy(file)
    )


def _place(file: str) -> Place | None:
    """What the file is, if it is something."""
    match PurePosixPath(file).parts:
        case (root, name) if root == ROOT and name in SHARED_FILES:
            return Place(file, SHARED_FILES[name], name.removesuffix(SUFFIX), None)
        case (root, folder, name) if root == ROOT and folder == PROFILES and _is_yaml(name):
            return Place(file, Kind.PROFILE, name.removesuffix(SUFFIX), None)
        case (root, environment, name) if root == ROOT and name in ENVIRONMENTS_OWN:
            return Place(file, ENVIRONMENTS_OWN[name], environment, environment)
        case (root, environment, folder, name) if (
            root == ROOT and environment != PROFILES and folder in FOLDERS and _is_yaml(name)
        ):
            return Place(file, FOLDERS[folder], name.removesuffix(SUFFIX), environment)
    return None


def _is_yaml(name: str) -> bool:
    return name.endswith(SUFFIX)


def _remedy(file: str) -> str:
    """The nearest thing that would be right, and all that may stand below `environments/`."""
    path = PurePosixPath(file)
    renamed = str(path.with_suffix(SUFFIX))
    if path.suffix.lower() in LOOKALIKES and _place(renamed):
        return f"rename it to `{PurePosixPath(renamed).name}`"
    match path.parts:
        case (_, _):
            near = did_you_mean(path.stem, [PurePosixPath(shared).stem for shared in SHARED_FILES])
        case (_, environment, _) if environment != PROFILES:
            near = did_you_mean(path.stem, [PurePosixPath(own).stem for own in ENVIRONMENTS_OWN])
        case (_, environment, folder, _) if environment != PROFILES and folder not in FOLDERS:
            near = did_you_mean(folder, FOLDERS)
        case _:
            near = ""
    return f"{near}\n{ALLOWED}" if near.startswith("did") else ALLOWED


def misnamed(places: list[Place]) -> list[Diagnostic]:
    """NAM001 for every file and folder whose name can name no environment, unit or profile.

    An environment's folder is reported once, at the first of its files.
    """
    folders: dict[str, Place] = {}
    for place in places:
        if place.environment is not None:
            folders.setdefault(place.environment, place)
    environments = [
        _bad_environment(name, place) for name, place in folders.items() if not is_environment(name)
    ]
    units = [
        _bad_unit(place)
        for place in places
        if place.kind in FOLDERS.values() and not is_unit(place.name)
    ]
    return environments + units


def _bad_environment(name: str, place: Place) -> Diagnostic:
    message = f"`{name}` cannot name an environment"
    remedy = (
        "rename the folder: a lower-case letter, then at most 11 lower-case letters and digits, "
        "no dash"
    )
    return Diagnostic(nam.NAM001, message, start_of(place.file), help=remedy)


def _bad_unit(place: Place) -> Diagnostic:
    message = f"`{place.name}` cannot name a {place.kind.lower()}"
    remedy = (
        "rename the file: at most 63 lower-case letters, digits and dashes, beginning with a "
        "letter and not ending with a dash"
    )
    return Diagnostic(nam.NAM001, message, start_of(place.file), help=remedy)


def without_environment_file(places: list[Place]) -> list[Diagnostic]:
    """CFG002, once for each folder that has files of an environment and no `environment.yaml`."""
    described = {place.environment for place in places if place.kind is Kind.ENVIRONMENT}
    orphans: dict[str, Place] = {}
    for place in places:
        if place.environment is not None and place.environment not in described:
            orphans.setdefault(place.environment, place)
    return [
        Diagnostic(
            cfg.CFG002,
            f"the folder `{ROOT}/{name}` has no {ENVIRONMENT_FILE}",
            start_of(place.file),
            help=f"add `{ROOT}/{name}/{ENVIRONMENT_FILE}`, or move this file",
        )
        for name, place in orphans.items()
    ]

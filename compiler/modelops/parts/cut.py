"""Where sources are cut: what each unit has for itself, and what it shares with others.

Part of `parts`. Goes by the paths of files alone; no file is opened.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

Sources = Mapping[str, bytes]
T = TypeVar("T")

ROOT = "environments"
RUNS, SERVICES, WORKSPACES = "runs", "services", "workspaces"
LEAF_FOLDERS = frozenset({RUNS, WORKSPACES})
"""The folders of an environment whose files look at no file beside them. Services are shared."""

WORD = re.compile(rb"[a-z0-9-]+")

PROFILES = "profiles"
SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True)
class Cut:
    """Sources, taken apart.

    Attributes:
        leaves: the files of units, each by its path.
        shared: all other files.
    """

    leaves: Sources
    shared: Sources

    def only(self, leaves: Iterable[str]) -> dict[str, bytes]:
        """The sources as if these were the only leaves, sorted by path."""
        kept = {**self.shared, **{leaf: self.leaves[leaf] for leaf in leaves}}
        return dict(sorted(kept.items()))

    def with_named(self, leaves: Iterable[str]) -> list[str]:
        """The leaves and those that they may name: a run is compiled beside its workspace.

        That is any workspace of its environment whose name is a word of the run's file or of what
        is shared, or where an escape could hide one, all of them.
        """
        wanted = list(leaves)
        runs = [leaf for leaf in wanted if folder_of(leaf) == RUNS]
        if not runs:
            return wanted
        shared = _words(self.shared.values())
        named = {beside for run in runs for beside in self._named(run, shared)}
        return sorted({*wanted, *named})

    def _named(self, run: str, shared: Collection[bytes] | None) -> Iterator[str]:
        words = _words([self.leaves[run]])
        environment = environment_of(run)
        for leaf in self.leaves:
            if environment_of(leaf) == environment and folder_of(leaf) == WORKSPACES:
                name = leaf_unit(leaf).rpartition("/")[2].encode()
                if words is None or shared is None or name in words or name in shared:
                    yield leaf


def _words(contents: Iterable[bytes]) -> Collection[bytes] | None:
    """Every word that may be a name; None where an escape may stand for one."""
    texts = list(contents)
    if any(b"\\" in text for text in texts):
        return None
    return {word for text in texts for word in WORD.findall(text)}


def cut(sources: Sources) -> Cut:
    """What belongs to one unit, and what to more."""
    leaves = {file: content for file, content in sources.items() if is_leaf(file)}
    shared = {file: content for file, content in sources.items() if file not in leaves}
    return Cut(leaves, shared)


def is_leaf(file: str) -> bool:
    """Whether a file describes one unit that no other unit looks at."""
    match file.split("/"):
        case [root, environment, folder, name]:
            placed = root == ROOT and environment != PROFILES and folder in LEAF_FOLDERS
            return placed and name.endswith(SUFFIX)
    return False


def leaf_unit(leaf: str) -> str:
    """What people call it: `dev/workspaces/malaria`."""
    return leaf.removeprefix(f"{ROOT}/").removesuffix(SUFFIX)


def earlier_of(leaves: Iterable[str], earlier: Mapping[str, T]) -> dict[str, T]:
    """The older generated files that matter to these leaves and to what is shared."""
    units = {leaf_unit(leaf) for leaf in leaves}
    return {path: content for path, content in earlier.items() if _matters(path, units)}


def _matters(path: str, units: Collection[str]) -> bool:
    match path.split("/"):
        case [environment, folder, name, _, *_] if folder in LEAF_FOLDERS:
            return f"{environment}/{folder}/{name}" in units
    return True


def folder_of(leaf: str) -> str:
    """The folder of an environment that a leaf lies in: what kind it is."""
    return leaf.split("/")[2]


def environment_of(file: str) -> str:
    """The environment whose folder a leaf lies in."""
    return file.split("/")[1]


def environments_of(sources: Iterable[str]) -> list[str]:
    """The environments that are described in the sources, sorted."""
    named = (file.split("/") for file in sources)
    return sorted(
        parts[1]
        for parts in named
        if len(parts) == 3 and parts[2] == "environment.yaml"  # noqa: PLR2004
    )


def read_always(leaf: str) -> tuple[str, ...]:
    """What a unit follows from, whatever stands in its file; its own file is the first."""
    shared = (f"{ROOT}/base.yaml", f"{ROOT}/images.yaml")
    environment = environment_of(leaf)
    return (leaf, *shared, environment_file(environment), cloud_file(environment))


def profile_files(leaf: str, profiles: Iterable[str]) -> list[str]:
    """Where the profiles of these names may stand for a unit, whether they do or not."""
    shelves = (f"{ROOT}/{PROFILES}", f"{ROOT}/{environment_of(leaf)}/{PROFILES}")
    return [f"{shelf}/{name}{SUFFIX}" for name in profiles for shelf in shelves]


def environment_file(environment: str) -> str:
    """The file that describes an environment."""
    return f"{ROOT}/{environment}/environment.yaml"


def cloud_file(environment: str) -> str:
    """The file of what an environment's cloud answered, whether there is one or not."""
    return f"{ROOT}/{environment}/cloud.yaml"


def unit_file(unit: str) -> str:
    """The file that describes a unit: `environments/dev/services/mlflow.yaml`."""
    return f"{ROOT}/{unit}{SUFFIX}"

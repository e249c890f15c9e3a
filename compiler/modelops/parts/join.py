"""The pieces of all leaves, made now or known from before, as one compile would have made them.

Part of `parts`. Pure. What one compile finds by looking at two units at once cannot be found here:
where there may be such a thing, the answer is None, and somebody has to compile everything.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from math import inf
from typing import TypeVar

from modelops.diagnostics import Diagnostic, Outcome, as_told
from modelops.diagnostics.rulebook import cfg
from modelops.listing import INDEX, index, inventory, listed
from modelops.manifests import Artefact, Artefacts, EnvironmentArtefacts
from modelops.parts.cut import SERVICES, environment_file, unit_file
from modelops.parts.piece import NOTHING, Known, Part, Piece

T = TypeVar("T")


def join(
    parts: Iterable[Outcome[Part]],
    known: Mapping[str, Known],
    common: Known | None = None,
    made: float = inf,
) -> Outcome[Artefacts] | None:
    """The artefacts and findings of all parts and of the leaves that are `known`.

    Args:
        parts: each has what is shared, and no leaf is in two.
        known: leaves that were not made again, by file; their files stand as they would be made.
        common: what is shared, where there are no parts; its files stand, too.
        made: how many leaves the parts are of.
    """
    outcomes = tuple(parts)
    right = [outcome.value for outcome in outcomes if outcome.value]
    if len(right) < len(outcomes):
        return _failed(outcomes, known, made)
    shared = right[0].common if right else Piece(common or NOTHING, ())
    every = {
        **known,
        **{leaf: piece.known for part in right for leaf, piece in part.leaves.items()},
    }
    if _collide(shared.known, every.values()) or _crowd(shared.known, every.values()):
        return None
    leaves = [file for part in right for piece in part.leaves.values() for file in piece.files]
    files = _by_environment((file.path, file) for file in (*shared.files, *leaves))
    named = _by_environment(
        each for piece in (shared.known, *every.values()) for each in piece.files.items()
    )
    environments = tuple(
        _environment(name, files.get(name, {}), named[name], shared.known) for name in sorted(named)
    )
    found = chain(shared.known.found, *(piece.found for piece in every.values()))
    return Outcome(Artefacts(environments), as_told(_still_true(found, every)))


def _failed(
    outcomes: tuple[Outcome[Part], ...], known: Mapping[str, Known], made: float
) -> Outcome[Artefacts] | None:
    """What is wrong, where no other part or leaf could have had anything to say beside it."""
    told = any(each.found for each in known.values())
    if len(outcomes) > 1 or told or _may_crowd(known.values(), made):
        return None
    return Outcome(None, as_told(_still_true(outcomes[0].diagnostics, known)))


def _may_crowd(known: Iterable[Known], made: float) -> bool:
    """Whether logins may be too many, of which the last are in leaves of which nothing is known.

    Each of these adds one to an identity at most.
    """
    from modelops.plan.facts.providers import FEDERATED_CREDENTIALS  # noqa: PLC0415 -- see `parts`

    taken = Counter(login.identity for each in known for login in each.logins)
    return any(count + made > FEDERATED_CREDENTIALS for count in taken.values())


def _collide(common: Known, leaves: Iterable[Known]) -> bool:
    """Whether one claims what another has; environments may have the same on other clusters."""
    claims = [*set(common.claims), *chain.from_iterable(leaf.claims for leaf in leaves)]
    return len(set(claims)) < len(claims)


def _crowd(common: Known, leaves: Iterable[Known]) -> bool:
    """Whether leaves take more of anything than there is."""
    taken = Counter[str]()
    for leaf in leaves:
        taken.update(leaf.shares)
    return any(taken[name] > room for name, room in common.shares.items())


def _still_true(found: Iterable[Diagnostic], leaves: Mapping[str, Known]) -> Iterator[Diagnostic]:
    """All but this: a part that lacks the only user of a profile takes the profile for unused."""
    used = {file for known in leaves.values() for file in known.reads}
    return (each for each in found if each.rule is not cfg.CFG004 or each.at.file not in used)


def _by_environment(files: Iterable[tuple[str, T]]) -> Mapping[str, dict[str, T]]:
    """Anything by environment and path."""
    shelves: dict[str, dict[str, T]] = {}
    for path, each in files:
        shelves.setdefault(path.partition("/")[0], {})[path] = each
    return shelves


def _environment(
    name: str, made: Mapping[str, Artefact], named: Mapping[str, str], shared: Known
) -> EnvironmentArtefacts:
    """One environment.

    Args:
        name: its name.
        made: the files that were made now, by path.
        named: the SHA-256 of all its files, by path.
        shared: what was made of what is shared.
    """
    indexes = _indexes(name, named, shared)
    files = {**made, **indexes}
    entries = {path: (path.rpartition("/")[0], sha256) for path, sha256 in named.items()}
    entries |= {path: listed(file) for path, file in indexes.items()}
    ordered = tuple(files[path] for path in sorted(files))
    standing = frozenset(path for path in named if path not in files)
    return EnvironmentArtefacts(name, ordered, inventory(name, entries), standing)


def _indexes(name: str, named: Iterable[str], shared: Known) -> dict[str, Artefact]:
    """The indexes of the environment's own units: a part has only some of the files beside them."""
    units = {
        path.removesuffix(f"/{INDEX}")
        for path in shared.files
        if path.startswith(f"{name}/") and path.endswith(f"/{INDEX}")
    }
    beside: dict[str, list[str]] = {unit: [] for unit in sorted(units)}
    for path in named:
        unit, _, file = path.rpartition("/")
        if unit in beside and file != INDEX:
            beside[unit].append(file)
    made = (index(unit, _source(name, unit), files) for unit, files in beside.items())
    return {file.path: file for file in made}


def _source(environment: str, unit: str) -> str:
    """The file that a shared unit is named after: a service's own, else the environment's."""
    is_service = unit.startswith(f"{environment}/{SERVICES}/")
    return unit_file(unit) if is_service else environment_file(environment)

"""A compile with the cache before and behind it.

Part of `cache`. Sources come in; what `parts` makes of them leaves, less the files that are known
to stand in `generated/` already.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from modelops.cache import kept
from modelops.cache.anew import anew, as_a_whole, parts_of
from modelops.cache.asked import Asked, Compiled
from modelops.cache.kept import Cache
from modelops.cache.keys import Keys, keys_of
from modelops.cache.ledger import Kept, Ledger, Settled
from modelops.cache.reasons import Missed, reasons
from modelops.diagnostics import Outcome
from modelops.disk import (
    Kind,
    Look,
    Remembered,
    ancestors,
    known_digests,
    look,
    memorable,
    owned_folders,
    read_at_most,
)
from modelops.documents import Preview
from modelops.manifests import INVENTORY, Artefact, Artefacts, EnvironmentArtefacts, digest
from modelops.parts import NOTHING, Cut, Known, Part, cut
from modelops.parts.cut import environments_of, read_always
from modelops.parts.join import join

LONGEST = 1 << 26
"""Bytes of a generated file that is read again; none of ours is longer."""


@dataclass(frozen=True, slots=True)
class _State:
    """What is known before anything is made.

    Attributes:
        seen: what stands in `generated/`.
        ledger: what the last compile left.
        blobs: what identifies the older files.
        digests: the SHA-256 of files that stand, by folder and name.
        known: the leaves whose files stand as a compile would make them.
        common: what is shared, where that is so too.
    """

    cut: Cut
    keys: Keys
    seen: Look
    ledger: Ledger
    blobs: Mapping[str, str]
    digests: Mapping[str, Mapping[str, str]]
    known: Mapping[str, Known]
    common: Known | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The leaves that have to be made."""
        return tuple(leaf for leaf in self.cut.leaves if leaf not in self.known)


def compiled(asked: Asked) -> Compiled:
    """The artefacts of the sources, as `pipeline.compile_sources` makes them.

    Raises:
        SynthesisFailed: Node could not do its work.
        Unreadable: something in `generated/` cannot be read.
    """
    cache = kept.opened(asked)
    if cache is None or asked.preview != Preview():
        return anew(asked)
    with asked.during("cache"):
        seen = looked(asked)
        settled = None if asked.whole else kept.settled(cache)
        if settled and settled.look == kept.look_stamp(seen):
            outcome = Outcome(Artefacts(()), settled.found)
            return Compiled(outcome, (), settled.units, seen, settled.files)
        state = _state(cache, asked, seen)
    parts = _parts(asked, state)
    with asked.during("cache"):
        return _joined(cache, asked, state, parts)


def looked(asked: Asked) -> Look:
    """What stands in the folders that a write would look at."""
    names = environments_of(asked.sources)
    others = [] if asked.named else owned_folders(asked.generated, names)
    return look(asked.generated, (*names, *others))


# --- what is known -------------------------------------------------------------------------------


def _state(cache: Cache, asked: Asked, seen: Look) -> _State:
    sources, ledger = cut(asked.sources), kept.ledger(cache)
    blobs = asked.before.listed() if asked.before else {}
    keys = keys_of(cache.compiler, sources, blobs)
    hits = dict(_hits(keys, sources, ledger))
    common = _common_hit(keys, sources, ledger, hits)
    digests = known_digests(seen, list(_paths(asked, hits, common)), ledger.folders)
    return _State(
        sources,
        keys,
        seen,
        ledger,
        blobs,
        digests,
        {leaf: known for leaf, known in hits.items() if _stands(known, digests)},
        common if common and _stands(common, digests) else None,
    )


def _hits(keys: Keys, sources: Cut, ledger: Ledger) -> Iterator[tuple[str, Known]]:
    """The leaves that follow from the same as in the last compile."""
    for leaf in sources.leaves:
        entry = ledger.leaves.get(leaf)
        if entry and entry.key == keys.leaf(leaf, entry.known.reads):
            yield leaf, entry.known


def _common_hit(
    keys: Keys, sources: Cut, ledger: Ledger, hits: Mapping[str, Known]
) -> Known | None:
    entry = ledger.common
    complete = len(hits) == len(sources.leaves)
    return entry.known if entry and complete and entry.key == keys.common(hits) else None


def _paths(asked: Asked, hits: Mapping[str, Known], common: Known | None) -> Iterator[str]:
    """The files that would stand if nothing had to be made."""
    yield from (f"{name}/{INVENTORY}" for name in environments_of(asked.sources))
    for known in (*hits.values(), *((common,) if common else ())):
        yield from known.files


def _stands(known: Known, digests: Mapping[str, Mapping[str, str]]) -> bool:
    return all(sha256 in {"", _standing(path, digests)} for path, sha256 in known.files.items())


def _standing(path: str, digests: Mapping[str, Mapping[str, str]]) -> str | None:
    folder, _, name = path.rpartition("/")
    return digests.get(folder, {}).get(name)


# --- what is made --------------------------------------------------------------------------------


def _parts(asked: Asked, state: _State) -> tuple[Outcome[Part], ...]:
    """What has to be made: nothing at all, or some leaves and what is shared."""
    if state.common and not state.missing:
        return ()
    return parts_of(asked, state.cut, state.missing, state.known, state.blobs)


def _joined(
    cache: Cache, asked: Asked, state: _State, parts: tuple[Outcome[Part], ...]
) -> Compiled:
    outcome = join(parts, state.known, state.common, len(state.missing))
    if outcome is None:
        return Compiled(as_a_whole(asked))
    if outcome.value is None:
        return Compiled(outcome)
    why = reasons(_missed(state), asked.sources, kept.last(cache), cache.compiler)
    made = Compiled(outcome, why, len(state.cut.leaves), state.seen)
    if kept.is_ours(cache):
        _keep(cache, asked, state, made, parts)
    return replace(made, outcome=_filled(asked, outcome, state)) if asked.whole else made


def _missed(state: _State) -> Iterator[Missed]:
    for leaf in state.missing:
        entry = state.ledger.leaves.get(leaf)
        reads = entry.known.reads if entry else ()
        fits = entry is not None and entry.key == state.keys.leaf(leaf, reads)
        yield Missed(leaf, (*read_always(leaf), *reads), fits)


def _filled(asked: Asked, outcome: Outcome[Artefacts], state: _State) -> Outcome[Artefacts]:
    """The outcome with the content of every file; of those that stand, as it is read now."""
    hashes = {path: sha256 for known in _every(state) for path, sha256 in known.files.items()}
    environments = outcome.value.environments if outcome.value else ()
    filled = [_with_content(asked, each, hashes) for each in environments]
    if None in filled:  # somebody has changed a file since it was looked at
        return as_a_whole(asked)
    return Outcome(Artefacts(tuple(each for each in filled if each)), outcome.diagnostics)


def _every(state: _State) -> tuple[Known, ...]:
    return (*state.known.values(), *((state.common,) if state.common else ()))


def _with_content(
    asked: Asked, environment: EnvironmentArtefacts, hashes: Mapping[str, str]
) -> EnvironmentArtefacts | None:
    """The environment with the content of all its files; None where one has changed."""
    read = [
        Artefact(path, path.rpartition("/")[0], read_at_most(asked.generated / path, LONGEST))
        for path in environment.standing
    ]
    if any(digest(file.content) != hashes[file.path] for file in read):
        return None
    files = sorted((*environment.files, *read), key=lambda file: file.path)
    return EnvironmentArtefacts(environment.name, tuple(files), environment.inventory)


# --- what is kept --------------------------------------------------------------------------------


def _keep(
    cache: Cache, asked: Asked, state: _State, made: Compiled, parts: tuple[Outcome[Part], ...]
) -> None:
    """Keep what was made, and what was seen of the files that stand."""
    folders = {**_still(state), **memorable(state.seen, state.digests)}
    if parts or folders != state.ledger.folders:
        known, common = known_of(parts)
        every = {**state.known, **known}
        ledger = new_ledger(cache, state.keys, every, common if parts else state.common or NOTHING)
        kept.keep_ledger(cache, replace(ledger, folders=folders))
    kept.keep_last(cache, asked.sources)
    kept.keep_settled(cache, None if parts else _settled(cache, state, made))


def known_of(parts: Iterable[Outcome[Part]]) -> tuple[dict[str, Known], Known]:
    """What is known of the leaves of these parts, and of what is shared."""
    made = [part.value for part in parts if part.value]
    leaves = {leaf: piece.known for part in made for leaf, piece in part.leaves.items()}
    return leaves, made[0].common.known if made else NOTHING


def _still(state: _State) -> dict[str, Remembered]:
    """What was remembered and still holds."""
    stamps = state.seen.stamps
    return {
        folder: known
        for folder, known in state.ledger.folders.items()
        if stamps.get(folder) == known.stamp
    }


def new_ledger(cache: Cache, keys: Keys, known: Mapping[str, Known], common: Known) -> Ledger:
    """What is to be kept of all leaves, and of what is shared."""
    leaves = {leaf: Kept(keys.leaf(leaf, of.reads), of) for leaf, of in known.items()}
    return Ledger(cache.compiler, Kept(keys.common(known), common), leaves, {})


def _settled(cache: Cache, state: _State, made: Compiled) -> Settled | None:
    """That nothing is left to do; None where something is, or may be a moment later."""
    environments = made.outcome.value.environments if made.outcome.value else ()
    files = [file for each in environments for file in (*each.files, each.inventory)]
    wanted = {file.path for file in files}.union(*(each.standing for each in environments))
    folders = {folder for path in wanted for folder in ancestors(path)}
    expected = dict.fromkeys(wanted, Kind.FILE) | dict.fromkeys(folders, Kind.FOLDER)
    stands = all(digest(file.content) == _standing(file.path, state.digests) for file in files)
    if not stands or state.seen.fresh or state.seen.found != expected:
        return None
    look_stamp = kept.look_stamp(state.seen)
    found = made.outcome.diagnostics
    return Settled(cache.run, look_stamp, len(wanted), made.units, found)

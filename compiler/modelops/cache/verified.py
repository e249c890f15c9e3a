"""A compile without the cache that finds out what the cache would have had otherwise, and mends it.

Part of `cache`.
"""

from collections.abc import Iterator, Mapping

from modelops.cache import kept
from modelops.cache.anew import as_a_whole, parts_of
from modelops.cache.asked import Asked, Verified
from modelops.cache.compiled import known_of, looked, new_ledger
from modelops.cache.keys import keys_of
from modelops.cache.ledger import Ledger
from modelops.disk import Look, known_digests
from modelops.documents import Preview
from modelops.parts import cut, leaf_unit
from modelops.parts.join import join

SHARED = "what the environments share"


def verified(asked: Asked) -> Verified:
    """The artefacts of the sources, made anew; the cache is held against them and mended.

    Raises:
        SynthesisFailed: Node could not do its work.
        Unreadable: something in `generated/` cannot be read.
    """
    cache = kept.opened(asked)
    if cache is None or asked.preview != Preview():
        return Verified(as_a_whole(asked), 0, ())
    sources, blobs = cut(asked.sources), asked.before.listed() if asked.before else {}
    parts = parts_of(asked, sources, tuple(sources.leaves), {}, blobs)
    outcome = join(parts, {}) or as_a_whole(asked)
    if outcome.value is None or any(part.value is None for part in parts):
        return Verified(outcome, 0, ())
    keys, old = keys_of(cache.compiler, sources, blobs), kept.ledger(cache)
    new = new_ledger(cache, keys, *known_of(parts))
    wrong = sorted((*_wrong(old, new), *_misremembered(looked(asked), old)))
    kept.keep_ledger(cache, new)
    kept.keep_settled(cache, None)
    return Verified(outcome, len(_fitting(old, new)), tuple(wrong))


def _fitting(old: Ledger, new: Ledger) -> list[str]:
    """The leaves that a compile would have taken from the cache."""
    keys = {leaf: entry.key for leaf, entry in old.leaves.items()}
    return [leaf for leaf, entry in new.leaves.items() if keys.get(leaf) == entry.key]


def _wrong(old: Ledger, new: Ledger) -> Iterator[str]:
    """What a compile would have taken from the cache, and is not so."""
    for leaf in _fitting(old, new):
        if old.leaves[leaf] != new.leaves[leaf]:
            yield leaf_unit(leaf)
    shared, made = old.common, new.common
    if shared and made and shared.key == made.key and shared.known.files != made.known.files:
        yield SHARED


def _misremembered(seen: Look, old: Ledger) -> Iterator[str]:
    """The folders that look as they did, with files that are not as remembered."""
    for folder, known in old.folders.items():
        if seen.stamps.get(folder) == known.stamp:
            paths = [f"{folder}/{name}" for name in known.digests]
            now: Mapping[str, str] = known_digests(seen, paths, {}).get(folder, {})
            if now != known.digests:
                yield f"{seen.root.name}/{folder}"

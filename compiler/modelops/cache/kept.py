"""The cache of one project and one compiler: what is found in it, and what goes into it.

Part of `cache`. Everything may be absent at any time; nothing here fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256

from modelops.cache.asked import Asked
from modelops.cache.fingerprint import fingerprint, loaded_fingerprint
from modelops.cache.keys import run_key
from modelops.cache.last import Last, last_content, read_last
from modelops.cache.ledger import (
    NO_LEDGER,
    Ledger,
    Settled,
    ledger_content,
    read_ledger,
    read_settled,
    settled_content,
)
from modelops.cache.store import Store, drop, find, keep, prune
from modelops.cache.store import opened as opened_store
from modelops.disk import Look


@dataclass(frozen=True, slots=True)
class Cache:
    """An open cache.

    Attributes:
        compiler: the fingerprint of the compiler.
        project: tells whose entries are meant.
        run: the key of the compile that was asked for.
    """

    store: Store
    compiler: str
    project: str
    run: str


def opened(asked: Asked) -> Cache | None:
    """The cache for a compile; None where there can be none."""
    store, compiler = opened_store(), loaded_fingerprint()
    if store is None or compiler is None:
        return None
    commit = asked.before.commit if asked.before else ""
    project = "\n".join([str(asked.generated), *asked.named])
    return Cache(store, compiler, project, run_key(compiler, asked.sources, commit))


def is_ours(cache: Cache) -> bool:
    """Whether the compiler on the disk is still the one that runs."""
    return fingerprint() == cache.compiler


def ledger(cache: Cache) -> Ledger:
    """What is known of the last compile; nothing where there was none."""
    content = find(cache.store, _key(cache, "ledger"))
    return (read_ledger(content) if content else None) or NO_LEDGER


def keep_ledger(cache: Cache, new: Ledger) -> None:
    """Make this what is known of the last compile."""
    keep(cache.store, _key(cache, "ledger"), ledger_content(new))
    prune(cache.store)


def settled(cache: Cache) -> Settled | None:
    """The compile that left nothing to do, if it was the one that is asked for."""
    content = find(cache.store, _key(cache, "settled"))
    found = read_settled(content) if content else None
    return found if found and found.run == cache.run else None


def keep_settled(cache: Cache, new: Settled | None) -> None:
    """Remember that nothing is left to do, or that there is."""
    if new is None:
        drop(cache.store, _key(cache, "settled"))
    else:
        keep(cache.store, _key(cache, "settled"), settled_content(new))


def last(cache: Cache) -> Last | None:
    """The sources of the last compile."""
    content = find(cache.store, _key(cache, "last"))
    return read_last(content) if content else None


def keep_last(cache: Cache, sources: Mapping[str, bytes]) -> None:
    """Make these the sources of the last compile, so that the next can tell what changed."""
    before = find(cache.store, _key(cache, "last"))
    if before is None or not before.startswith(f"{cache.run}\n".encode()):
        content = last_content(Last(cache.run, cache.compiler, sources))
        keep(cache.store, _key(cache, "last"), content)


def look_stamp(seen: Look) -> str:
    """A stamp of all that was seen."""
    digest = blake2b(digest_size=16)
    for folder, stamp in sorted(seen.stamps.items()):
        digest.update(f"{folder}\0{stamp}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _key(cache: Cache, what: str) -> str:
    return sha256(f"{what} {cache.project}".encode("utf-8", "surrogateescape")).hexdigest()

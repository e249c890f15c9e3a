"""The keys of what is kept: a hash of everything that it follows from.

Part of `cache`. Pure.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

from modelops.parts.cut import Cut, Sources, leaf_unit, read_always
from modelops.parts.piece import Known

Blobs = Mapping[str, str]
"""What identifies the content of older generated files, by path below `generated/`."""


def run_key(compiler: str, sources: Sources, commit: str) -> str:
    """Of all that a compile without a preview follows from, and what it tells."""
    digest = sha256(f"run {compiler} {commit}\n".encode())
    for path, content in sorted(sources.items()):
        name = path.encode("utf-8", "surrogateescape")
        digest.update(f"{len(name)} {len(content)}\n".encode() + name)
        digest.update(content)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keys of one compile are made of.

    Attributes:
        compiler: its fingerprint.
        shared: the files that are no unit's, sorted.
        digests: of every source file.
        earlier: a hash of the older files of each unit, and of all others under the empty name.
    """

    compiler: str
    shared: tuple[str, ...]
    digests: Mapping[str, str]
    earlier: Mapping[str, str]

    def leaf(self, leaf: str, reads: Iterable[str]) -> str:
        """The key of a unit's file that reads these beside it."""
        read = [(file, self.digests.get(file)) for file in (*read_always(leaf), *reads)]
        return _key(["leaf", self.compiler, leaf, read, self.earlier.get(leaf_unit(leaf))])

    def common(self, leaves: Mapping[str, Known]) -> str:
        """The key of what is shared, in which these leaves have a part by what they read of it.

        And by their logins, which stand in the file of their environment's infrastructure.
        """
        read = [(file, self.digests[file]) for file in self.shared]
        used = sorted({file for known in leaves.values() for file in known.reads})
        logins = sorted(
            (login.identity, sorted(login.credential.items()))
            for known in leaves.values()
            for login in known.logins
        )
        return _key(["common", self.compiler, read, used, logins, self.earlier.get("")])


def keys_of(compiler: str, sources: Cut, blobs: Blobs) -> Keys:
    """What the keys of a compile are made of."""
    every = {**sources.shared, **sources.leaves}
    units = {leaf_unit(leaf) for leaf in sources.leaves}
    shared = tuple(sorted(sources.shared))
    return Keys(compiler, shared, _digests(every), _by_unit(blobs, units))


def _digests(sources: Sources) -> dict[str, str]:
    return {file: blake2b(content, digest_size=20).hexdigest() for file, content in sources.items()}


def _by_unit(blobs: Blobs, units: set[str]) -> dict[str, str]:
    """A hash of the older files of each unit; of all that are no unit's, under the empty name."""
    shelves: dict[str, list[tuple[str, str]]] = {}
    for path, blob in sorted(blobs.items()):
        unit = "/".join(path.split("/")[:3])
        shelves.setdefault(unit if unit in units else "", []).append((path, blob))
    return {unit: _key(files) for unit, files in shelves.items()}


def _key(value: Any) -> str:  # noqa: ANN401 -- whatever JSON can hold
    return sha256(json.dumps(value).encode()).hexdigest()

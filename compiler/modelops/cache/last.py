"""The sources of a project's last compile, kept so that people can be told what changed since.

Part of `cache`. Pure; a content that has another shape than ours is None, as if it were not there.
"""

import json
from dataclasses import dataclass

from modelops.cache.ledger import MISSHAPEN
from modelops.parts.cut import Sources


@dataclass(frozen=True, slots=True)
class Last:
    """The last compile of a project that succeeded.

    Attributes:
        run: the key of that compile.
        compiler: the fingerprint of the compiler that did it.
    """

    run: str
    compiler: str
    sources: Sources


def last_content(last: Last) -> bytes:
    """The key of the run stands first, so that it can be told without reading the rest."""
    sources = {path: content.decode("latin-1") for path, content in last.sources.items()}
    return f"{last.run}\n".encode() + json.dumps([last.compiler, sources]).encode()


def read_last(content: bytes) -> Last | None:
    """The compile that `last_content` was given."""
    run, _, rest = content.partition(b"\n")
    try:
        compiler, sources = json.loads(rest)
        texts = {str(path): text.encode("latin-1") for path, text in sources.items()}
        return Last(run.decode(), str(compiler), texts)
    except MISSHAPEN:
        return None

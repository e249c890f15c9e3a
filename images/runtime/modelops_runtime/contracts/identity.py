"""Contracts: one spelling for each value, and the hash of it that serves as an id.

An id covers the kind of the value too, so that a parameter set and a task never share one. The
kinds carry a version: whoever changes what a kind covers counts it up, and no old id means anything
new.
"""

import json
import re
from hashlib import blake2b

from modelops_runtime.contracts.violation import ContractViolation

ID_BYTES = 32
"""256 bits: nobody finds two values with one id, not even on purpose."""

ID = re.compile(r"[0-9a-f]{64}")
"""How ids and checksums are written."""

SEED_BYTES = 8


def canonical_json(value: object) -> bytes:
    """The value as JSON in UTF-8: keys sorted, no spaces, numbers in Python's shortest spelling.

    `1`, `1.0`, `true` and `"1"` stay four values; `1.0` and `1e0` are one.

    Raises:
        ContractViolation: JSON has no such value, such as a number that is not finite.
    """
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ContractViolation(f"JSON cannot hold it: {error}") from error


def content_id(kind: str, value: object) -> str:
    """The id of a value of a kind: BLAKE2b of its canonical JSON, personalised by the kind."""
    return blake2b(
        canonical_json(value), digest_size=ID_BYTES, person=kind.encode("ascii")
    ).hexdigest()


def checksum(content: bytes) -> str:
    """The hash of bytes: what they are called where they are stored."""
    return blake2b(content, digest_size=ID_BYTES).hexdigest()


def uint64(text: str) -> int:
    """A number below 2^64 that a text always leads to: BLAKE2b of it, read little-endian."""
    return int.from_bytes(blake2b(text.encode(), digest_size=SEED_BYTES).digest(), "little")

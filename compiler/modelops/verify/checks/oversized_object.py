"""GIT008: an object that is too large for the API server to keep.

Source of the limits: etcd refuses requests above 1.5 MiB by default (`--max-request-bytes`), and
Kubernetes ConfigMaps whose data is above 1 MiB (`MaxSecretSize` of its core API). One mebibyte of
JSON keeps clear of both, and leaves room for what the cluster adds.
"""

import json
from collections.abc import Iterator

from jsonschema_rs.canonical.json import to_string

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.manifests import Body
from modelops.verify.placement import Placement, finding

LARGEST = 1 << 20
"""Bytes of an object as JSON."""

HELP = "move what is long into the image or a bundle, or split it"


def oversized_object(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every object above the limit."""
    for placed in placement.objects:
        # A character has four bytes at most; few objects need their bytes counted.
        if len(to_string(placed.body)) * 4 > LARGEST and (size := _size(placed.body)) > LARGEST:
            message = f"has {size:,} bytes; at most {LARGEST:,} are taken"
            yield finding(git.GIT008, placed, (), message, HELP)


def _size(body: Body) -> int:
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return len(text.encode("utf-8", "replace"))

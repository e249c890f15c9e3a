"""Which compiler this is: its own files and what is installed with it, as one hash.

Part of `cache`. Whatever could make other bytes of the same sources must be in it, for a hit is
never held against the sources again. Reads every file once.
"""

import os
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).parents[1]

NODE_VARIABLE = "MODELOPS_NODE"
"""What `synth` starts instead of the Node that was installed with us."""

INSTALLED = (".dist-info", ".egg-info")
"""How the names of folders end that tell a package's version; faster than reading what is in them.
"""


def loaded_fingerprint() -> str | None:
    """Of the compiler as it was when this was first called; None where it cannot be read.

    Later changes of its files do not change what a running program has imported.
    """
    return _loaded(os.environ.get(NODE_VARIABLE, ""))


def fingerprint() -> str | None:
    """Of the compiler as it stands on the disk now."""
    digest = sha256(
        f"{sys.version}\n{os.environ.get(NODE_VARIABLE, '')}\n".encode("utf-8", "replace")
    )
    try:
        for name in _installed():
            digest.update(f"{name}\n".encode("utf-8", "replace"))
        for path in _files(str(PACKAGE)):
            content = Path(path).read_bytes()
            digest.update(f"{path[len(str(PACKAGE)) :]} {len(content)}\n".encode())
            digest.update(content)
    except OSError:
        return None
    return digest.hexdigest()


@cache
def _loaded(_node: str) -> str | None:
    return fingerprint()


def _installed() -> list[str]:
    """`pydantic-2.14.3.dist-info` of everything that can be imported, sorted."""
    names: set[str] = set()
    for folder in filter(os.path.isdir, sys.path):
        with os.scandir(folder) as entries:
            names.update(entry.name for entry in entries if entry.name.endswith(INSTALLED))
    return sorted(names)


def _files(folder: str) -> list[str]:
    """Every file below a folder but compiled Python, sorted."""
    found: list[str] = []
    for above, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found.extend(f"{above}/{name}" for name in files)
    return sorted(found)

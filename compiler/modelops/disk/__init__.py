"""The shell's hands: reads `environments/`, compares and writes `generated/`, `schemas/`, `--out`.

Bytes come in from the disk as `{path: bytes}` and leave as `Artefacts`; nothing here knows what
they mean. Everything is all or nothing per file: a killed compile, a full disk or a second compile
at the same time leave each file either as it was or complete, and the next write heals the rest.
What the world does wrong is raised as `WorldFailure` and caught once, in `cli`.
"""

from modelops.disk.atomic import put_if_other
from modelops.disk.differences import Change, Differences, Limit, Written, diff_excerpt
from modelops.disk.export import GENERATED, export
from modelops.disk.failures import (
    Busy,
    InTheWay,
    NotAProject,
    Unreadable,
    Unwritable,
    WorldFailure,
    shown,
)
from modelops.disk.flat import compare_flat, write_flat
from modelops.disk.generated import Scope, compare, write
from modelops.disk.history import Committed, NoHistory, committed
from modelops.disk.listing import Kind, ancestors, read_at_most
from modelops.disk.sources import (
    SHARED_FOLDER,
    SOURCES,
    environment_names,
    find_root,
    read_sources,
)
from modelops.disk.standing import (
    Look,
    Remembered,
    known_digests,
    look,
    memorable,
    owned_folders,
)

__all__ = [
    "GENERATED",
    "SHARED_FOLDER",
    "SOURCES",
    "Busy",
    "Change",
    "Committed",
    "Differences",
    "InTheWay",
    "Kind",
    "Limit",
    "Look",
    "NoHistory",
    "NotAProject",
    "Remembered",
    "Scope",
    "Unreadable",
    "Unwritable",
    "WorldFailure",
    "Written",
    "ancestors",
    "committed",
    "compare",
    "compare_flat",
    "diff_excerpt",
    "environment_names",
    "export",
    "find_root",
    "known_digests",
    "look",
    "memorable",
    "owned_folders",
    "put_if_other",
    "read_at_most",
    "read_sources",
    "shown",
    "write",
    "write_flat",
]

"""What is asked of the cache, and what it answers: the vocabulary of `cache`."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from modelops.cache.reasons import Rebuilt
from modelops.diagnostics import Outcome
from modelops.disk import Look
from modelops.documents import Preview
from modelops.manifests import Artefacts

During = Callable[[str], AbstractContextManager[None]]


class Before(Protocol):
    """Generated files as they were committed earlier; `disk.Committed` is one."""

    @property
    def commit(self) -> str:
        """What identifies all of them."""

    def listed(self) -> Mapping[str, str]:
        """What identifies the content of each, by path below `generated/`."""

    def read(self, listed: Mapping[str, str]) -> Mapping[str, bytes]:
        """The content of some that were listed, by path."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compiled.

    Attributes:
        sources: every file of the environments, and what they share.
        preview: what the command line adds to them.
        before: what was committed earlier; it changes what is told.
        generated: the folder where artefacts may stand already.
        named: the environments that were asked for; empty for all of them.
        during: entered with the name of each stage while it runs.
        jobs: how many processes may work on it.
        whole: whether the content of every file is wanted, also of those that stand.
    """

    sources: Mapping[str, bytes]
    preview: Preview
    before: Before | None
    generated: Path
    named: tuple[str, ...]
    during: During
    jobs: int = 1
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Compiled:
    """What was made, and how much of it anew.

    Attributes:
        outcome: the artefacts; without any where everything stands as it should.
        rebuilt: the units that were made anew, in order.
        units: how many there are; 0 where nothing was made.
        seen: what stood in the folder; None where nobody looked.
        files: how many files there are, where all of them stand as they should; else 0.
    """

    outcome: Outcome[Artefacts]
    rebuilt: tuple[Rebuilt, ...] = ()
    units: int = 0
    seen: Look | None = None
    files: int = 0


@dataclass(frozen=True, slots=True)
class Verified:
    """What was made without the cache, and what the cache would have had otherwise.

    Attributes:
        checked: how many units were in the cache.
        wrong: what was wrong in it, sorted; it is gone.
    """

    outcome: Outcome[Artefacts]
    checked: int
    wrong: tuple[str, ...]

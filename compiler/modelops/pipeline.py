"""The program on one page: the stages in order, and nothing else.

Sources go in as path and bytes, artefacts come out as path and bytes; between two stages stands a
frozen value. A stage that finds an error is the last: what it and those before it found is told,
and nothing is written. Only `synth` starts a process; `judge` stops before it.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from modelops.diagnostics import Outcome, worst_first
from modelops.documents import Layered, Preview
from modelops.layer import layer
from modelops.load import load
from modelops.manifests import Artefacts, Manifests
from modelops.model import Configuration
from modelops.plan import plan
from modelops.render import render
from modelops.synth import synth
from modelops.validate import validate
from modelops.verify import verify

A = TypeVar("A")
B = TypeVar("B")

Sources = Mapping[str, bytes]
"""The content of every input file by its path below the project root."""

NO_PREVIEW = Preview()


def compile_sources(sources: Sources, preview: Preview = NO_PREVIEW) -> Outcome[Artefacts]:
    """Every stage: from the files that people wrote to the files that Flux reads."""
    return _then(judge(sources, preview), lambda manifests: Outcome(synth(manifests)))


def judge(sources: Sources, preview: Preview = NO_PREVIEW) -> Outcome[Manifests]:
    """Every stage that can find something wrong: all but the last."""
    planned = _then(configure(sources, preview), plan)
    return _then(_then(planned, lambda decided: Outcome(render(decided))), verify)


def configure(sources: Sources, preview: Preview = NO_PREVIEW) -> Outcome[Configuration]:
    """The effective configuration, each object valid by itself."""
    return _then(arrange(sources, preview), validate)


def arrange(sources: Sources, preview: Preview = NO_PREVIEW) -> Outcome[Layered]:
    """Every object with its layers merged, and the origin of each value."""
    return _then(load(sources), lambda documents: layer(documents, preview))


def _then(before: Outcome[A], stage: Callable[[A], Outcome[B]]) -> Outcome[B]:
    """The next stage, where the one before found no error; what both found."""
    if before.value is None or before.failed:
        return Outcome(None, before.diagnostics)
    after = stage(before.value)
    return Outcome(after.value, worst_first((*before.diagnostics, *after.diagnostics)))

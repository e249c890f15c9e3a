"""The program on one page: the stages in order, and nothing else.

Sources go in as path and bytes, artefacts come out as path and bytes; between two stages stands a
frozen value. A stage that finds an error is the last: what it and those before it found is told,
and nothing is written. Only `synth` starts a process; `judge` stops before it.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from modelops.diagnostics import Outcome, as_told, worst_first
from modelops.documents import Layered, Preview
from modelops.layer import layer
from modelops.load import load
from modelops.manifests import Artefacts, Manifests
from modelops.model import Configuration
from modelops.plan import plan, remembered
from modelops.render import render
from modelops.synth import synth
from modelops.validate import validate
from modelops.verify import NOTHING, verify

A = TypeVar("A")
B = TypeVar("B")

Sources = Mapping[str, bytes]
"""The content of every input file by its path below the project root."""

Earlier = Mapping[str, bytes]
"""Files of an older `generated/` by their path below it."""

NO_PREVIEW = Preview()

During = Callable[[str], AbstractContextManager[None]]
"""Entered with the name of each stage while it runs: how someone outside can measure it."""


def unobserved(_stage: str) -> AbstractContextManager[None]:
    """Nobody looks on."""
    return nullcontext()


def compile_sources(
    sources: Sources,
    preview: Preview = NO_PREVIEW,
    earlier: Earlier = NOTHING,
    during: During = unobserved,
) -> Outcome[Artefacts]:
    """Every stage: from the files that people wrote to the files that Flux reads.

    What was committed earlier changes what is told, never what is made.
    """
    return finish(judge(sources, preview, earlier, during), during)


def judge(
    sources: Sources,
    preview: Preview = NO_PREVIEW,
    earlier: Earlier = NOTHING,
    during: During = unobserved,
) -> Outcome[Manifests]:
    """Every stage that can find something wrong: all but the last."""
    judged = decide(configure(sources, preview, during), earlier, during)
    return Outcome(judged.value, as_told(judged.diagnostics))


def finish(judged: Outcome[Manifests], during: During = unobserved) -> Outcome[Artefacts]:
    """The last stage."""
    return _then(judged, lambda manifests: Outcome(synth(manifests)), during, "synth")


def decide(
    configured: Outcome[Configuration],
    earlier: Earlier = NOTHING,
    during: During = unobserved,
) -> Outcome[Manifests]:
    """What is made of a configuration; every finding knows the file that it belongs to."""
    planned = _then(configured, plan, during, "plan")
    rendered = _then(planned, lambda decided: Outcome(render(decided)), during, "render")
    return _then(rendered, lambda manifests: verify(manifests, earlier), during, "verify")


def remember(sources: Sources, preview: Preview = NO_PREVIEW) -> Outcome[Manifests]:
    """The objects of `judge`, equal to them, with values that remember how they came to be."""
    configured = configure(sources, preview)
    planned = _then(configured, plan, unobserved, "plan")
    if configured.value is None or planned.value is None:
        return Outcome(None, planned.diagnostics)
    return Outcome(render(remembered(configured.value)), planned.diagnostics)


def configure(
    sources: Sources, preview: Preview = NO_PREVIEW, during: During = unobserved
) -> Outcome[Configuration]:
    """The effective configuration, each object valid by itself."""
    return _then(arrange(sources, preview, during), validate, during, "validate")


def arrange(
    sources: Sources, preview: Preview = NO_PREVIEW, during: During = unobserved
) -> Outcome[Layered]:
    """Every object with its layers merged, and the origin of each value."""
    loaded = _then(Outcome(sources), load, during, "load")
    return _then(loaded, lambda documents: layer(documents, preview), during, "layer")


def _then(
    before: Outcome[A], stage: Callable[[A], Outcome[B]], during: During, name: str
) -> Outcome[B]:
    """The next stage, where the one before found no error; what both found."""
    if before.value is None or before.failed:
        return Outcome(None, before.diagnostics)
    with during(name):
        after = stage(before.value)
    return Outcome(after.value, worst_first((*before.diagnostics, *after.diagnostics)))

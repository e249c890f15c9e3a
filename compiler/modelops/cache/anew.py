"""A compile without the cache; the stages are imported here, when something has to be made.

Part of `cache`. In parts, where several processes may work on it or memory would not do for all at
once; as a whole, where a part would not know enough.
"""

from collections.abc import Mapping, Sequence

from modelops.cache.asked import Asked, Compiled
from modelops.diagnostics import Outcome
from modelops.documents import Preview
from modelops.manifests import Artefacts
from modelops.parts import Cut, Known, Part, cut
from modelops.parts.cut import earlier_of
from modelops.parts.join import join

Blobs = Mapping[str, str]


def anew(asked: Asked) -> Compiled:
    """All artefacts of the sources.

    Raises:
        SynthesisFailed: Node could not do its work.
    """
    if asked.preview != Preview():
        return Compiled(as_a_whole(asked))
    sources = cut(asked.sources)
    blobs = asked.before.listed() if asked.before else {}
    parts = parts_of(asked, sources, tuple(sources.leaves), {}, blobs)
    return Compiled(join(parts, {}) or as_a_whole(asked))


def parts_of(
    asked: Asked, sources: Cut, leaves: Sequence[str], known: Mapping[str, Known], blobs: Blobs
) -> tuple[Outcome[Part], ...]:
    """The parts of some leaves, one at least, where all other leaves are `known`.

    Raises:
        SynthesisFailed: Node could not do its work.
    """
    with asked.during("imports"):
        from modelops.synth import early_child  # noqa: PLC0415 -- see the module

    # Node gets ready on one processor while Python does on the other.
    with early_child():
        with asked.during("imports"):
            from modelops.parts.crew import compile_parts  # noqa: PLC0415 -- see the module

        earlier = asked.before.read(earlier_of(leaves, blobs)) if asked.before else {}
        return compile_parts(sources, leaves, known, asked.jobs, earlier, asked.during)


def as_a_whole(asked: Asked) -> Outcome[Artefacts]:
    """What one compile of everything makes of the sources.

    Raises:
        SynthesisFailed: Node could not do its work.
    """
    with asked.during("imports"):
        from modelops.pipeline import compile_sources  # noqa: PLC0415 -- see the module

    earlier = asked.before.read(asked.before.listed()) if asked.before else {}
    return compile_sources(asked.sources, asked.preview, earlier, asked.during)

"""Parts through the pipeline, in this process and in others beside it.

Part of `parts`. Which process makes a part, and how many there are, changes nothing but time and
memory: a portion's objects are in memory at once, and the files of all.
"""

import gc
import multiprocessing
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import pairwise

from modelops.diagnostics import Outcome
from modelops.parts.cut import Cut, Sources, cut, earlier_of
from modelops.parts.infra import completed
from modelops.parts.make import made
from modelops.parts.piece import Known, Part
from modelops.pipeline import During, Earlier, unobserved
from modelops.synth import SynthesisFailed

PORTION = 500
"""Leaves at most that go through the pipeline together."""

WORTH = 150
"""Leaves at least that are worth starting a process for: it takes as long as compiling so many."""


def compile_parts(
    sources: Cut,
    leaves: Sequence[str],
    known: Mapping[str, Known],
    jobs: int,
    earlier: Earlier,
    during: During,
) -> tuple[Outcome[Part], ...]:
    """The parts of these leaves, each leaf in one of them; one part where there are no leaves.

    Args:
        sources: everything.
        leaves: what is to be made.
        known: all other leaves, which are not made again.
        jobs: how many processes may work on it, this one among them.
        earlier: files of an older `generated/`.
        during: entered for the stages in this process.

    Raises:
        SynthesisFailed: Node could not do its work, or a process was killed.
    """
    processes = max(1, min(jobs, len(leaves) // WORTH))
    portions = _portions(leaves, processes)
    if processes == 1:
        alone = (made(sources, portion, earlier, during) for portion in portions)
        return completed(alone, known)
    with _pool(processes - 1) as pool:
        sent = {
            number: pool.submit(
                _made,
                sources.only(sources.with_named(portion)),
                tuple(portion),
                earlier_of(portion, earlier),
            )
            for number, portion in enumerate(portions)
            if number % processes
        }
        own = {
            number: made(sources, portion, earlier, during)
            for number, portion in enumerate(portions)
            if number not in sent
        }
        with during("waiting"):
            others = {number: future.result() for number, future in sent.items()}
    return completed((part for _, part in sorted({**own, **others}.items())), known)


def _portions(leaves: Sequence[str], processes: int) -> list[Sequence[str]]:
    """The leaves in order, in as many portions for each process; at least one, even of nothing."""
    count = -(-len(leaves) // (PORTION * processes)) * processes or 1
    edges = [len(leaves) * number // count for number in range(count + 1)]
    return [leaves[start:end] for start, end in pairwise(edges)]


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that begin anew: this one may have threads, which a fork would lose half-way."""
    begun_anew = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, begun_anew, initializer=_begin)
    try:
        yield pool
    except BrokenProcessPool as error:
        raise SynthesisFailed(
            "a process that compiled a part was killed: there may be too little memory.",
            "Run it again with `--jobs 1`.",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """As the first process does it: it ends the others on Ctrl-C, and looks for no cycles."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _made(sources: Sources, leaves: Sequence[str], earlier: Earlier) -> Outcome[Part]:
    return made(cut(sources), leaves, earlier, unobserved)

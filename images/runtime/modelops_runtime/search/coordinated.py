"""Part of `search`: one worker leads, the others stand by.

The leader alone has the algorithm, in its memory, and alone may write the log. Whoever leads next
makes both of what the log says: the algorithm learns again what it was told, trials that were begun
and not told begin again with the same parameters and seeds, and nothing else is needed. To lose the
store is to lose the lead; then this worker stands by again, as the others do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm
from modelops_runtime.central_store.events import Ending
from modelops_runtime.central_store.history import History, Phase, as_past, history
from modelops_runtime.search import decisions
from modelops_runtime.search.decisions import Outcome
from modelops_runtime.search.experiment import experiment
from modelops_runtime.search.leading import Lead, LeadersLog, as_leader
from modelops_runtime.search.loop import Loop, Means
from modelops_runtime.search.mirror import WriteBehind
from modelops_runtime.search.results import conclude
from modelops_runtime.search.run import Run


@dataclass(frozen=True, slots=True)
class Leading:
    """What a leader makes anew each time that it begins to lead.

    Attributes:
        algorithm: one that knows nothing yet.
        mirror: a copy of what is finished, kept in step from then on; None where there is none.
        begins: is shown what is known, when this worker begins to lead; None when it ends.
    """

    algorithm: Callable[[], AdaptiveAlgorithm]
    mirror: Callable[[History], WriteBehind] | None
    begins: Callable[[History | None], None]


def coordinated(run: Run, lead: Lead, leading: Leading) -> Outcome:
    """Stand by, and lead whenever nobody else does, until the run has ended or this worker is to.

    Raises:
        Unreachable: the store is away for too long.
        Exception: whatever else the store, the algorithm and the cluster raise for good.
    """
    return as_leader(run, lead, partial(_led, run, leading))


def _led(run: Run, leading: Leading, log: LeadersLog) -> Outcome:
    known = history(log.records())
    algorithm = leading.algorithm()
    leading.begins(known)
    try:
        algorithm.restore(as_past(known.trials[number]) for number in sorted(known.trials))
        # More trials may be wanted now than were when it ended.
        if has_finished(known) and algorithm.finished():
            return Outcome.FINISHED
        outcome = _searched(run, leading, log, known, algorithm)
    finally:
        algorithm.close()
        leading.begins(None)
    if outcome is not Outcome.STOPPED:
        conclude(run, outcome, log, log.ping)
    return outcome


def has_finished(known: History) -> bool:
    """Whether all was told and delivered, and nothing was asked for since."""
    return known.ended is not None and known.ended.ending is Ending.FINISHED


def _searched(
    run: Run, leading: Leading, log: LeadersLog, known: History, algorithm: AdaptiveAlgorithm
) -> Outcome:
    loop = _loop(run, log, known, algorithm)
    if leading.mirror is None:
        return loop.run()
    mirror = leading.mirror(known)
    loop.watchers.append(mirror.saw)
    try:
        outcome = loop.run()
    except BaseException:
        mirror.abandon()
        raise
    mirror.close(log.ping)
    return outcome


def _loop(run: Run, log: LeadersLog, known: History, algorithm: AdaptiveAlgorithm) -> Loop:
    begun = {
        number: len(trial.failures)
        for number, trial in known.trials.items()
        if trial.phase is not Phase.ENDED
    }
    means = Means(
        experiment=experiment(run.config),
        policy=decisions.policy(run.config),
        limits=run.limits,
        algorithm=algorithm,
        journal=log,
        cluster=run.cluster,
        clock=run.clock,
        worker=run.worker,
    )
    return Loop(means, begun, len(known.trials) - len(begun), watchers=list(run.watchers))

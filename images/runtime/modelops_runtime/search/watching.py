"""Part of `search`: what happens, as metrics and as lines of a log."""

import logging
import math
from collections.abc import Iterator, Sequence

from modelops_runtime.central_store.events import Event, Failed, Reported, Started, Told
from modelops_runtime.central_store.history import History
from modelops_runtime.configuration.run import Direction, RunConfig
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.trial import TrialResult, TrialStatus
from modelops_runtime.metrics.search import LEADER, TRIALS, TRIALS_BEST_LOSS, TRIALS_IN_FLIGHT

RUNNING, PRUNED = "running", "pruned"

STATES = (RUNNING, PRUNED, *(status.value for status in TrialStatus))

LOG = logging.getLogger(__name__)


class Watching:
    """Counts trials, and says what became of each."""

    def __init__(self, config: RunConfig) -> None:
        """Begin with nothing."""
        self._run = config.study
        self._better = min if config.direction is Direction.MINIMIZE else max
        self._running: set[int] = set()
        self._pruned: set[int] = set()
        self._best: float | None = None
        self.begins(None)

    def begins(self, known: History | None) -> None:
        """Begin to lead, with what is known; None: another worker does, and counts."""
        LEADER.set(known is not None)
        TRIALS_BEST_LOSS.set(math.nan)
        for state in STATES:
            TRIALS.labels(state).set(0)
        self._running, self._pruned, self._best = set(), set(), None
        for trial in known.trials.values() if known else ():
            if trial.judgement:
                self._count(trial.judgement.result, pruned=trial.pruned)
        self._show()

    def saw(self, events: Sequence[Event]) -> None:
        """Take note of what happened."""
        for event in events:
            match event:
                case Started(number):
                    self._running.add(number)
                case Reported(number, pruned=True):
                    self._pruned.add(number)
                case Failed(number, attempt, judgement):
                    self._say_failures(number, judgement, attempt=attempt, again=True)
                case Told(number, judgement):
                    self._told(number, judgement)
        self._show()

    def _show(self) -> None:
        TRIALS_IN_FLIGHT.set(len(self._running))
        TRIALS.labels(RUNNING).set(len(self._running))

    def _told(self, number: int, judgement: Judgement) -> None:
        pruned = number in self._pruned
        self._pruned.discard(number)
        self._running.discard(number)
        self._count(judgement.result, pruned=pruned)
        self._say_failures(number, judgement)
        result = judgement.result
        about = {"run": self._run, "trial": number, "status": result.status, "loss": result.loss}
        LOG.info("trial pruned" if pruned else "trial ended", extra=about)

    def _count(self, result: TrialResult, *, pruned: bool) -> None:
        TRIALS.labels(PRUNED if pruned else result.status.value).inc()
        if result.loss is None or pruned:
            return
        self._best = result.loss if self._best is None else self._better(self._best, result.loss)
        TRIALS_BEST_LOSS.set(self._best)

    def _say_failures(self, number: int, judgement: Judgement, **more: object) -> None:
        for about in _failures(judgement):
            where = {"run": self._run, "trial": number}
            LOG.warning("simulation failed", extra={**where, **about, **more})


def _failures(judgement: Judgement) -> Iterator[dict[str, object]]:
    """Yield what to say of each simulation that failed, or of what judged them."""
    known = judgement.result.diagnostics.entries
    message = known.get("message")
    for record in judgement.replicates:
        if record.failure:
            yield {"seed": record.seed, "kind": record.failure, "why": message}
    failed = judgement.result.status is not TrialStatus.COMPLETED
    if failed and not any(record.failure for record in judgement.replicates):
        yield {"kind": known.get("kind"), "why": message}

"""Part of `search`: each worker searches for itself, and all share the algorithm through its store.

What a worker asked for is leased to it, and it renews its leases as long as it lives. When it is
stopped it gives them back; when it dies they end, and others go on with its trials. All write one
log, each what it does itself, so a trial may stand there twice; the first counts.
"""

from collections.abc import Sequence
from functools import partial

from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm
from modelops_runtime.central_store.events import Event
from modelops_runtime.central_store.history import history
from modelops_runtime.central_store.log import Log
from modelops_runtime.search import decisions
from modelops_runtime.search.coordinated import has_finished
from modelops_runtime.search.decisions import Outcome
from modelops_runtime.search.experiment import experiment
from modelops_runtime.search.leading import Lead, LeadersLog, as_leader
from modelops_runtime.search.loop import Loop, Means
from modelops_runtime.search.patience import PatientAlgorithm
from modelops_runtime.search.results import conclude
from modelops_runtime.search.run import Run


class OpenLog:
    """A log that everybody may write."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def append(self, events: Sequence[Event]) -> None:
        """Write them."""
        self._log.append(events)

    def ping(self) -> None:
        """Nobody can take it away."""


def independent(run: Run, algorithm: AdaptiveAlgorithm, log: Log, lead: Lead) -> Outcome:
    """Search until all trials are told or this worker is to leave; one delivers the results.

    Raises:
        Unavailable: the store of the algorithm is away for too long.
        Unreachable: that of the log is.
        Exception: whatever else they and the cluster raise for good.
    """
    means = Means(
        experiment=experiment(run.config),
        policy=decisions.policy(run.config),
        limits=run.limits,
        algorithm=PatientAlgorithm(algorithm, run.clock),
        journal=OpenLog(log),
        cluster=run.cluster,
        clock=run.clock,
        worker=run.worker,
        shared=True,
    )
    try:
        outcome = Loop(means, watchers=list(run.watchers)).run()
    finally:
        algorithm.close()
    if outcome is not Outcome.FINISHED:
        return outcome
    return as_leader(run, lead, partial(_concluded, run))


def _concluded(run: Run, log: LeadersLog) -> Outcome:
    """Deliver what all have found, unless another worker has."""
    if not has_finished(history(log.records())):
        conclude(run, Outcome.FINISHED, log, log.ping)
    return Outcome.FINISHED

"""What is known of each trial after the events of a log."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from tests.runtime.trial_events import (
    asked,
    completed,
    failed,
    parameters,
    pruned,
    retried,
    some_of_all,
    timed_out,
    whole,
)

from modelops_runtime.algorithms.protocol import Past, Proposal
from modelops_runtime.central_store.events import Ended, Ending, Event, Started, Told
from modelops_runtime.central_store.history import (
    Failure,
    History,
    Inconsistent,
    Phase,
    Trial,
    as_past,
    history,
)
from modelops_runtime.central_store.log import MemoryLog
from modelops_runtime.contracts.simulation import FailureKind

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def at(position: int) -> datetime:
    """When the event at a position was appended."""
    return BEGAN + timedelta(seconds=position)


def known(*events: Event) -> History:
    seconds = count(1)
    log = MemoryLog(lambda: at(next(seconds)))
    log.append(events)
    return history(log.records())


def test_nothing_is_known_of_nothing() -> None:
    found = known()
    assert (found.trials, found.ended, found.ended_at, found.position) == ({}, None, None, 0)


def test_a_trial_that_went_well() -> None:
    found = known(*whole(4, 2.5))
    assert found.trials == {
        4: Trial(
            Proposal(4, parameters(4), 0, {"seen": [1, 2.5, None, {"a": True}]}),
            asked_at=at(1),
            phase=Phase.ENDED,
            worker="worker-0",
            started_at=at(2),
            ended_at=at(5),
            judgement=completed(4, 2.5),
            reports=((0, 5.0), (1, 2.5)),
        )
    }
    assert found.position == 5
    assert found.trials[4].proposal.state == asked(4).state


def test_a_trial_that_was_tried_again() -> None:
    (trial,) = known(*retried(1)).trials.values()
    lost = failed(1, FailureKind.WORKER_LOST)
    assert trial.failures == (Failure(at(3), lost), Failure(at(5), lost))
    assert trial.proposal.attempt == 2
    assert (trial.worker, trial.started_at, trial.ended_at) == ("worker-1", at(6), at(7))
    assert trial.judgement == failed(1)


def test_after_a_failure_it_waits_to_be_started_again() -> None:
    (trial,) = known(*retried(1)[:3]).trials.values()
    assert (trial.phase, trial.proposal.attempt) == (Phase.ASKED, 1)


def test_a_new_attempt_reports_anew() -> None:
    events = [*pruned(0, 3.0)[:3], Started(0, 1, "worker-1")]
    (trial,) = known(*events).trials.values()
    assert (trial.reports, trial.pruned, trial.phase) == ((), False, Phase.RUNNING)


def test_a_trial_that_was_pruned() -> None:
    (trial,) = known(*pruned(0, 3.0)).trials.values()
    assert (trial.pruned, trial.reports, trial.phase) == (True, ((0, 3.0),), Phase.ENDED)


def test_what_stands_twice_counts_once() -> None:
    events = some_of_all()[:-2]
    first, again = known(*events), known(*events, *events)
    assert again.trials == first.trials
    late = known(*events, Told(0, completed(0, 77.0)), Started(0, 3, "late"))
    assert late.trials == first.trials


def test_trials_stand_in_the_order_of_asking() -> None:
    found = known(asked(3), asked(1), *whole(2, 1.0), Started(1, 0, "a"))
    assert list(found.trials) == [3, 1, 2]


def test_a_search_that_has_ended_goes_on_when_more_is_asked() -> None:
    ended = Ended(Ending.FINISHED, "/results")
    found = known(*whole(0, 1.0), ended)
    assert (found.ended, found.ended_at) == (ended, at(6))
    further = known(*whole(0, 1.0), ended, asked(1))
    assert (further.ended, further.ended_at) == (None, None)


@pytest.mark.parametrize("event", [Started(1, 0, "a"), Told(1, completed(1, 1.0))])
def test_a_trial_that_was_never_asked_for_is_an_error(event: Event) -> None:
    with pytest.raises(Inconsistent, match="trial 1"):
        known(asked(0), event)


def test_a_past_is_what_an_algorithm_is_told() -> None:
    trials = known(*pruned(0, 3.0), *timed_out(1), asked(2)).trials
    assert [as_past(trial) for trial in trials.values()] == [
        Past(trials[0].proposal, completed(0, 3.0).result, ((0, 3.0),), pruned=True),
        Past(trials[1].proposal, timed_out(1)[-1].judgement.result),  # type: ignore[union-attr]
        Past(trials[2].proposal, None),
    ]

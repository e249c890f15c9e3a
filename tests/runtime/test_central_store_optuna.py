"""Optuna's tables: what it reads there is what its own way to add trials gives, once and whole."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import optuna
import pytest
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState, create_trial
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool
from tests.runtime.trial_events import some_of_all

from modelops_runtime.algorithms.adapter import DIALECT
from modelops_runtime.algorithms.protocol import Proposal
from modelops_runtime.central_store import optuna_schema
from modelops_runtime.central_store.connection import Settings, connect, opener
from modelops_runtime.central_store.events import Told
from modelops_runtime.central_store.history import History, Phase, Trial, history
from modelops_runtime.central_store.log import MemoryLog
from modelops_runtime.central_store.optuna_schema import (
    Mirror,
    OtherDirection,
    make_study,
    user_attributes,
)
from modelops_runtime.central_store.schema import NotMade
from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.space import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    Space,
    space,
)
from modelops_runtime.contracts.trial import TrialResult, TrialStatus
from modelops_runtime.optuna_adapter.distributions import distributions, encoded

STUDY = "dev/sir"
BEGAN = datetime(2026, 3, 1, 23, 59, 59, 123456, UTC)

SIR = space(
    [
        FloatParameter("beta", 0.0, 1.0),
        IntParameter("contacts", 1, 20),
        CategoricalParameter("policy", ("none", "mask", "lockdown")),
    ]
)

KINDS = space(
    [
        FloatParameter("float", -1e300, 1e300),
        FloatParameter("float_log", 1e-300, 1.0, log=True),
        FloatParameter("float_point", 0.1, 0.1),
        IntParameter("int", -(2**53), 2**53),
        IntParameter("int_log", 1, 2**40, log=True),
        CategoricalParameter("texts", ("", "a\0'\\ü", '"')),
        CategoricalParameter("truths", (False, True)),
        CategoricalParameter("mixed", (1, 2.5, "1", False)),
        CategoricalParameter("alike", (1, 1.0, True, "1")),
    ]
)
POINTS: list[dict[str, Scalar]] = [
    {
        "float": -1e300,
        "float_log": 1e-300,
        "float_point": 0.1,
        "int": -(2**53),
        "int_log": 1,
        "texts": "",
        "truths": False,
        "mixed": 1,
        "alike": 1,
    },
    {
        "float": 0.1 + 0.2,
        "float_log": 1.0,
        "float_point": 0.1,
        "int": 2**53,
        "int_log": 2**40,
        "texts": "a\0'\\ü",
        "truths": True,
        "mixed": 2.5,
        "alike": 1.0,
    },
    {
        "float": 0.0,
        "float_log": 0.05,
        "float_point": 0.1,
        "int": 0,
        "int_log": 3,
        "texts": '"',
        "truths": True,
        "mixed": False,
        "alike": True,
    },
]


@pytest.fixture
def made(database: Settings) -> Settings:
    """A store with Optuna's tables and the study."""
    make_study(database, STUDY, "minimize")
    return database


@pytest.fixture
def mirror(made: Settings) -> Iterator[Mirror]:
    mirror = mirror_of(made, SIR)
    yield mirror
    mirror.close()


def mirror_of(store: Settings, varied: Space) -> Mirror:
    return Mirror(store, STUDY, distributions(varied), partial(encoded, varied))


def study_in(store: Settings, name: str = STUDY) -> optuna.Study:
    """The study, as somebody with Optuna alone would load it."""
    storage = RDBStorage(DIALECT, {"creator": opener(store), "poolclass": NullPool})
    return optuna.load_study(study_name=name, storage=storage)


def loaded(store: Settings) -> list[FrozenTrial]:
    return study_in(store).trials


def some_trials() -> History:
    log = MemoryLog()
    log.append(some_of_all())
    return history(log.records())


def told(number: int, point: ParameterSet, loss: float | None, **known: object) -> Trial:
    status = TrialStatus.FAILED if loss is None else TrialStatus.COMPLETED
    result = TrialResult(point.id, status, loss, (2**64 - 1, 7), diagnostics(known))
    return Trial(
        Proposal(number, point, 2),
        BEGAN + timedelta(seconds=number),
        Phase.ENDED,
        ended_at=BEGAN + timedelta(hours=1, microseconds=number),
        judgement=Judgement(result, ()),
        reports=((0, 3.5), (1, float("nan")), (2, float("inf")), (7, -0.0)),
        pruned=number == 2,
    )


def by_optuna(trial: Trial, varied: Space) -> FrozenTrial:
    """The trial that one would give to `study.add_trial`."""
    assert trial.judgement is not None
    assert trial.ended_at is not None
    states = {"completed": TrialState.PRUNED if trial.pruned else TrialState.COMPLETE}
    result = trial.judgement.result
    made = create_trial(
        state=states.get(result.status, TrialState.FAIL),
        value=result.loss,
        params=encoded(varied, trial.parameters),
        distributions=distributions(varied),
        user_attrs=user_attributes(trial, trial.judgement),
        intermediate_values=dict(trial.reports),
    )
    made.datetime_start = trial.asked_at.astimezone().replace(tzinfo=None)
    made.datetime_complete = trial.ended_at.astimezone().replace(tzinfo=None)
    return made


def plain(trial: FrozenTrial) -> dict[str, object]:
    """All of a trial but its place in the table; types count, and NaN is equal to itself."""
    return {
        "number": trial.number,
        "state": trial.state,
        "values": trial.values,
        "params": sorted((name, repr(value)) for name, value in trial.params.items()),
        "distributions": dict(sorted(trial.distributions.items())),
        "start": trial.datetime_start,
        "complete": trial.datetime_complete,
        "user_attrs": trial.user_attrs,
        "system_attrs": trial.system_attrs,
        "reports": sorted((step, repr(one)) for step, one in trial.intermediate_values.items()),
    }


def test_optuna_reads_what_its_own_way_gives(made: Settings) -> None:
    trials = [
        told(number, ParameterSet(point), [0.1, -1e300, 2.5][number], message=f"it's {number} \0")
        for number, point in enumerate(POINTS)
    ]
    trials += [told(3, ParameterSet(POINTS[0]), None, kind="crashed", message="ü", exit=137)]
    mirror = mirror_of(made, KINDS)
    assert mirror.write(trials) == 4
    mirror.close()
    make_study(made, "by optuna", "minimize")
    study_in(made, "by optuna").add_trials([by_optuna(trial, KINDS) for trial in trials])
    wanted = [plain(trial) for trial in study_in(made, "by optuna").trials]
    assert [plain(trial) for trial in loaded(made)] == wanted
    assert [trial.state.name for trial in loaded(made)] == [
        *("COMPLETE", "COMPLETE", "PRUNED", "FAIL")
    ]
    assert wanted[3]["user_attrs"] == {
        "status": "failed",
        "attempt": 2,
        "seeds": [str(2**64 - 1), "7"],
        "kind": "crashed",
        "message": "ü",
    }


def test_only_trials_that_have_ended_are_written(mirror: Mirror, made: Settings) -> None:
    trials = some_trials().trials
    assert trials[8].phase is Phase.RUNNING
    assert mirror.write(trials.values()) == 8
    assert [trial.number for trial in loaded(made)] == list(range(8))


def test_nothing_is_written_twice(mirror: Mirror, made: Settings) -> None:
    trials = list(some_trials().trials.values())
    assert mirror.write(trials[3:5]) == 2
    assert mirror.write(trials) == 6
    assert mirror.write(trials) == 0
    assert [trial.number for trial in loaded(made)] == list(range(8))
    assert study_in(made).best_trial.number == 3


def test_trials_may_end_in_any_order(mirror: Mirror, made: Settings) -> None:
    for number in (4, 0, 2, 1, 3):
        assert mirror.write([some_trials().trials[number]]) == 1
    found = loaded(made)
    assert [trial.number for trial in found] == list(range(5))
    assert [trial.value for trial in found] == [(number - 3) ** 2 + 0.5 for number in range(5)]


def test_many_trials_are_several_transactions(
    mirror: Mirror, made: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optuna_schema, "TOGETHER", 3)
    assert mirror.write(some_trials().trials.values()) == 8
    with connect(made) as connection:
        rows = connection.execute("SELECT count(*), count(DISTINCT xmin::text) FROM trials")
        assert rows.fetchone() == (8, 3)


def test_a_batch_is_written_whole_or_not_at_all(mirror: Mirror, made: Settings) -> None:
    with connect(made) as connection:
        connection.execute("ALTER TABLE trial_values ADD CHECK (value < 9)")
        with pytest.raises(SQLAlchemyError):
            mirror.write(some_trials().trials.values())
        assert loaded(made) == []
        connection.execute("ALTER TABLE trial_values DROP CONSTRAINT trial_values_value_check")
    assert mirror.write(some_trials().trials.values()) == 8
    assert len(loaded(made)) == 8


def test_two_leaders_of_which_one_is_late_write_each_trial_once(made: Settings) -> None:
    trials = [
        told(number, some_trials().trials[number % 5].parameters, 1.0) for number in range(60)
    ]

    def write(_: int) -> int:
        mirror = mirror_of(made, SIR)
        try:
            return sum(mirror.write(trials[: last + 1]) for last in range(0, 60, 7))
        finally:
            mirror.close()

    with ThreadPoolExecutor(3) as pool:
        written = sum(pool.map(write, range(3)))
    numbers = [trial.number for trial in loaded(made)]
    assert numbers == list(range(written))


def test_a_mirror_outlives_its_connection(mirror: Mirror, made: Settings) -> None:
    trials = list(some_trials().trials.values())
    mirror.write(trials[:2])
    with connect(made) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    mirror.write(trials)
    assert len(loaded(made)) == 8


def test_a_study_is_made_once(database: Settings) -> None:
    make_study(database, STUDY, "maximize")
    make_study(database, STUDY, "maximize")
    make_study(database, "dev/other", "minimize")
    assert study_in(database).direction.name == "MAXIMIZE"
    with connect(database) as connection:
        studies = connection.execute("SELECT study_name FROM studies ORDER BY study_id").fetchall()
    assert studies == [(STUDY,), ("dev/other",)]


def test_a_study_cannot_turn_around(made: Settings) -> None:
    with pytest.raises(OtherDirection, match="restart"):
        make_study(made, STUDY, "maximize")
    assert study_in(made).direction.name == "MINIMIZE"


def test_without_a_study_nothing_is_written(made: Settings) -> None:
    mirror = Mirror(made, "dev/none", distributions(SIR), partial(encoded, SIR))
    with pytest.raises(NotMade, match="store-init"):
        mirror.write(some_trials().trials.values())
    mirror.close()
    with connect(made) as connection:
        assert connection.execute("SELECT count(*) FROM trials").fetchone() == (0,)


def test_all_that_was_told_is_mirrored(mirror: Mirror, made: Settings) -> None:
    """The last words of a log that several write may be there twice."""
    log = MemoryLog()
    log.append([*some_of_all(), *(event for event in some_of_all() if isinstance(event, Told))])
    assert mirror.write(history(log.records()).trials.values()) == 8
    assert len(loaded(made)) == 8

"""A search that several processes share on a real Postgres: at once, killed, and cut off."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import FrozenTrial
from tests.runtime import postgres_store
from tests.runtime.search_grounds import (
    SPACES,
    Shared,
    ended_connections,
    make_tables,
    patiently,
    run,
)
from tests.store.postgres import Server

from modelops_runtime.algorithms.adapter import DIALECT
from modelops_runtime.algorithms.conformance import completed, ended, loss_of
from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm, Telling, Unavailable
from modelops_runtime.central_store.connection import Settings, engine_arguments, opener
from modelops_runtime.configuration.run import RunConfig
from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.space import Space
from modelops_runtime.contracts.trial import TrialStatus
from modelops_runtime.optuna_adapter import adapter
from modelops_runtime.optuna_adapter.stored import StoredTrials

PROCESSES = multiprocessing.get_context("spawn")


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the processes that are started here import what they are to do."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))


@pytest.fixture
def made(database: Settings) -> Settings:
    make_tables(database)
    return database


@pytest.fixture
def ground(made: Settings) -> Iterator[Shared]:
    with Shared(run(trials=30), made) as ground:
        yield ground


def work(search: AdaptiveAlgorithm, space: Space) -> list[int]:
    """Ask and tell until nothing is left; the numbers told."""
    told = []
    while given := search.ask(2):
        for one in given:
            assert search.tell(one.number, completed(one, loss_of(space, one.parameters))) is (
                Telling.ACCEPTED
            )
            told.append(one.number)
    return told


def worker(config: RunConfig, database: Settings, owner: str, pipe: Connection) -> None:
    """A process that works, and says which trials it told."""
    search = adapter.shared(config, opener(database), owner)
    pipe.send(work(search, config.space))
    search.close()


def holder(config: RunConfig, database: Settings, pipe: Connection) -> None:
    """A process that asks, says what it got, and never tells."""
    pipe.send(adapter.shared(config, opener(database), "holder").ask(4))
    threading.Event().wait()


def test_processes_that_ask_at_once_miss_no_number(ground: Shared) -> None:
    search = ground.begin()
    pipes = [PROCESSES.Pipe(duplex=False) for _ in range(3)]
    workers = [
        PROCESSES.Process(
            target=worker, args=(ground.config, ground.database, f"process-{number}", sender)
        )
        for number, (_, sender) in enumerate(pipes)
    ]
    for process in workers:
        process.start()
    told = [number for receiver, _ in pipes for number in received(receiver)]
    for process in workers:
        process.join(60)
    assert sorted(told) == list(range(30))
    assert search.finished()
    assert not ground.ask("SELECT number FROM modelops.leases")
    assert [trial.number for trial in as_optuna_has_it(ground)] == list(range(30))


def test_threads_share_one_search(ground: Shared) -> None:
    search, told = ground.begin(), []
    threads = [
        threading.Thread(target=lambda: told.extend(work(search, ground.space))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == list(range(30))
    assert search.finished()
    held = ground.ask(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND pid <> pg_backend_pid()",
        ground.database.user,
    )
    assert held <= [(2,)]


def test_trials_of_a_process_that_was_killed_are_proposed_again(ground: Shared) -> None:
    search = ground.begin()
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=holder, args=(ground.config, ground.database, sender))
    process.start()
    held = received(receiver)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(60)
    assert [one.number for one in search.ask(2)] == [4, 5]
    ground.elapse(1.1)
    again = search.ask(4)
    assert again == [replace(one, attempt=1) for one in held]


@pytest.mark.parametrize("sampler", SPACES)
def test_the_points_are_those_of_a_search_in_memory(made: Settings, sampler: str) -> None:
    with Shared(run(sampler, trials=15), made) as ground:
        first, alone = ground.begin(), adapter.in_memory(ground.config, clock=lambda: 0.0)
        second = ground.another()
        for step in range(5):
            shared = [*first.ask(2), *second.ask(1)]
            assert shared == alone.ask(3)
            for one in shared:
                result = completed(one, loss_of(ground.space, one.parameters))
                (first, second)[(one.number + step) % 2].tell(one.number, result)
                alone.tell(one.number, result)


def test_a_lost_connection_loses_no_result(ground: Shared, postgres: Server) -> None:
    search = ground.begin()
    one, other = search.ask(2)
    first = completed(one, 1.0)
    cut(postgres, ground.database)
    told = patiently(lambda: search.tell(one.number, first))
    assert told is Telling.ACCEPTED
    cut(postgres, ground.database)
    assert patiently(lambda: search.tell(one.number, first)) is Telling.DUPLICATE
    cut(postgres, ground.database)
    assert patiently(lambda: search.ask(1))[0].number == 2
    assert patiently(lambda: search.tell(other.number, completed(other, 2.0))) is Telling.ACCEPTED


def test_a_transaction_that_is_cut_off_leaves_nothing(
    ground: Shared, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a trial without a lease, nor a memory that is ahead of the store."""
    search = ground.begin()
    search.ask(1)
    add = StoredTrials.add

    def cut_off(*arguments: Any) -> None:  # noqa: ANN401 -- the same
        add(*arguments)
        cut(postgres, ground.database)

    with monkeypatch.context() as patched:
        patched.setattr(StoredTrials, "add", cut_off)
        with pytest.raises(Unavailable, match="does not answer"):
            search.ask(2)
    assert ground.ask("SELECT count(*) FROM trials") == [(1,)]
    assert [(one.number, one.attempt) for one in search.ask(3)] == [(1, 0), (2, 0), (3, 0)]
    fresh = adapter.in_memory(ground.config, clock=lambda: 0.0).ask(4)
    ground.elapse(1.1)
    assert [one.parameters for one in search.ask(4)] == [one.parameters for one in fresh]


def test_what_was_told_stands_where_dashboards_look(ground: Shared) -> None:
    search = ground.begin()
    done, failed, waits = search.ask(3)
    search.report(done.number, 1, 0.75)
    search.report(done.number, 2, 0.5)
    search.tell(done.number, completed(done, 0.5))
    known = diagnostics({"kind": "crashed", "message": "the process ended\0"})
    search.tell(failed.number, replace(ended(failed, TrialStatus.TIMEOUT), diagnostics=known))
    one, two, three = as_optuna_has_it(ground)
    assert (one.state.name, one.value, one.params) == ("COMPLETE", 0.5, dict(one.params))
    assert one.intermediate_values == {1: 0.75, 2: 0.5}
    assert one.user_attrs == {"status": "completed", "seeds": ["3", str(2**64 - 1)]}
    assert one.params["beta"] == done.parameters.values["beta"]
    assert one.duration is not None
    assert one.duration.total_seconds() > 0
    assert (two.state.name, two.value) == ("FAIL", None)
    assert two.user_attrs["status"] == "timeout"
    assert two.user_attrs["diagnostics"] == known.entries
    assert (three.state.name, three.params["policy"]) == (
        "RUNNING",
        waits.parameters.values["policy"],
    )


def test_a_pruned_trial_is_one_in_optuna_too(made: Settings) -> None:
    with Shared(run(pruner="median", startup_trials=1), made) as ground:
        search = ground.begin()
        good, bad = search.ask(2)
        search.report(good.number, 1, 1.0)
        search.tell(good.number, completed(good, 1.0))
        assert search.report(bad.number, 1, 2.0)
        assert search.tell(bad.number, completed(bad, 2.0)) is Telling.ACCEPTED
        assert search.tell(bad.number, completed(bad, 2.0)) is Telling.DUPLICATE
        assert ground.ask("SELECT state::text FROM trials ORDER BY number") == [
            ("COMPLETE",),
            ("PRUNED",),
        ]


def test_a_store_that_was_not_made_is_unavailable(database: Settings) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        adapter.shared(run(), opener(database), "early")


def test_a_study_that_was_not_made_is_unavailable(ground: Shared) -> None:
    ground.begin()
    with pytest.raises(Unavailable, match="no study `dev/sir/elsewhere` yet"):
        adapter.shared(run(restart="elsewhere"), opener(ground.database), "early")


def as_optuna_has_it(ground: Shared) -> list[FrozenTrial]:
    """The trials, as any program that knows Optuna reads them."""
    connecting = engine_arguments(ground.database)
    storage = optuna.storages.RDBStorage(DIALECT, connecting, skip_table_creation=True)
    trials = optuna.load_study(study_name=ground.config.study, storage=storage).trials
    storage.engine.dispose()
    return trials


def cut(postgres: Server, database: Settings) -> None:
    """Have the server end all connections to a database."""
    with postgres_store.admin(postgres) as connection:
        assert ended_connections(connection, database.user)


def received(pipe: Connection) -> Any:  # noqa: ANN401 -- whatever a process says
    """What a process says, which begins by importing everything."""
    assert pipe.poll(60), "it said nothing"
    return pipe.recv()

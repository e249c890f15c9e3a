"""Runs of Optuna to try the conformance suite on: in memory, and on a real Postgres."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Self, TypeVar

import psycopg

from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm, Unavailable
from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import Settings, connect, opener
from modelops_runtime.central_store.optuna_schema import make_study
from modelops_runtime.configuration.run import AlgorithmConfig, Direction, Mode, RunConfig
from modelops_runtime.contracts.entrypoint import Entrypoint, ObjectiveTarget
from modelops_runtime.contracts.parameters import Scalar
from modelops_runtime.contracts.space import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    Space,
    space,
)
from modelops_runtime.optuna_adapter import adapter

SEED = 42
LEASE = 1000.0
NUMBERS = count(1)

NUMBERS_ONLY = space(
    [
        FloatParameter("beta", 0.05, 1.0, log=True),
        FloatParameter("gamma", -1.0, 1.0),
        FloatParameter("fixed", 0.25, 0.25),
        IntParameter("contacts", 1, 20),
        IntParameter("visits", 1, 1000, log=True),
    ]
)
MIXED = space(
    [
        *NUMBERS_ONLY,
        CategoricalParameter("policy", ("none", "mask", "lockdown")),
        CategoricalParameter("alike", (1, 1.0, True, "1", 0, False)),
    ]
)

T = TypeVar("T")
SPACES: Mapping[str, Space] = {
    "tpe": MIXED,
    "random": MIXED,
    "cmaes": NUMBERS_ONLY,
    "qmc": MIXED,
    "grid": MIXED,
}
OPTIONS: Mapping[str, Mapping[str, Scalar]] = {"grid": {"points": 4}}


def run(sampler: str = "random", **other: Any) -> RunConfig:  # noqa: ANN401 -- fields of both
    """A run; `options`, `startup_trials`, `pruner` and `seed` are the algorithm's."""
    names = ("options", "startup_trials", "pruner", "seed")
    chosen = {name: other.pop(name) for name in names if name in other}
    config = RunConfig(
        environment="dev",
        run="sir",
        workspace="default",
        scheduler_address="tcp://127.0.0.1:8786",
        bundle=None,
        path=None,
        model=Entrypoint("models.sir", "baseline"),
        objective=ObjectiveTarget("targets.prevalence", "loss"),
        direction=Direction.MINIMIZE,
        space=SPACES.get(sampler, MIXED),
        algorithm=AlgorithmConfig("optuna", sampler, 4, "none", SEED, OPTIONS.get(sampler, {})),
        trials=24,
        replicates=1,
        in_flight=4,
        batch=4,
        timeout_seconds=60,
        retries=0,
        deadline_seconds=600,
        mode=Mode.COORDINATED,
        replicas=1,
        store=None,
        restart="",
    )
    algorithm = replace(config.algorithm, **chosen)
    return replace(config, algorithm=algorithm, **other)


@dataclass(slots=True)
class InMemory:
    """Searches in memory."""

    config: RunConfig
    now: float = 0.0
    crashes: tuple[int, ...] = (0, 1, 7, 12, 23)
    space: Space = field(init=False)
    trials: int = field(init=False)

    def __post_init__(self) -> None:
        self.space, self.trials = self.config.space, self.config.trials

    def begin(self) -> AdaptiveAlgorithm:
        """A new search."""
        return adapter.in_memory(self.config, clock=lambda: self.now, lease=LEASE)

    def another(self) -> AdaptiveAlgorithm | None:
        """None: a process's memory is its own."""
        return None

    def elapse(self, leases: float) -> None:
        """Let time go by."""
        self.now += leases * LEASE


@dataclass(slots=True)
class Shared:
    """Searches in a store, each a study of its own."""

    config: RunConfig
    database: Settings
    space: Space = field(init=False)
    trials: int = field(init=False)
    begun: list[AdaptiveAlgorithm] = field(default_factory=list)
    crashes: tuple[int, ...] = (9,)

    def __post_init__(self) -> None:
        self.space, self.trials = self.config.space, self.config.trials

    def begin(self) -> AdaptiveAlgorithm:
        """A new search."""
        self.config = replace(self.config, restart=str(next(NUMBERS)))
        make_study(self.database, self.config.study, self.config.direction.value)
        return self.another()

    def another(self) -> AdaptiveAlgorithm:
        """Another process's view of it."""
        owner = f"worker-{next(NUMBERS)}"
        search = adapter.shared(self.config, opener(self.database), owner, lease=LEASE)
        self.begun.append(search)
        return search

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for search in self.begun:
            search.close()

    def elapse(self, leases: float) -> None:
        """Let time go by."""
        self.ask(
            "UPDATE modelops.leases SET expires_at = expires_at - make_interval(secs => %s)"
            " WHERE study = %s RETURNING number",
            leases * LEASE,
            self.config.study,
        )

    def ask(self, statement: str, *arguments: object) -> list[tuple[object, ...]]:
        """What the database answers."""
        with connect(self.database) as connection:
            return connection.execute(statement.encode(), arguments).fetchall()


def make_tables(database: Settings) -> None:
    """What `store-init` makes, but the study."""
    with connect(database) as connection:
        schema.make(connection)


def ended_connections(connection: psycopg.Connection, user: str) -> int:
    """Throw a user out of the server; how many sessions that were."""
    return connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [user]
    ).rowcount


def patiently(call: Callable[[], T]) -> T:
    """Call again where the store does not answer, as the loop of a search does."""
    for _ in range(5):
        try:
            return call()
        except Unavailable:
            continue
    raise AssertionError("it never answered")

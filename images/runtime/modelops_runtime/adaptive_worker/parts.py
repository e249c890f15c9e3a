"""Part of `adaptive-worker`: what a search is made of, made as the run and the environment say."""

import uuid
from collections.abc import Callable, Mapping
from functools import partial

from modelops_runtime.algorithms.adapter import Adapter
from modelops_runtime.algorithms.discovery import adapter
from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm, Unavailable
from modelops_runtime.central_store.connection import Settings, opener
from modelops_runtime.central_store.history import History
from modelops_runtime.central_store.leadership import Leadership
from modelops_runtime.central_store.log import SharedLog
from modelops_runtime.central_store.optuna_schema import Mirror
from modelops_runtime.central_store.run_store import store_of
from modelops_runtime.configuration.run import Mode, RunConfig
from modelops_runtime.optuna_adapter.distributions import distributions, encoded
from modelops_runtime.search.coordinated import Leading, coordinated
from modelops_runtime.search.decisions import Outcome
from modelops_runtime.search.independent import independent
from modelops_runtime.search.leading import Alone
from modelops_runtime.search.mirror import WriteBehind
from modelops_runtime.search.run import Run
from modelops_runtime.search.watching import Watching

CONNECTING = 5.0
"""Seconds of one attempt to reach the store: whoever is asked to stop is not to wait longer."""


class NoStore(ValueError):  # noqa: N818 -- named for what is so, as its message says it
    """Several workers are to search together, and nothing keeps what they find."""


def search(run: Run, watching: Watching, environment: Mapping[str, str]) -> Outcome:
    """Search as the run says.

    Raises:
        NoStore: it cannot be done without a store.
        Exception: whatever the algorithm, the store and the cluster raise for good.
    """
    config = run.config
    made = adapter(config.algorithm.name)
    if config.store is None:
        _check_alone(config)
        return coordinated(run, Alone(), Leading(_in_memory(made, run), None, watching.begins))
    store = store_of(config, environment)
    lead = Leadership(store, config.study, run.worker, patience=CONNECTING)
    try:
        if config.mode is Mode.INDEPENDENT:
            return _independent(run, made, store, lead)
        mirror = partial(_mirror, config, store)
        return coordinated(run, lead, Leading(_in_memory(made, run), mirror, watching.begins))
    finally:
        lead.resign()


def _check_alone(config: RunConfig) -> None:
    if config.replicas > 1 or config.mode is Mode.INDEPENDENT:
        raise NoStore(
            f"the run `{config.run}` has no store, so only one worker can search, and only in the"
            " mode `coordinated`: give it a store, or one worker"
        )


def _in_memory(made: Adapter, run: Run) -> Callable[[], AdaptiveAlgorithm]:
    return partial(made.in_memory, run.config, clock=run.clock.now)


def _mirror(config: RunConfig, store: Settings, known: History) -> WriteBehind:
    space = config.space
    copy = Mirror(store, config.study, distributions(space), partial(encoded, space))
    return WriteBehind(copy, known)


def _independent(run: Run, made: Adapter, store: Settings, lead: Leadership) -> Outcome:
    log = SharedLog(store, run.config.study)
    # A worker that is started again in the same pod has none of the leases of the one before.
    owner = f"{run.worker}-{uuid.uuid4().hex[:8]}"
    try:
        return independent(run, _shared(made, run, store, owner), log, lead)
    finally:
        log.close()


def _shared(made: Adapter, run: Run, store: Settings, owner: str) -> AdaptiveAlgorithm:
    """The algorithm, once its store answers.

    Raises:
        Unavailable: it does not in time.
    """
    until = run.clock.now() + CONNECTING * 12
    while True:
        try:
            return made.shared(run.config, opener(store), owner)
        except Unavailable:
            if run.clock.now() >= until or run.clock.stopped() is not None:
                raise
        run.clock.sleep(1.0)

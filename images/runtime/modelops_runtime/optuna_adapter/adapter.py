"""Part of `optuna_adapter`: the entry point of `modelops_runtime.algorithms` called `optuna`."""

import optuna

from modelops_runtime.algorithms.adapter import LEASE, Clock, Opener
from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm
from modelops_runtime.configuration.run import RunConfig
from modelops_runtime.optuna_adapter.method import method
from modelops_runtime.optuna_adapter.search import OptunaSearch


def in_memory(config: RunConfig, *, clock: Clock, lease: float = LEASE) -> AdaptiveAlgorithm:
    """A search that one process owns; see the protocol."""
    _speak_through_logging()
    return OptunaSearch(method(config), clock, lease)


def shared(
    config: RunConfig, opener: Opener, owner: str, *, lease: float = LEASE
) -> AdaptiveAlgorithm:
    """A search that several processes share; see the protocol."""
    from modelops_runtime.optuna_adapter.shared import SharedOptunaSearch  # noqa: PLC0415 -- SQL

    _speak_through_logging()
    return SharedOptunaSearch(method(config), opener, owner, lease)


def _speak_through_logging() -> None:
    """Have Optuna's warnings among the program's own lines, and not its daily news."""
    optuna.logging.disable_default_handler()
    optuna.logging.enable_propagation()
    optuna.logging.set_verbosity(optuna.logging.WARNING)

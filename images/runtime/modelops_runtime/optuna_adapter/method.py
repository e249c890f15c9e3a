"""Part of `optuna_adapter`: all that a run says of its search, as Optuna's objects."""

from dataclasses import dataclass

from optuna.pruners import BasePruner, MedianPruner, NopPruner
from optuna.samplers import BaseSampler
from optuna.study import StudyDirection

from modelops_runtime.algorithms.protocol import Refused
from modelops_runtime.configuration.run import AlgorithmConfig, Direction, RunConfig
from modelops_runtime.contracts.space import FloatParameter, IntParameter, Parameter, Space
from modelops_runtime.optuna_adapter.samplers import sampling

EXACT = 2**53
"""Optuna keeps every number as a float: whole ones are exact up to here."""

WIDEST = 2.0**1023
"""The greatest distance of two bounds of which the middle can still be computed."""


@dataclass(frozen=True, slots=True)
class Method:
    """How a search goes.

    Attributes:
        study: the name that its trials are kept under.
        space: what is varied.
        direction: which way a loss is better.
        trials: how many there will be: fewer than a run wants where there are no more points.
        sampler: chooses the point of a trial.
        pruner: ends a trial early, or none.
    """

    study: str
    space: Space
    direction: StudyDirection
    trials: int
    sampler: BaseSampler
    pruner: BasePruner


def method(config: RunConfig) -> Method:
    """How a run's search goes.

    Raises:
        Refused: not in the way that the run says; the message says in which.
    """
    for parameter in config.space:
        _check_exact(parameter)
    chosen = sampling(config.algorithm, config.space)
    return Method(
        config.study,
        config.space,
        _direction(config.direction),
        config.trials if chosen.points is None else min(config.trials, chosen.points),
        chosen.sampler,
        _pruner(config.algorithm),
    )


def _direction(direction: Direction) -> StudyDirection:
    minimized = direction is Direction.MINIMIZE
    return StudyDirection.MINIMIZE if minimized else StudyDirection.MAXIMIZE


def _pruner(algorithm: AlgorithmConfig) -> BasePruner:
    match algorithm.pruner:
        case "none":
            return NopPruner()
        case "median":
            return MedianPruner(n_startup_trials=algorithm.startup_trials)
    raise Refused(f"Optuna has no pruner `{algorithm.pruner}`: choose `none` or `median`")


def _check_exact(parameter: Parameter) -> None:
    """Check that Optuna can hold a parameter's values.

    Raises:
        Refused: it would change them.
    """
    match parameter:
        case IntParameter() if max(abs(parameter.low), abs(parameter.high)) > EXACT:
            raise Refused(f"`{parameter.name}` has a bound beyond 2^53: Optuna would round it")
        case FloatParameter() if parameter.high / 2 - parameter.low / 2 >= WIDEST / 2:
            raise Refused(f"`{parameter.name}` is too wide for floating point")

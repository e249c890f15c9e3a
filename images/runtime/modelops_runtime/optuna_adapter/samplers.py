"""Part of `optuna_adapter`: the samplers, what each needs, and what each refuses.

Optuna finds out at the first ask that a sampler lacks a library, and samples at random, with or
without a warning, whatever the sampler has no way for. Here both end the run before it begins.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from optuna import Study
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import (
    BaseSampler,
    CmaEsSampler,
    GPSampler,
    QMCSampler,
    RandomSampler,
)

from modelops_runtime.algorithms.protocol import Refused
from modelops_runtime.configuration.run import AlgorithmConfig
from modelops_runtime.contracts.space import Space
from modelops_runtime.optuna_adapter.distributions import distributions
from modelops_runtime.optuna_adapter.grid import GridSampler, grid
from modelops_runtime.optuna_adapter.options import Flag, OneOf, Option, Whole, check_options
from modelops_runtime.optuna_adapter.per_trial import Maker, PerTrial, words
from modelops_runtime.optuna_adapter.tpe import RememberingTPE, Rows

Distributions = dict[str, BaseDistribution]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How points are chosen.

    Attributes:
        sampler: gives a trial its point.
        points: how many there are; None: any number.
    """

    sampler: BaseSampler
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Sampler:
    """One that a run can ask for.

    Attributes:
        sampling: of it; raises `Refused` where it cannot search the space.
        needs: the libraries without which it fails.
        options: its further arguments.
    """

    sampling: Callable[[AlgorithmConfig, Space], Sampling]
    needs: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=lambda: MappingProxyType({}))


def offered() -> tuple[str, ...]:
    """The samplers for which this image has the libraries."""
    return tuple(name for name, one in SAMPLERS.items() if not _missing(one))


def sampling(algorithm: AlgorithmConfig, space: Space) -> Sampling:
    """How a run's points are chosen.

    Raises:
        Refused: not in the way that the run says; the message says in which.
    """
    chosen = SAMPLERS.get(algorithm.sampler)
    if chosen is None:
        raise Refused(f"Optuna has no sampler `{algorithm.sampler}`; it has: {_listed(SAMPLERS)}")
    if missing := _missing(chosen):
        raise Refused(
            f"the sampler `{algorithm.sampler}` needs {_listed(missing)}, which this image has"
            f" not; it can do: {_listed(offered())}"
        )
    check_options(algorithm.sampler, chosen.options, algorithm.options)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            return chosen.sampling(algorithm, space)
    except ValueError as error:
        raise Refused(f"the sampler `{algorithm.sampler}`: {error}") from error


def _missing(sampler: Sampler) -> tuple[str, ...]:
    return tuple(name for name in sampler.needs if find_spec(name) is None)


def _listed(names: Any) -> str:  # noqa: ANN401 -- any names
    return ", ".join(f"`{name}`" for name in names)


def _varied(space: Space) -> Distributions:
    """The parameters that have more than one value; Optuna knows that of the others itself."""
    return {name: one for name, one in distributions(space).items() if not one.single()}


def _random(algorithm: AlgorithmConfig, _space: Space) -> Sampling:
    def of_trial(number: int) -> BaseSampler:
        return RandomSampler(seed=words(algorithm.seed, number))

    return Sampling(PerTrial(of_trial, {}))


def _tpe(algorithm: AlgorithmConfig, space: Space) -> Sampling:
    options: dict[str, Any] = dict(algorithm.options)
    one_by_one = options.get("multivariate") is False
    startup, rows = algorithm.startup_trials, Rows(distributions(space))

    def of_trial(number: int) -> BaseSampler:
        seed = words(algorithm.seed, number)
        return RememberingTPE(rows, seed=seed, n_startup_trials=startup, **options)

    return Sampling(PerTrial(of_trial, {} if one_by_one else _varied(space)))


def _cmaes(algorithm: AlgorithmConfig, space: Space) -> Sampling:
    """CMA-ES adds the number of the trial to its seed itself."""
    options: dict[str, Any] = dict(algorithm.options)
    varied = _varied(space)
    _check_numeric(varied)
    if options.get("use_separable_cma") and len(varied) == 1:
        raise Refused("`use_separable_cma` means nothing for a single parameter")

    def of_trial(number: int) -> BaseSampler:
        return CmaEsSampler(
            seed=algorithm.seed,
            n_startup_trials=algorithm.startup_trials,
            independent_sampler=RandomSampler(seed=words(algorithm.seed, number)),
            **options,
        )

    return Sampling(PerTrial(_quiet(of_trial), varied))


def _check_numeric(varied: Distributions) -> None:
    """Check that CMA-ES has a way for each parameter.

    Raises:
        Refused: it has not.
    """
    words = [name for name, one in varied.items() if isinstance(one, CategoricalDistribution)]
    others = _listed(name for name in offered() if name != "cmaes")
    if words:
        raise Refused(
            f"it moves through numbers, and {_listed(words)} is categorical: Optuna would choose"
            f" it at random; choose one of {others}"
        )
    if not varied:
        raise Refused(f"no parameter has more than one value; choose one of {others}")


def _gp(algorithm: AlgorithmConfig, space: Space) -> Sampling:
    options: dict[str, Any] = dict(algorithm.options)
    if algorithm.startup_trials == 0:
        raise Refused("it learns from trials: `startupTrials` has to be at least 1")

    def of_trial(number: int) -> BaseSampler:
        seed = words(algorithm.seed, number)
        return GPSampler(seed=seed, n_startup_trials=algorithm.startup_trials, **options)

    return Sampling(PerTrial(_quiet(of_trial), _varied(space)))


def _qmc(algorithm: AlgorithmConfig, space: Space) -> Sampling:
    """Scrambled unless the run says otherwise: the seed would mean nothing."""
    options: dict[str, Any] = {"scramble": True} | dict(algorithm.options)

    def of_trial(number: int) -> BaseSampler:
        return _Sequence(number, algorithm.seed, options)

    return Sampling(PerTrial(_quiet(of_trial), _varied(space)))


class _Sequence(QMCSampler):
    """The trial of a number has the point of this number.

    Optuna counts points in the study, where several processes count the same twice.
    """

    def __init__(self, number: int, seed: int, options: Mapping[str, Any]) -> None:
        super().__init__(seed=seed, **options)
        self._number = number

    def _find_sample_id(
        self,
        study: Study,  # noqa: ARG002 -- as Optuna calls it
        search_space: Distributions,  # noqa: ARG002 -- as above
    ) -> int:
        return self._number


def _grid(algorithm: AlgorithmConfig, space: Space) -> Sampling:
    points = algorithm.options.get("points")
    chosen = grid(space, points if isinstance(points, int) else None, algorithm.seed)
    return Sampling(PerTrial(lambda _number: GridSampler(chosen), _varied(space)), chosen.size)


def _quiet(make: Maker) -> Maker:
    """The same without a word: whoever chose what Optuna calls experimental meant it."""

    def made(number: int) -> BaseSampler:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            return make(number)

    return made


SAMPLERS: Mapping[str, Sampler] = {
    "tpe": Sampler(
        _tpe,
        options={"constant_liar": Flag(), "multivariate": Flag(), "n_ei_candidates": Whole(1)},
    ),
    "random": Sampler(_random),
    "cmaes": Sampler(
        _cmaes,
        needs=("cmaes",),
        options={
            "consider_pruned_trials": Flag(),
            "lr_adapt": Flag(),
            "popsize": Whole(4),  # of fewer, none is better than the others
            "use_separable_cma": Flag(),
            "with_margin": Flag(),
        },
    ),
    "qmc": Sampler(
        _qmc,
        needs=("scipy",),
        options={"qmc_type": OneOf(("sobol", "halton")), "scramble": Flag()},
    ),
    "grid": Sampler(_grid, options={"points": Whole(2)}),
    "gp": Sampler(_gp, needs=("scipy", "torch"), options={"deterministic_objective": Flag()}),
}
"""Each by the name that a run calls it."""

"""Part of `optuna_adapter`: a sampler that knows nothing but the trials and its seed.

Optuna's samplers draw from one stream of random numbers, so that a point depends on how many were
drawn before it, in which process, and a restart draws the same again. Here each trial has a sampler
of its own, whose seed comes from the run's seed and the trial's number: a point depends on these
and on what was told by then, and on nothing else.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.trial import FrozenTrial

Maker = Callable[[int], BaseSampler]
"""The sampler of the trial of a number."""

WORDS = 4
"""Of 32 bits each, so that no two trials of a run ever draw alike."""


def words(seed: int, number: int) -> Any:  # noqa: ANN401 -- NumPy seeds with words; Optuna's types know of one
    """The seed of a trial's sampler."""
    drawn = blake2b(f"{seed}:{number}".encode(), digest_size=4 * WORDS).digest()
    return [int.from_bytes(drawn[at : at + 4], "little") for at in range(0, 4 * WORDS, 4)]


class PerTrial(BaseSampler):
    """Samples each trial with a sampler of its own."""

    def __init__(self, make: Maker, together: dict[str, BaseDistribution]) -> None:
        """Begin with no trial.

        Args:
            make: the sampler of a trial.
            together: the parameters that it samples at once; the others one by one.
        """
        self._make = make
        self._together = together
        self._sampler = make(0)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Begin a trial."""
        self._sampler = self._make(trial.number)
        self._sampler.before_trial(study, trial)

    def infer_relative_search_space(
        self,
        study: Study,  # noqa: ARG002 -- as Optuna calls it
        trial: FrozenTrial,  # noqa: ARG002 -- as above
    ) -> dict[str, BaseDistribution]:
        """What is sampled together: the run says it, so no trial has to be looked through."""
        return self._together

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """The values sampled together; none while the sampler has to begin with random ones."""
        return self._sampler.sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:  # noqa: ANN401 -- as Optuna has it
        """The value of one parameter."""
        return self._sampler.sample_independent(study, trial, param_name, param_distribution)

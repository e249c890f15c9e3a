"""Part of `run_report`: how much each parameter matters for the loss, as Optuna judges it."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import create_trial

from modelops_runtime.central_store.optuna_schema import log_as_we_do
from modelops_runtime.optuna_adapter.distributions import distributions, encoded
from modelops_runtime.run_report.reading import Results

FEWEST = 10
"""Trials below which importances are noise: PED-ANOVA compares the best tenth with the others."""


@dataclass(frozen=True, slots=True)
class Importance:
    """How much each parameter matters.

    Attributes:
        shares: by name, of one in all, the greatest first; empty where nobody can tell.
        reason: why nobody can; empty where somebody can.
    """

    shares: Mapping[str, float]
    reason: str = ""


def importance(results: Results) -> Importance:
    """PED-ANOVA on the completed trials, if there are enough."""
    if len(results.completed) < FEWEST:
        return Importance(
            {}, f"needs {FEWEST} completed trials or more; there are {len(results.completed)}"
        )
    if len({point.loss for point in results.completed}) == 1:
        return Importance({}, "all completed trials have the same loss")
    if len(results.run.space) == 1:
        return Importance({results.run.space[0].name: 1.0})
    shares = _shares(results)
    if sum(shares.values()) == 0:
        return Importance({}, "the best trials do not differ from the others in any parameter")
    return Importance(dict(sorted(shares.items(), key=lambda share: (-share[1], share[0]))))


def _shares(results: Results) -> Mapping[str, float]:
    space = results.run.space
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    log_as_we_do()
    study = optuna.create_study(direction=results.run.direction.value)
    known = distributions(space)
    study.add_trials(
        create_trial(value=point.loss, params=encoded(space, point.parameters), distributions=known)
        for point in results.completed
    )
    with warnings.catch_warnings(action="ignore"):
        return get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())

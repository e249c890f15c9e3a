"""ADP008: a search that ends before its sampler begins to choose."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import adp
from modelops.model.search import Sampler
from modelops.plan.scope import RunScope

LEARNING = frozenset({Sampler.TPE, Sampler.CMAES, Sampler.GP})
"""Samplers that begin with random trials."""


def unled_search(scope: RunScope) -> Iterator[Diagnostic]:
    """Warn where all trials are random ones, though another sampler was chosen."""
    trials, algorithm = scope.spec.trials, scope.spec.algorithm
    startup = algorithm.startup_trials
    if algorithm.sampler in LEARNING and trials <= startup:
        yield scope.breach(
            adp.ADP008,
            f"{trials} trials, and the first {startup} are random: `{algorithm.sampler}` would "
            "never choose one",
            scope.at("trials"),
            "set `trials` higher, `algorithm.startupTrials` lower, or `algorithm.sampler: random`\n"
            'or accept it in the run: `accept: {ADP008: "why it is fine"}`',
            scope.note("the random ones", "algorithm", "startupTrials"),
        )

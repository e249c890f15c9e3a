"""ADP007: parameters between whose bounds there is nothing to search."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import adp
from modelops.model.search import CategoricalParameter, FloatParameter, IntParameter
from modelops.plan.scope import RunScope


def impossible_range(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse bounds that are equal or the wrong way round, and logarithms of what has none."""
    if not scope.spec.parameters:
        yield scope.breach(
            adp.ADP007,
            "the run varies no parameter: there is nothing to search",
            scope.at("parameters"),
            "write what is varied: `parameters: {beta: {type: float, low: 0.1, high: 0.9}}`",
        )
    for name, parameter in scope.spec.parameters.items():
        if not isinstance(parameter, CategoricalParameter):
            yield from _of_numbers(scope, name, parameter)


def _of_numbers(
    scope: RunScope, name: str, parameter: FloatParameter | IntParameter
) -> Iterator[Diagnostic]:
    path = ("parameters", name)
    if parameter.low >= parameter.high:
        yield scope.breach(
            adp.ADP007,
            f"`{name}` lies between {parameter.low} and {parameter.high}: `low` must be less than "
            "`high`",
            scope.at(*path, "low"),
            "exchange the two, or set what never varies in the model itself",
            scope.note("the other bound", *path, "high"),
        )
    elif parameter.log and parameter.low <= 0:
        yield scope.breach(
            adp.ADP007,
            f"`{name}` begins at {parameter.low}, which has no logarithm",
            scope.at(*path, "low"),
            "begin above 0, or remove `log: true`",
            scope.note("on a logarithmic scale", *path, "log"),
        )

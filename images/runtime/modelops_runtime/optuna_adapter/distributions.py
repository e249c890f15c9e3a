"""Part of `optuna_adapter`: a run's space and parameter sets, as Optuna has them, and back.

Optuna compares the choices of a categorical parameter with `==`, by which `1`, `1.0` and `True` are
one. Where two choices are alike in this way, it is given the JSON of each choice instead.
"""

import itertools
from collections.abc import Mapping

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from modelops_runtime.contracts.identity import canonical_json
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.space import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    Parameter,
    Space,
)


def distributions(space: Space) -> dict[str, BaseDistribution]:
    """Optuna's distribution of each parameter, in the order of the space."""
    return {parameter.name: _distribution(parameter) for parameter in space}


def encoded(space: Space, parameters: ParameterSet) -> dict[str, Scalar]:
    """A parameter set of the space, as the `params` of a trial of Optuna."""
    return {one.name: _encoded(one, parameters.values[one.name]) for one in space}


def decoded(space: Space, params: Mapping[str, Scalar]) -> ParameterSet:
    """The parameter set of the `params` of a trial; what the space has no place for stays as it is.

    Whether it is one of the space is for the caller to ask.
    """
    known = {parameter.name: parameter for parameter in space}
    return ParameterSet(
        {
            name: _decoded(known[name], value) if name in known else value
            for name, value in params.items()
        }
    )


def _distribution(parameter: Parameter) -> BaseDistribution:
    match parameter:
        case FloatParameter():
            return FloatDistribution(parameter.low, parameter.high, log=parameter.log)
        case IntParameter():
            return IntDistribution(parameter.low, parameter.high, log=parameter.log)
        case CategoricalParameter():
            return CategoricalDistribution(_choices(parameter))


def _choices(parameter: CategoricalParameter) -> tuple[Scalar, ...]:
    """What stands for the choices, in their order."""
    choices = parameter.choices
    alike = any(one == other for one, other in itertools.combinations(choices, 2))
    return tuple(canonical_json(one).decode() for one in choices) if alike else choices


def _encoded(parameter: Parameter, value: Scalar) -> Scalar:
    if not isinstance(parameter, CategoricalParameter):
        return value
    (place,) = (
        place
        for place, choice in enumerate(parameter.choices)
        if type(choice) is type(value) and choice == value
    )
    return _choices(parameter)[place]


def _decoded(parameter: Parameter, value: Scalar) -> Scalar:
    if not isinstance(parameter, CategoricalParameter):
        return value
    stands = _choices(parameter)
    return parameter.choices[stands.index(value)] if value in stands else value

"""What a run searches: the model, its objective, the parameters, and the algorithm."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints

from modelops.model.fields import Count, Flag, FrozenMap, Name, Scalar, Spec

_MODULE = r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*"

ModelReference = Annotated[
    str, StringConstraints(pattern=rf"^{_MODULE}/[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=255)
]
TargetReference = Annotated[
    str, StringConstraints(pattern=rf"^{_MODULE}:[A-Za-z_][A-Za-z0-9_]*$", max_length=255)
]
ParameterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,126}$")]
Real = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Whole = Annotated[int, Strict(), Field(ge=-(2**53), le=2**53)]
"""Exact in JSON and in floating point."""

Seed = Annotated[int, Strict(), Field(ge=0, lt=2**63)]


class Direction(StrEnum):
    """Which way is better."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"


class Objective(Spec):
    """What is made better."""

    target: TargetReference = Field(
        description="A function of simulations to a number: module.path:function."
    )
    direction: Direction = Field(Direction.MINIMIZE, description="minimize | maximize.")


class FloatParameter(Spec):
    """A number between two bounds."""

    type: Literal["float"] = Field(description="float | int | categorical.")
    low: Real = Field(description="The least value.")
    high: Real = Field(description="The greatest value.")
    log: Flag = Field(default=False, description="Whether it is searched on a logarithmic scale.")


class IntParameter(Spec):
    """A whole number between two bounds."""

    type: Literal["int"] = Field(description="float | int | categorical.")
    low: Whole = Field(description="The least value.")
    high: Whole = Field(description="The greatest value.")
    log: Flag = Field(default=False, description="Whether it is searched on a logarithmic scale.")


class CategoricalParameter(Spec):
    """One of several values."""

    type: Literal["categorical"] = Field(description="float | int | categorical.")
    choices: tuple[Scalar, ...] = Field(min_length=1, description="The values.")


Parameter = Annotated[
    FloatParameter | IntParameter | CategoricalParameter, Field(discriminator="type")
]
Parameters = FrozenMap[ParameterName, Parameter]


class AdapterName(StrEnum):
    """The search libraries that the runtime drives."""

    OPTUNA = "optuna"


class Sampler(StrEnum):
    """How the next parameter sets are chosen."""

    TPE = "tpe"
    RANDOM = "random"
    CMAES = "cmaes"
    QMC = "qmc"
    GRID = "grid"


class Pruner(StrEnum):
    """What ends a trial before all its replicates have run."""

    NONE = "none"
    MEDIAN = "median"


class Algorithm(Spec):
    """How the search goes."""

    name: AdapterName = Field(AdapterName.OPTUNA, description="An adapter of the image: optuna.")
    sampler: Sampler = Field(Sampler.TPE, description="tpe | random | cmaes | qmc | grid.")
    startup_trials: Count = Field(10, description="Random trials before the sampler begins.")
    pruner: Pruner = Field(
        Pruner.NONE,
        description="none | median: on the running mean, after each group of replicates.",
    )
    seed: Seed = Field(42, description="The sampler's seed.")
    options: FrozenMap[Name, Scalar] = Field(description="Further arguments of the sampler.")

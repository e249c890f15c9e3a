"""What a run searches: the model, its objective, the parameters, and the algorithm."""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, StringConstraints, WithJsonSchema

from modelops.diagnostics.rulebook import job
from modelops.model.fields import Count, Flag, FrozenMap, Name, Scalar, Spec, refuse

_MODULE = r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*"
_MODEL = re.compile(rf"{_MODULE}/[A-Za-z0-9_][A-Za-z0-9_.-]*")
_TARGET = re.compile(rf"{_MODULE}:[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 255


def _reference(value: str, form: re.Pattern[str], meant: str) -> str:
    if len(value) > _LONGEST or form.fullmatch(value) is None:
        refuse(job.JOB002, f"`{value}` names nothing that a bundle can have", f"write {meant}")
    return value


def _model(value: str) -> str:
    return _reference(value, _MODEL, "module.path/scenario, such as models.sir/baseline")


def _target(value: str) -> str:
    return _reference(value, _TARGET, "module.path:function, such as targets.prevalence:loss")


def _schema(form: re.Pattern[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{form.pattern}$", "maxLength": _LONGEST})


ModelReference = Annotated[str, AfterValidator(_model), _schema(_MODEL)]
TargetReference = Annotated[str, AfterValidator(_target), _schema(_TARGET)]
ParameterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,126}$")]
Real = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Whole = Annotated[int, Strict(), Field(ge=-(2**53), le=2**53)]
"""Exact in JSON and in floating point."""

_SEEDS = 2**32


def _seed(value: int) -> int:
    if not 0 <= value < _SEEDS:
        refuse(
            job.JOB005,
            f"the seed {value} is none that a sampler takes",
            f"write a whole number from 0 to {_SEEDS - 1}",
        )
    return value


Seed = Annotated[
    int,
    Strict(),
    AfterValidator(_seed),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": _SEEDS - 1}),
]
"""Of a sampler: NumPy's RandomState takes 32 bits."""


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
    GP = "gp"
    GRID = "grid"


class Pruner(StrEnum):
    """What ends a trial before all its replicates have run."""

    NONE = "none"
    MEDIAN = "median"


class Algorithm(Spec):
    """How the search goes."""

    name: AdapterName = Field(AdapterName.OPTUNA, description="An adapter of the image: optuna.")
    sampler: Sampler = Field(Sampler.TPE, description="tpe | random | cmaes | qmc | gp | grid.")
    startup_trials: Count = Field(10, description="Random trials before the sampler begins.")
    pruner: Pruner = Field(
        Pruner.NONE,
        description="none | median: on the running mean, after each group of replicates.",
    )
    seed: Seed = Field(42, description="The sampler's seed.")
    options: FrozenMap[Name, Scalar] = Field(description="Further arguments of the sampler.")

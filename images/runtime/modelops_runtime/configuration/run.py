"""Part of `configuration`: `run.json`, one search for parameters, resolved."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from modelops_runtime.configuration.sections import Misconfigured, Section, at, document, read
from modelops_runtime.contracts.bundle import BundleReference, bundle_reference
from modelops_runtime.contracts.entrypoint import (
    Entrypoint,
    ObjectiveTarget,
    entrypoint,
    objective_target,
)
from modelops_runtime.contracts.parameters import Scalar
from modelops_runtime.contracts.space import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    Parameter,
    Space,
    space,
)


class Direction(StrEnum):
    """Which way is better."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"


class Mode(StrEnum):
    """Which workers own the search."""

    COORDINATED = "coordinated"
    INDEPENDENT = "independent"


class StoreKind(StrEnum):
    """What keeps the trials."""

    POSTGRES = "postgres"
    NONE = "none"


class StoreLogin(StrEnum):
    """How whoever enters the store shows who it is."""

    PASSWORD = "password"  # noqa: S105 -- a word for it
    ENTRA = "entra"


class ParameterType(StrEnum):
    """What values of a parameter are."""

    FLOAT = "float"
    INT = "int"
    CATEGORICAL = "categorical"


@dataclass(frozen=True, slots=True)
class AlgorithmConfig:
    """How the search goes.

    Attributes:
        name: of the adapter.
        startup_trials: random ones, before the sampler begins.
        seed: of the sampler; it fits into 32 bits.
        options: further arguments of the sampler, by name.
    """

    name: str
    sampler: str
    startup_trials: int
    pruner: str
    seed: int
    options: Mapping[str, Scalar]

    def __reduce__(self) -> tuple[type["AlgorithmConfig"], tuple[object, ...]]:
        """Pickled with plain options: a read-only mapping cannot be."""
        plain = (self.name, self.sampler, self.startup_trials, self.pruner, self.seed)
        return AlgorithmConfig, (*plain, dict(self.options))


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """The Postgres that keeps the trials.

    Attributes:
        sslmode: libpq's word for what the connection has to be.
        password_file: mounted; the password is in it, and never here. Empty where there is none.
        login: with that password, or with a token of Entra, as the pod's identity.
    """

    host: str
    port: int
    database: str
    user: str
    sslmode: str
    password_file: str
    login: StoreLogin = StoreLogin.PASSWORD


@dataclass(frozen=True, slots=True)
class RunConfig:
    """One search for parameters.

    Attributes:
        workspace: whose Dask it runs on.
        bundle: the code of the model; None where the image of the Dask workers carries it.
        path: where a local run finds the code instead: a folder below the project's root.
        direction: of the objective.
        space: what is varied, sorted by name.
        trials: how many are wanted.
        replicates: of each.
        in_flight: how many trials are simulated at once.
        batch: how many an independent worker asks for at once.
        timeout_seconds: of one trial.
        retries: of one that failed.
        deadline_seconds: of the whole run.
        replicas: how many workers lead it, or stand by.
        store: None where nothing keeps the trials.
        restart: what was changed to have it run again; empty at first.
    """

    environment: str
    run: str
    workspace: str
    scheduler_address: str
    bundle: BundleReference | None
    path: str | None
    model: Entrypoint
    objective: ObjectiveTarget
    direction: Direction
    space: Space
    algorithm: AlgorithmConfig
    trials: int
    replicates: int
    in_flight: int
    batch: int
    timeout_seconds: int
    retries: int
    deadline_seconds: int
    mode: Mode
    replicas: int
    store: StoreConfig | None
    restart: str

    @property
    def study(self) -> str:
        """The name that its trials are kept under; with another `restart` it is another."""
        name = f"{self.environment}/{self.run}"
        return f"{name}/{self.restart}" if self.restart else name


def run_config(text: str) -> RunConfig:
    """The run of a `run.json`.

    Raises:
        Misconfigured: it is none; the message names the key.
    """
    file = document(text, "RunConfig")
    dask, bundle = file.section("dask"), file.section("bundle")
    objective, workers = file.section("objective"), file.section("workers")
    run = RunConfig(
        environment=file.text("environment"),
        run=file.text("run"),
        workspace=file.text("workspace"),
        scheduler_address=dask.text("schedulerAddress"),
        bundle=_bundle(bundle),
        path=bundle.optional("path"),
        model=read(file, "model", entrypoint),
        objective=read(objective, "target", objective_target),
        direction=objective.choice("direction", Direction),
        space=_space(file.section("parameters")),
        algorithm=_algorithm(file.section("algorithm")),
        trials=file.count("trials", 1),
        replicates=file.count("replicates", 1),
        in_flight=file.count("inFlight", 1),
        batch=file.count("batch", 1),
        timeout_seconds=file.count("timeoutSeconds", 1),
        retries=file.count("retries"),
        deadline_seconds=file.count("deadlineSeconds", 1),
        mode=workers.choice("mode", Mode),
        replicas=workers.count("replicas", 1),
        store=_store(file.section("store")),
        restart=file.text("restart"),
    )
    for section in (dask, bundle, objective, workers):
        section.ending(run)
    return file.ending(run)


def _bundle(bundle: Section) -> BundleReference | None:
    image = bundle.optional("image")
    if image is None:
        return None
    with at(bundle.path("image")):
        return bundle_reference(image)


def _space(parameters: Section) -> Space:
    return space(_parameter(name, parameters.section(name)) for name in parameters.names())


def _parameter(name: str, section: Section) -> Parameter:
    with at(section.where):
        match section.choice("type", ParameterType):
            case ParameterType.FLOAT:
                low, high = section.number("low"), section.number("high")
                return section.ending(FloatParameter(name, low, high, section.flag("log")))
            case ParameterType.INT:
                least, most = section.whole("low"), section.whole("high")
                return section.ending(IntParameter(name, least, most, section.flag("log")))
            case ParameterType.CATEGORICAL:
                choices = _scalars(section.path("choices"), section.items("choices"))
                return section.ending(CategoricalParameter(name, choices))


def _scalars(path: str, values: list[object]) -> tuple[Scalar, ...]:
    return tuple(_scalar(f"{path}[{index}]", value) for index, value in enumerate(values))


def _scalar(path: str, value: object) -> Scalar:
    if not isinstance(value, bool | int | float | str):
        raise Misconfigured(f"{path}: only a truth value, a number or a text can stand here")
    if isinstance(value, float) and not math.isfinite(value):
        raise Misconfigured(f"{path}: the number is infinite")
    return value


def _algorithm(section: Section) -> AlgorithmConfig:
    options = section.section("options")
    chosen = {name: _scalar(options.path(name), options.take(name)) for name in options.names()}
    return section.ending(
        AlgorithmConfig(
            name=section.text("name"),
            sampler=section.text("sampler"),
            startup_trials=section.count("startupTrials"),
            pruner=section.text("pruner"),
            seed=section.count("seed"),
            options=MappingProxyType(chosen),
        )
    )


def _store(section: Section) -> StoreConfig | None:
    if section.choice("kind", StoreKind) is StoreKind.NONE:
        return section.ending(None)
    login = StoreLogin.PASSWORD
    if "login" in section.names():
        login = section.choice("login", StoreLogin)
    return section.ending(
        StoreConfig(
            host=section.text("host"),
            port=section.count("port", 1),
            database=section.text("database"),
            user=section.text("user"),
            sslmode=section.text("sslmode"),
            password_file="" if login is StoreLogin.ENTRA else section.text("passwordFile"),
            login=login,
        )
    )

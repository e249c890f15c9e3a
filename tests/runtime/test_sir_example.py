"""The example bundle, as users have it: its known parameters are found from what was observed."""

import csv
import importlib
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import optuna
import pytest
import yaml

from modelops_runtime.bundles.environment import BundleEnvironment, environment_of
from modelops_runtime.bundles.packing import digest_of
from modelops_runtime.contracts.entrypoint import entrypoint, objective_target
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.seeds import replicate_seeds
from modelops_runtime.tables.stream import decoded, encoded

ROOT = Path(__file__).parents[2]
RUN = yaml.safe_load((ROOT / "environments/dev/runs/sir.yaml").read_text())["spec"]
BUNDLE = ROOT / RUN["bundle"]["path"]

Parameters = Mapping[str, Scalar]
Replicate = dict[str, dict[str, np.ndarray]]

KNOWN: dict[str, Scalar] = {"beta": 0.3, "infectious_days": 7, "policy": "mask"}
SEED = 2026
"""Of the epidemic that was observed; both as the bundle's README has them."""

TRIALS = 50


class Example(NamedTuple):
    """The modules that the run file names."""

    model: ModuleType
    target: ModuleType


@pytest.fixture(scope="module")
def example() -> Iterator[Example]:
    others = {name: sys.modules.pop(name) for name in list(sys.modules) if _of_a_bundle(name)}
    sys.path.insert(0, str(BUNDLE))
    sys.dont_write_bytecode, writes = True, sys.dont_write_bytecode
    try:
        yield Example(
            importlib.import_module(entrypoint(RUN["model"]).module),
            importlib.import_module(objective_target(RUN["objective"]["target"]).module),
        )
    finally:
        sys.path.remove(str(BUNDLE))
        sys.dont_write_bytecode = writes
        for name in [name for name in sys.modules if _of_a_bundle(name)]:
            del sys.modules[name]
        sys.modules.update(others)


def _of_a_bundle(module: str) -> bool:
    """Whether bundles have modules of this name: those of other tests among them."""
    return module.partition(".")[0] in {"models", "targets"}


def replicate(
    example: Example, parameters: Parameters, seed: int, scenario: str = "baseline"
) -> Replicate:
    """What a target is given of one simulation: columns as arrays, by way of Arrow."""
    tables = example.model.simulate(parameters, seed, scenario)
    return {name: dict(_columns(encoded(table))) for name, table in tables.items()}


def _columns(stream: bytes) -> list[tuple[str, np.ndarray]]:
    table = decoded(stream)
    return [(field.name, table[field.name].to_numpy()) for field in table.schema]


def loss(example: Example, parameters: Parameters, replicates: int) -> float:
    seeds = replicate_seeds(ParameterSet(parameters), replicates)
    found = [replicate(example, parameters, seed) for seed in seeds]
    return float(example.target.loss(found))


def distributions() -> dict[str, optuna.distributions.BaseDistribution]:
    """The parameter space of the run file."""
    return {name: _distribution(**of) for name, of in RUN["parameters"].items()}


def _distribution(
    type: str,  # noqa: A002 -- as the file has it
    low: float = 0,
    high: float = 0,
    choices: Sequence[Scalar] = (),
    log: bool = False,  # noqa: FBT001, FBT002 -- as above
) -> optuna.distributions.BaseDistribution:
    if type == "float":
        return optuna.distributions.FloatDistribution(low, high, log=log)
    if type == "int":
        return optuna.distributions.IntDistribution(int(low), int(high), log=log)
    return optuna.distributions.CategoricalDistribution(choices)


def test_it_is_a_bundle_that_needs_what_every_worker_has() -> None:
    assert digest_of(BUNDLE)
    assert environment_of(BUNDLE) == BundleEnvironment()


def test_the_same_seed_is_the_same_epidemic_and_another_is_not(example: Example) -> None:
    first, again, other = (
        encoded(example.model.simulate(KNOWN, seed, "baseline")["prevalence"])
        for seed in (2**64 - 1, 2**64 - 1, 1)
    )
    assert first == again != other


@pytest.mark.parametrize("policy", ["none", "mask", "lockdown"])
@pytest.mark.parametrize("scenario", ["baseline", "vaccinated"])
def test_nobody_gets_lost(policy: str, scenario: str, example: Example) -> None:
    table = replicate(example, KNOWN | {"policy": policy}, 1, scenario)["prevalence"]
    assert list(table) == ["day", "susceptible", "infected", "recovered"]
    assert list(table["day"]) == list(range(100))
    people = table["susceptible"] + table["infected"] + table["recovered"]
    assert set(people) == {100_000}
    assert min(table["infected"]) >= 0
    assert all(np.diff(table["susceptible"]) <= 0)


def test_policies_and_scenarios_differ(example: Example) -> None:
    peaks = {
        (policy, scenario): max(
            replicate(example, KNOWN | {"policy": policy}, 1, scenario)["prevalence"]["infected"]
        )
        for policy in ("none", "mask", "lockdown")
        for scenario in example.model.SCENARIOS
    }
    assert peaks["none", "baseline"] > 1.5 * peaks["mask", "baseline"]
    assert peaks["none", "vaccinated"] < peaks["none", "baseline"]
    assert set(example.model.SCENARIOS) == {"baseline", "vaccinated"}


def test_what_was_observed_is_what_the_readme_says(example: Example) -> None:
    table = replicate(example, KNOWN, SEED)["prevalence"]
    with example.target.OBSERVED.open(newline="") as stream:
        rows = [(int(row["day"]), int(row["infected"])) for row in csv.DictReader(stream)]
    assert rows == list(zip(table["day"], table["infected"], strict=True))
    readme = (BUNDLE / "README.md").read_text()
    for name, value in KNOWN.items():
        assert f'"{name}": {value!r}'.replace("'", '"') in readme
    assert f"seed\n{SEED}" in readme


def test_the_known_parameters_have_the_least_loss_around(example: Example) -> None:
    at_known = loss(example, KNOWN, 3)
    for name, other in (
        ("beta", 0.26),
        ("beta", 0.345),
        ("infectious_days", 6),
        ("infectious_days", 8),
        ("policy", "none"),
        ("policy", "lockdown"),
    ):
        assert loss(example, KNOWN | {name: other}, 3) > 2 * at_known


@pytest.mark.parametrize("seed", [42, 43, 44])
def test_a_search_finds_them(seed: int, example: Example) -> None:
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=10))
    space, judged = distributions(), cache(lambda *given: loss(example, dict(given), 2))
    for _ in range(TRIALS):
        trial = study.ask(space)
        study.tell(trial, judged(*sorted(trial.params.items())))
    best = study.best_params
    assert best["policy"] == KNOWN["policy"]
    assert abs(best["infectious_days"] - 7) <= 1
    assert math.isclose(best["beta"], 0.3, rel_tol=0.15)

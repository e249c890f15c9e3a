"""Ids stand for values: equal where those are, whoever computes them, and wherever."""

import copy
import json
import os
import pickle
import subprocess
import sys
from enum import IntEnum, StrEnum
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.parameter_strategies import FEW_VALUES, TASKS, VALUES, meaning, parts

from modelops_runtime.contracts.bundle import bundle_reference
from modelops_runtime.contracts.entrypoint import entrypoint
from modelops_runtime.contracts.identity import canonical_json, content_id
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.task import ReplicateSet, SimulationTask
from modelops_runtime.contracts.violation import ContractViolation

GOLDEN: list[tuple[dict[str, Scalar], str, str]] = [
    ({}, "{}", "085a276c48c0c293b2bc0310ac93f9d0429a13515ad50902466901433d0a4a15"),
    (
        {"policy": "mask", "contacts": 7, "beta": 0.25},
        '{"beta":0.25,"contacts":7,"policy":"mask"}',
        "e13117ffcf925cb13d51d07a9151f8bb960f172a9bfe6f78599cca905591dc45",
    ),
    (
        {"x": -0.0},
        '{"x":0.0}',
        "80c037f891c90c866260e29da30947624851c20b4ac9b3c1d93c919a7731039f",
    ),
    ({"x": 1}, '{"x":1}', "ae68b6b4f51869e550ad9af86304afc538c88dfc57eba6fd7e8425d8d8d7e7b0"),
    ({"x": 1.0}, '{"x":1.0}', "de02fd27c29c3d326a7914f953a63577e3927e4c035a58c729898495b70d8fcc"),
    ({"x": True}, '{"x":true}', "c2b851edbbc87f754481f78551ac5c4db340f90b4f8ae930c54d0f79213546be"),
    (
        {"z": 0.1, "y": 5e-324, "x": 1e300},
        '{"x":1e+300,"y":5e-324,"z":0.1}',
        "3d88643cb59497857ff8a5192d1ecd9a8d2bac86e0891f4ab6828ff45c05c075",
    ),
    (
        {"x": -(2**63), "y": 2**63 - 1},
        '{"x":-9223372036854775808,"y":9223372036854775807}',
        "9355647d70940f5267efd1776779d6b6b4eb32a5945d01de91380d4f533cd308",
    ),
    (
        {"name": 'Zürich "\n🦠'},
        r'{"name":"Zürich \"\n🦠"}',
        "8668ed7b210ad636a68c2ce851baaa7cbb1673c3d0328d03739c0c00e400c7bb",
    ),
]
"""Values, their canonical JSON, and their id. What is kept in stores is kept under such ids."""

SIR = ParameterSet({"beta": 0.25, "contacts": 7, "policy": "mask"})
BASELINE = entrypoint("models.sir/baseline")
BUNDLE = bundle_reference("ghcr.io/team/sir:1.0@sha256:" + "0a" * 32)
TASK = SimulationTask(BUNDLE, BASELINE, SIR, 2**64 - 1, ("prevalence", "deaths"))


@pytest.mark.parametrize(("values", "spelling", "expected"), GOLDEN)
def test_ids_of_parameter_sets_are_as_written_down(
    values: dict[str, Scalar], spelling: str, expected: str
) -> None:
    made = ParameterSet(values)
    assert canonical_json(dict(made.values)).decode() == spelling
    assert made.id == expected
    by_hand = blake2b(spelling.encode(), digest_size=32, person=b"parameters/1")
    assert made.id == by_hand.hexdigest()


def test_ids_of_tasks_are_as_written_down() -> None:
    assert TASK.id == "b79abd54b69b24e12f3e4ddf17fceb4c88fd83ae8272878c1bc1559da76e7660"
    covered = {
        "bundle": "sha256:" + "0a" * 32,
        "entrypoint": "models.sir/baseline",
        "outputs": ["deaths", "prevalence"],
        "parameters": SIR.id,
        "seed": 2**64 - 1,
    }
    spelling = json.dumps(covered, separators=(",", ":"), sort_keys=True).encode()
    assert TASK.id == blake2b(spelling, digest_size=32, person=b"task/1").hexdigest()
    carried = SimulationTask(None, BASELINE, SIR, 0)
    assert carried.id == "a5d2e970c601edf04764ed43abd33f0ed4f8336fd5e1bdea55c740e73b3f1214"


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_every_process_makes_the_same_ids(hash_seed: str) -> None:
    program = (
        "import sys, pickle\n"
        "from modelops_runtime.contracts.parameters import ParameterSet\n"
        "values, task = pickle.load(sys.stdin.buffer)\n"
        "anew = type(task)(*(getattr(task, name) for name in task.__slots__[:-1]))\n"
        "print(*(ParameterSet(one).id for one in values), anew.id)\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        input=pickle.dumps(([values for values, _, _ in GOLDEN], TASK)),
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    )
    assert printed.stdout.decode().split() == [*(one for _, _, one in GOLDEN), TASK.id]


@given(FEW_VALUES, FEW_VALUES)
def test_few_parameter_sets_are_the_same(one: dict[str, Scalar], other: dict[str, Scalar]) -> None:
    same = meaning(one) == meaning(other)
    assert (ParameterSet(one).id == ParameterSet(other).id) == same
    assert (ParameterSet(one) == ParameterSet(other)) == same
    assert len({ParameterSet(one), ParameterSet(other)}) == (1 if same else 2)


@given(VALUES, VALUES)
def test_parameter_sets_are_the_same_where_their_values_are(
    one: dict[str, Scalar], other: dict[str, Scalar]
) -> None:
    assert (ParameterSet(one) == ParameterSet(other)) == (meaning(one) == meaning(other))


@given(VALUES, st.data())
def test_the_order_of_parameters_says_nothing(
    values: dict[str, Scalar], data: st.DataObject
) -> None:
    made = ParameterSet(dict(data.draw(st.permutations(list(values.items())))))
    assert made == ParameterSet(values)
    assert list(made.values) == sorted(values)


@given(VALUES)
def test_a_parameter_set_keeps_what_it_was_made_of(values: dict[str, Scalar]) -> None:
    made = ParameterSet(values)
    assert meaning(dict(made.values)) == meaning(values)
    assert all(str(value) != "-0.0" for value in made.values.values() if value == 0)
    with pytest.raises(TypeError):
        made.values["x"] = 1  # type: ignore[index]
    values["another"] = 1
    assert "another" not in made.values


@given(VALUES, TASKS)
def test_values_travel_unchanged(values: dict[str, Scalar], task: SimulationTask) -> None:
    made = ParameterSet(values)
    for travelled in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):  # noqa: S301 -- ours
        assert travelled == made
        assert meaning(dict(travelled.values)) == meaning(dict(made.values))
    arrived = pickle.loads(pickle.dumps(task))  # noqa: S301 -- ours
    assert arrived == task
    assert parts(arrived) == parts(task)
    assert arrived.bundle is None or arrived.bundle.repository == task.bundle.repository  # type: ignore[union-attr]


@given(TASKS, TASKS)
def test_tasks_are_the_same_where_all_of_them_is(
    one: SimulationTask, other: SimulationTask
) -> None:
    same = parts(one) == parts(other)
    assert (one.id == other.id) == same
    assert (one == other) == same


@given(TASKS)
def test_the_parts_of_a_task_all_count(task: SimulationTask) -> None:
    """Each change of one part alone gives another id."""
    others = [
        SimulationTask(BUNDLE, task.entrypoint, task.parameters, task.seed, task.outputs),
        SimulationTask(
            task.bundle, entrypoint("other/one"), task.parameters, task.seed, task.outputs
        ),
        SimulationTask(task.bundle, task.entrypoint, SIR, task.seed, task.outputs),
        SimulationTask(task.bundle, task.entrypoint, task.parameters, 2, task.outputs),
        SimulationTask(task.bundle, task.entrypoint, task.parameters, task.seed, ("other",)),
    ]
    assert len({other.id for other in others} | {task.id}) == len(others) + 1


def test_the_kind_of_a_value_is_in_its_id() -> None:
    assert content_id("parameters/1", {}) != content_id("task/1", {})


def test_subclasses_of_plain_values_are_those_values() -> None:
    class Policy(StrEnum):
        MASK = "mask"

    class Contacts(IntEnum):
        SEVEN = 7

    class Real(float):
        def __repr__(self) -> str:
            return "something else"

    made = ParameterSet({"policy": Policy.MASK, "contacts": Contacts.SEVEN, "beta": Real(0.25)})
    assert made == SIR
    assert {type(value) for value in made.values.values()} == {str, int, float}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"x": float("nan")}, "has to be finite"),
        ({"x": float("-inf")}, "has to be finite"),
        ({"x": 2**63}, "has to fit into 64 bits"),
        ({"x": -(2**63) - 1}, "has to fit into 64 bits"),
        ({"x": "\ud800"}, "has to be valid Unicode"),
        ({"x": None}, "NoneType is no type of a parameter"),
        ({"x": [1]}, "list is no type of a parameter"),
        ({"": 1}, "`` is no name of a parameter"),
        ({"1x": 1}, "`1x` is no name of a parameter"),
        ({"x\n": 1}, "is no name of a parameter"),
        ({1: 1}, "`1` is no name of a parameter"),
    ],
)
def test_what_is_no_parameter_set(values: dict[str, Scalar], told: str) -> None:
    with pytest.raises(ContractViolation, match=told):
        ParameterSet(values)


@pytest.mark.parametrize(
    ("seed", "outputs", "told"),
    [
        (-1, (), "-1 is no seed"),
        (2**64, (), "is no seed"),
        (True, (), "True is no seed"),
        (1.0, (), "is no seed"),
        (1, ("a/b",), "`a/b` is no name of an output"),
        (1, "cases", "`cases` is one text"),
    ],
)
def test_what_is_no_task(seed: int, outputs: tuple[str, ...], told: str) -> None:
    with pytest.raises(ContractViolation, match=told):
        SimulationTask(BUNDLE, BASELINE, SIR, seed, outputs)
    with pytest.raises(ContractViolation, match=told):
        ReplicateSet(BUNDLE, BASELINE, SIR, (seed,), outputs)


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object(), "\udfff"])
def test_what_json_cannot_hold_has_no_id(value: object) -> None:
    with pytest.raises(ContractViolation, match="JSON cannot hold it"):
        content_id("anything", value)

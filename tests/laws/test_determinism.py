"""The laws of the whole: same input, same output; a change reaches what it is about and no more."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops.manifests import EnvironmentManifests, Manifests, Unit
from modelops.pipeline import compile_sources, judge

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted(path.parent.name for path in ROOT.glob("environments/*/environment.yaml"))
NEWCOMER = b"apiVersion: modelops.io/v1\nkind: Workspace\nspec: {owner: team-new}\n"


@cache
def examples() -> dict[str, bytes]:
    """The example tree."""
    files = sorted((ROOT / "environments").rglob("*.yaml"))
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in files}


def judged(sources: dict[str, bytes]) -> Manifests:
    outcome = judge(sources)
    assert outcome.diagnostics == ()
    assert outcome.value is not None
    return outcome.value


@cache
def judged_examples() -> Manifests:
    return judged(examples())


def written(manifests: Manifests) -> str:
    """All objects as text, the order of every map included."""
    return json.dumps(
        [
            [unit.name, component.file, component.objects]
            for environment in manifests.environments
            for unit in environment.units
            for component in unit.components
        ]
    )


def test_there_are_examples() -> None:
    assert len(ENVIRONMENTS) >= 3


# --- order ---------------------------------------------------------------------------------------


def test_twice_is_the_same() -> None:
    again = judged(examples())
    assert again == judged_examples()
    assert written(again) == written(judged_examples())


def reordered(content: bytes, choice: st.DataObject) -> bytes:
    """The same document with the keys of every map in another order."""
    root = yaml.compose(content, yaml.SafeLoader)
    assert root is not None
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            node.value = choice.draw(st.permutations(node.value))
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    text: str = yaml.serialize(root, Dumper=yaml.SafeDumper, width=10_000, allow_unicode=True)
    return text.encode()


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_no_order_of_keys_reaches_the_manifests(choice: st.DataObject) -> None:
    shuffled = judged({file: reordered(text, choice) for file, text in examples().items()})
    assert shuffled == judged_examples()
    assert written(shuffled) == written(judged_examples())


@settings(max_examples=5, deadline=None)
@given(st.permutations(sorted(examples())))
def test_no_order_of_sources_reaches_the_manifests(files: list[str]) -> None:
    shuffled = judged({file: examples()[file] for file in files})
    assert written(shuffled) == written(judged_examples())


PROGRAM = """\
import hashlib, sys
from pathlib import Path
from modelops.pipeline import compile_sources
files = sorted(Path("environments").rglob("*.yaml"), reverse=sys.argv[1] == "reversed")
made = compile_sources({path.as_posix(): path.read_bytes() for path in files})
for environment in made.value.environments:
    for file in (*environment.files, environment.inventory):
        print(file.path, hashlib.sha256(file.content).hexdigest())
"""


def digests(seed: str, order: str) -> list[str]:
    """Path and hash of every file that a process of its own makes of the examples."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, order],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.splitlines()


def test_neither_hash_seed_nor_order_of_sources_reaches_a_byte() -> None:
    first, second = digests("1", "sorted"), digests("2", "reversed")
    assert len(first) > 60
    assert first == second


# --- reach ---------------------------------------------------------------------------------------


def units(manifests: EnvironmentManifests) -> dict[str, Unit]:
    return {unit.name: unit for unit in manifests.units}


def changed(before: dict[str, Unit], after: dict[str, Unit]) -> set[str]:
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_new_workspace_is_its_own_unit_and_one_file_of_flux(name: str) -> None:
    file = f"environments/{name}/workspaces/newcomer.yaml"
    assert file not in examples()
    before = {one.name: one for one in judged_examples().environments}
    after = {one.name: one for one in judged({**examples(), file: NEWCOMER}).environments}
    assert {one for one in ENVIRONMENTS if before[one] != after[one]} == {name}
    old, new = units(before[name]), units(after[name])
    assert changed(old, new) == {f"{name}/workspaces/newcomer", f"{name}/flux"}
    flux = f"{name}/flux"
    more = [one for one in new[flux].components if one not in old[flux].components]
    assert [one.file for one in more] == ["ws-newcomer.yaml"]
    assert [one for one in new[flux].components if one not in more] == list(old[flux].components)


def test_a_removed_workspace_takes_away_only_what_was_its_own() -> None:
    file = "environments/dev/workspaces/malaria.yaml"
    rest = {path: text for path, text in examples().items() if path != file}
    before, after = judged_examples().environments[0], judged(rest).environments[0]
    assert changed(units(before), units(after)) == {"dev/workspaces/malaria", "dev/flux"}


def test_a_changed_workspace_changes_only_its_own_unit() -> None:
    file = "environments/dev/workspaces/malaria.yaml"
    edited = examples()[file].replace(b"max: 10", b"max: 9")
    assert edited != examples()[file]
    before = judged_examples().environments[0]
    after = judged({**examples(), file: edited}).environments[0]
    assert changed(units(before), units(after)) == {"dev/workspaces/malaria"}


def test_a_new_workspace_leaves_every_other_byte_alone() -> None:
    file = "environments/dev/workspaces/newcomer.yaml"
    outcomes = (compile_sources(examples()), compile_sources({**examples(), file: NEWCOMER}))
    old, new = (
        {one.path: one.content for env in outcome.value.environments for one in env.files}
        for outcome in outcomes
        if outcome.value is not None
    )
    touched = {path for path in {*old, *new} if old.get(path) != new.get(path)}
    flux = {"dev/flux/kustomization.yaml", "dev/flux/ws-newcomer.yaml"}
    assert {path for path in touched if "/workspaces/newcomer/" not in path} == flux


# --- where workspaces live -----------------------------------------------------------------------


def namespaces(environment: str) -> dict[str, str]:
    """The namespace of each workspace of an example environment."""
    (found,) = (one for one in judged_examples().environments if one.name == environment)
    return {
        unit.name.rpartition("/")[2]: body["metadata"]["name"]
        for unit in found.units
        for component in unit.components
        for body in component.objects
        if body["kind"] == "Namespace"
    }


def test_the_examples_namespaces() -> None:
    dev = namespaces("dev")
    assert dev["default"] == "modelops-dask-dev"
    assert dev["malaria"] == "modelops-dask-dev-malaria"
    assert namespaces("prod")["default"] == "modelops-dask-prod"

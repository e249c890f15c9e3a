"""The benchmark measures what it says: its project is sound, its peers make what we make."""

import json
import runpy
from pathlib import Path

import pytest
from tests.bench import provenance as bench
from tests.bench.compare import Objects, by_identity, differences
from tests.bench.factoring import Body, Family, Hole, Text, factored, filled, functions
from tests.bench.peers.kustomize import KUSTOMIZE
from tests.bench.peers.peer import manifests, put
from tests.bench.workload import BASE, base, leaf, name, sources, workspace

from modelops.pipeline import judge
from modelops.plan import dask
from modelops.provenance import derived as remembering

COUNT = 24


def _objects(count: int) -> dict[str, list[Body]]:
    """What ModelOps makes of each workspace of the benchmark's project."""
    judged = judge(sources(count)).value
    assert judged
    units = [unit for each in judged.environments for unit in each.units]
    return {
        unit.name.rpartition("/")[2]: [
            json.loads(json.dumps(body))
            for component in unit.components
            for body in component.objects
        ]
        for unit in units
        if "/workspaces/" in unit.name
    }


@pytest.fixture(scope="module", name="objects")
def _made() -> dict[str, list[Body]]:
    return _objects(COUNT)


@pytest.fixture(scope="module", name="families")
def _factored(objects: dict[str, list[Body]]) -> tuple[Family, ...]:
    return factored(objects)


# --- the project ---------------------------------------------------------------------------------


def test_nothing_is_found_in_the_project_so_that_a_compile_can_be_remembered() -> None:
    outcome = judge(sources(100, 10))
    assert outcome.value
    assert not outcome.diagnostics


def test_edits_change_what_is_made_and_stay_without_findings() -> None:
    before = judge(sources(2))
    for edited in ({leaf(0): workspace(0, 2)}, {BASE: base(2)}):
        after = judge(sources(2) | edited)
        assert not after.diagnostics
        assert after.value != before.value


def test_workspaces_differ_in_more_than_their_names(objects: dict[str, list[Body]]) -> None:
    assert len({workspace(index) for index in range(COUNT)}) == COUNT
    assert list(objects) == [name(index) for index in range(COUNT)]
    assert {len(each) for each in objects.values()} == {16, 18}


# --- templates and parameters --------------------------------------------------------------------


def test_templates_and_parameters_make_the_same_objects(
    objects: dict[str, list[Body]], families: tuple[Family, ...]
) -> None:
    assert len(families) == 2
    made = {
        name: [filled(each, parameters) for each in family.objects]
        for family in families
        for name, parameters in family.workspaces.items()
    }
    assert made == objects


def test_functions_in_python_make_the_same_objects(
    objects: dict[str, list[Body]], families: tuple[Family, ...], tmp_path: Path
) -> None:
    put(tmp_path / "families.py", functions(families))
    written = runpy.run_path(str(tmp_path / "families.py"))
    made = {
        name: written[family.name](parameters)
        for family in families
        for name, parameters in family.workspaces.items()
    }
    assert made == objects


def test_what_differs_alike_is_one_parameter_and_what_does_not_differ_is_none() -> None:
    (family,) = factored(
        {each: [{"spec": {"a": 2, "at": f"tcp://{each}.x:1", "same": each}}] for each in "uvw"}
    )
    spec = {"a": 2, "at": Text(("tcp://", Hole("name"), ".x:1")), "same": Hole("name")}
    assert family.objects == ({"spec": spec},)
    assert family.workspaces["v"] == {"name": "v"}


def test_other_values_under_one_key_are_other_parameters() -> None:
    (family,) = factored(
        {"u": [{"a": {"cpu": 1}, "b": {"cpu": 3}}], "v": [{"a": {"cpu": 2}, "b": {"cpu": 1}}]}
    )
    assert family.workspaces["u"] == {"name": "u", "cpu": 1, "cpu2": 3}
    assert family.workspaces["v"] == {"name": "v", "cpu": 2, "cpu2": 1}


# --- comparing -----------------------------------------------------------------------------------


def _config(place: str, value: str) -> Body:
    return {
        "kind": "ConfigMap",
        "metadata": {"name": "a", "namespace": place},
        "data": {"k": value},
    }


def _found(*each: tuple[str, Body]) -> Objects:
    return by_identity(iter(each))


def test_equal_objects_are_equal_in_any_order() -> None:
    one, other = ("u", _config("n", "1")), ("u", _config("m", "1"))
    assert not list(differences(_found(one, other), _found(other, one)))


def test_another_value_a_missing_object_and_a_further_workspace_are_told() -> None:
    ours = _found(("u", _config("n", "1")), ("v", _config("n", "1")))
    theirs = _found(("u", _config("n", "2")), ("w", _config("n", "1")))
    assert [each.partition(":")[0] for each in differences(ours, theirs)] == ["u", "v", "w"]


def test_an_object_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        _found(("u", _config("n", "1")), ("u", _config("n", "2")))


def test_manifests_belong_to_the_workspace_whose_file_or_folder_they_are_in(tmp_path: Path) -> None:
    for file in ("u.yaml", "v.k8s.yaml", "w/inner.yml", "w/kustomization.yaml"):
        put(tmp_path / file, "kind: A\n---\nkind: B\n")
    found = [(workspace, body["kind"]) for workspace, body in manifests(tmp_path)]
    assert found == [(each, kind) for each in "uvw" for kind in "AB"]


def test_overlays_patch_nothing_that_the_namespace_and_the_labels_say(
    families: tuple[Family, ...], tmp_path: Path
) -> None:
    KUSTOMIZE.prepare(tmp_path / "kustomize", tmp_path, families)
    overlay = (tmp_path / "overlays" / name(0) / "kustomization.yaml").read_text()
    assert f"namespace: modelops-dask-dev-{name(0)}" in overlay
    assert f"modelops.io/name: {name(0)}" in overlay
    assert "/metadata/labels" not in overlay


# --- values that remember ------------------------------------------------------------------------


def test_within_a_forgetful_compile_all_is_made_alike_and_afterwards_all_is_remembered() -> None:
    before = judge(sources(2)).value
    with bench.forgetful():
        assert vars(dask)["derived"] is not remembering
        assert judge(sources(2)).value == before
    assert vars(dask)["derived"] is remembering

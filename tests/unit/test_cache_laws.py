"""What holds of `synth` for every part of the units that is known already."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from modelops.manifests import Artefact, Artefacts
from modelops.pipeline import judge
from modelops.synth import synth

ROOT = Path(__file__).parents[2]
MANIFESTS = judge(
    {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in sorted((ROOT / "environments").rglob("*.yaml"))
    }
).value
assert MANIFESTS is not None
PLAIN = synth(MANIFESTS)


def by_unit(artefacts: Artefacts) -> dict[str, tuple[Artefact, ...]]:
    """The files of each unit in the order in which `synth` makes them."""
    assert MANIFESTS is not None
    files = {file.path: file for each in artefacts.environments for file in each.files}
    return {
        unit.name: tuple(
            files[f"{unit.name}/{name}"]
            for name in [
                *(component.file for component in unit.components),
                *["kustomization.yaml"] * unit.indexed,
            ]
        )
        for each in MANIFESTS.environments
        for unit in each.units
    }


FILES = by_unit(PLAIN)


@settings(max_examples=10)
@given(st.sets(st.sampled_from(sorted(FILES))))
def test_it_is_all_one_which_units_are_known(names: set[str]) -> None:
    assert MANIFESTS is not None
    assert synth(MANIFESTS, {name: FILES[name] for name in names}) == PLAIN


def test_known_files_are_taken_as_they_are() -> None:
    assert MANIFESTS is not None
    name, files = next(iter(FILES.items()))
    marked = tuple(Artefact(file.path, file.unit, b"# kept\n") for file in files)
    made = by_unit(synth(MANIFESTS, {**FILES, name: marked}))
    assert made == {**FILES, name: marked}


def test_files_that_are_not_the_units_are_as_good_as_none() -> None:
    assert MANIFESTS is not None
    name, files = next(iter(FILES.items()))
    for wrong in ((), files[:-1], (*files, files[0]), FILES[max(FILES)]):
        assert synth(MANIFESTS, {"nobody": files, name: wrong}) == PLAIN

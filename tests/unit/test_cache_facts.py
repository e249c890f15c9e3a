"""The cache and what Azure answered: whatever it was, it makes its environment's units anew."""

from pathlib import Path

import pytest
from tests.unit.azure_tree import ON_DISK, on_azure, workspace
from tests.unit.small_tree import CLOUD, DEV
from tests.unit.test_cache import Project, bytes_of, empty_cache

from modelops.pipeline import compile_sources

LAB, LAB_UNIT = DEV.replace("dev", "lab"), workspace("malaria").replace("dev", "lab")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return empty_cache(tmp_path, monkeypatch)


def sources() -> dict[str, bytes]:
    """Two environments; only the one has answers."""
    own = on_azure({workspace("malaria"): ON_DISK, workspace("measles"): ON_DISK})
    return dict(sorted({**own, LAB: own[DEV], LAB_UNIT: own[workspace("malaria")]}.items()))


def test_answers_that_come_change_or_go_are_named_for_the_units_of_their_environment(
    tmp_path: Path,
) -> None:
    project, answered = Project(tmp_path / "generated"), sources()
    unanswered = {file: content for file, content in answered.items() if file != CLOUD}
    changed = {**answered, CLOUD: answered[CLOUD].replace(b"modelsdev.blob", b"modelsdev.blob.x")}
    assert changed != answered
    line = 1 + next(
        number
        for number, (old, new) in enumerate(
            zip(answered[CLOUD].splitlines(), changed[CLOUD].splitlines(), strict=True)
        )
        if old != new
    )
    ours = ("dev/workspaces/malaria", "dev/workspaces/measles")
    assert project.compile(unanswered).outcome.value
    assert project.whys(answered) == dict.fromkeys(ours, f"{CLOUD} added")
    assert project.whys(changed) == dict.fromkeys(ours, f"{CLOUD}:{line} changed")
    assert project.whys(unanswered) == dict.fromkeys(ours, f"{CLOUD} removed")
    assert project.files() == bytes_of(compile_sources(unanswered))

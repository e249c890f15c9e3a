"""Which settings Dask has: the names that we set ourselves, and how names and variables go over."""

import pytest

from modelops.plan import dask
from modelops.plan.facts.dask_settings import (
    NO_SETTINGS,
    OPEN_SECTIONS,
    RENAMED,
    SETTINGS,
    is_section_of,
    is_setting,
    setting_of,
    spelled,
    variable_of,
    without_section,
)


def test_variables_and_settings_go_over_into_one_another() -> None:
    assert len(SETTINGS) > 150
    assert {setting_of(variable_of(name)) for name in SETTINGS} == SETTINGS
    assert variable_of("distributed.scheduler.worker-ttl") == (
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL"
    )


def test_every_setting_is_one_and_lacks_nothing() -> None:
    assert [name for name in sorted(SETTINGS) if not is_setting(name)] == []
    assert [name for name in sorted(SETTINGS) if without_section(name)] == []
    assert [name for name in OPEN_SECTIONS if not is_setting(f"{name}.anything")] == []
    assert [name for name in NO_SETTINGS if is_setting(setting_of(name))] == []


def test_what_the_compiler_sets_is_a_setting() -> None:
    ours = {
        *dask.SCHEDULER_VARIABLES,
        *dask.WORKER_VARIABLES,
        *(name for names in dask.FIELD_VARIABLES.values() for name in names),
    }
    dasks = sorted(name for name in ours if name.startswith("DASK_"))
    assert len(dasks) > 5
    assert [name for name in dasks if not is_setting(setting_of(name))] == []


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("worker.memory.target", "distributed.worker.memory.target"),
        ("admin.tick.limit", "distributed.admin.tick.limit"),  # Dask has another `admin`
        ("scheduler.no-such-thing", "distributed.scheduler.no-such-thing"),
        ("nanny", None),
        ("admin.no-such-thing", None),
        ("workers.memory", None),
        ("rmm.pool-size", None),  # an old name that still works
    ],
)
def test_what_lacks_its_first_part(setting: str, meant: str | None) -> None:
    assert without_section(setting) == meant


def test_old_names_are_of_settings_that_there_are() -> None:
    assert len(RENAMED) > 40
    assert set(RENAMED.values()) <= SETTINGS
    assert not RENAMED.keys() & SETTINGS


@pytest.mark.parametrize(
    ("variable", "own"),
    [
        ("DASK_WORKER_MEMORY_PAUSE", "DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE"),
        ("DASK_Distributed__Worker__Memory__Pause", "DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE"),
        ("DASK_DISTRIBUTED__P2P__DISK", "DASK_DISTRIBUTED__P2P__STORAGE__DISK"),
        ("DASK_WORKER__MEMORY__PAUSE", "DASK_WORKER__MEMORY__PAUSE"),  # which Dask ignores
        ("Pod_Name", "Pod_Name"),
    ],
)
def test_a_variable_has_one_spelling_of_its_own(variable: str, own: str) -> None:
    assert spelled(variable) == own


@pytest.mark.parametrize(
    ("variable", "holds"),
    [
        ("DASK_DISTRIBUTED__WORKER__MEMORY", True),
        ("DASK_DISTRIBUTED", True),
        ("DASK_DISTRIBUTED__WORKER__MEM", False),
        ("DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE", False),
        ("DISTRIBUTED", False),
    ],
)
def test_a_variable_may_hold_a_map(variable: str, holds: bool) -> None:  # noqa: FBT001 -- a table's column
    assert is_section_of(variable, "distributed.worker.memory.pause") is holds

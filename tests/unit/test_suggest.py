"""Did-you-mean: the nearest name, else all of them."""

import pytest

from modelops.diagnostics import did_you_mean


@pytest.mark.parametrize(
    ("given", "allowed", "said"),
    [
        ("schedulr", ("scheduler", "workers"), "did you mean `scheduler`?"),
        ("min_replicas", ("minReplicas", "maxReplicas"), "did you mean `minReplicas`?"),
        ("VMSIZE", ("vmSize", "min", "max"), "did you mean `vmSize`?"),
        ("isolated-warm", ("direct", "isolated_warm"), "did you mean `isolated_warm`?"),
        ("debgu", ["production", "debug"], "did you mean `debug`?"),
        ("prod", ["development", "production", "staging"], "did you mean `production`?"),
    ],
)
def test_the_nearest_name_is_offered_as_it_is_written(
    given: str, allowed: list[str], said: str
) -> None:
    assert did_you_mean(given, allowed) == said


def test_without_a_near_name_all_are_listed_in_order() -> None:
    assert did_you_mean("blob", {"volume", "ephemeral"}) == "one of: ephemeral, volume"


def test_a_beginning_that_fits_two_names_chooses_neither_by_itself() -> None:
    assert did_you_mean("wa", ["wait_forever", "warm_process"]).startswith("one of: ")


def test_without_any_name_nothing_is_said() -> None:
    assert did_you_mean("blob", ()) == ""


def test_the_order_of_the_names_does_not_matter() -> None:
    names = ["dask-worker", "dask-worker-gpu", "dask-workers"]
    said = {did_you_mean("dask-wroker", order) for order in (names, names[::-1], set(names))}
    assert said == {"did you mean `dask-worker`?"}

"""The stage `plan`: what a finding says of numbers, and the remedy and the layers that it names."""

import pytest
from tests.unit.check_case import PRODUCTION, memory, workers
from tests.unit.small_tree import (
    BASE,
    DEV,
    DIGEST,
    IMAGES,
    IMAGES_SPEC,
    MALARIA,
    Specs,
    environment,
    planned,
)

from modelops.diagnostics import Diagnostic

READS = "workers: {secretEnv: {T: {secret: wbe, key: k}}}"
UNPINNED = {MALARIA: "scheduler: {image: 'quay.io/x/dask:1'}"}


def finding(specs: Specs) -> Diagnostic:
    """The worst thing that is found; others may doubt the same few lines."""
    return planned(specs).diagnostics[0]


@pytest.mark.parametrize(
    ("spec", "message", "remedy"),
    [  # headroom is a tenth; what all processes need, over 0.9, goes up to whole GiB
        (
            "processes: 4, memory: {perProcess: 2Gi}",
            (
                "4 processes x 2 GiB = 8 GiB, but the container limit is 8 GiB: no headroom is "
                "left (10 % needed)"
            ),
            "resources.memory to 9Gi, or processes to 3",
        ),
        (
            "processes: 4, memory: {perProcess: 1945Mi}",  # 7780 of 8192 MiB
            (
                "4 processes x 1.9 GiB = 7.6 GiB, but the container limit is 8 GiB: only 412 MiB "
                "are left (10 % needed)"
            ),
            "resources.memory to 9Gi, or processes to 3",
        ),
        (
            "memory: {perProcess: 12Gi}, resources: {memory: 4Gi}",  # 24 / 0.9 = 26.7
            "2 processes x 12 GiB = 24 GiB, but the container limit is 4 GiB: 20 GiB too much",
            "resources.memory to 27Gi\n",
        ),
        (
            "processes: 8, memory: {perProcess: 1Gi}",
            "8 processes x 1 GiB = 8 GiB",
            "resources.memory to 9Gi, or processes to 7",
        ),
    ],
)
def test_memory_is_told_with_the_numbers_that_would_do(
    spec: str, message: str, remedy: str
) -> None:
    found = finding(workers(spec))
    assert found.message.startswith(message)
    assert remedy in found.help


def test_memory_that_fits_to_the_byte_is_fine() -> None:
    spec = "processes: 3, memory: {perProcess: 3Gi}, resources: {memory: 10Gi}"
    assert not planned(workers(spec)).failed


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("target: 0.75", "target 0.75 is not at most spill 0.7: Dask would act in the wrong order"),
        (
            "pause: 0.8, terminate: 0.8",
            "pause 0.8 is not below terminate 0.8: Dask would kill a process before it pauses",
        ),
    ],
)
def test_thresholds_are_told_with_what_dask_would_do(spec: str, message: str) -> None:
    assert finding(memory(spec)).message == message


@pytest.mark.parametrize(
    ("specs", "wanted", "unwanted"),
    [
        (UNPINNED, "accept: {IMG001", "none"),
        ({**UNPINNED, **PRODUCTION}, "imagetools inspect quay.io/x/dask:1", "accept"),
        (
            {MALARIA: "labels: {modelops.io/env: x}"},
            "`modelops.io/`",
            "env",
        ),
        (
            {
                DEV: environment(
                    pools="pools: {cpu: {vmSize: Standard_D8s_v5}, s: {vmSize: Standard_D8s_v5, "
                    "mode: system}}"
                ),
                MALARIA: "workers: {pool: quantum}",
            },
            "cpu",
            "s,",
        ),
        (
            {DEV: environment(pools="pools: {cpu: {vmSize: Standard_D8s_v5}, gpu: {}}")},
            "vmSize",
            "allocatable",
        ),
        (
            {
                DEV: environment(
                    "provider: generic",
                    pools="pools: {cpu: {vmSize: Standard_D8s_v5}, gpu: {}}",
                )
            },
            "allocatable",
            "vmSize",
        ),
        (
            {MALARIA: f"{READS}\nsecrets: {{web: {{generate: [k]}}}}"},
            "did you mean `web`?",
            "one of",
        ),
        (
            {MALARIA: READS},
            "secrets: {wbe: {existing: true}}",
            "did you mean",
        ),
    ],
)
def test_a_remedy_is_one_that_helps(specs: Specs, wanted: str, unwanted: str) -> None:
    found = finding(specs)
    assert wanted in found.help
    assert unwanted not in found.help
    assert not found.help.startswith("\n")


def test_only_what_is_too_much_is_told() -> None:
    """Memory to the byte fits; the CPU beside it does not."""
    pools = "pools: {cpu: {allocatable: {cpu: 3, memory: 8Gi, gpu: 0}}}"
    spec = workers("resources: {cpu: 4, memory: 8Gi}")
    assert "3 CPU" in finding({DEV: environment(pools=pools), **spec}).message


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("executors: [direct]", "does not offer the executor `isolated_warm`"),
        ("python: '3.12'", "nothing says whether"),
    ],
)
def test_an_image_that_says_nothing_is_told_so(entry: str, message: str) -> None:
    images = f'{IMAGES_SPEC}  mine: {{repository: x, digest: "{DIGEST}", {entry}}}\n'
    assert message in finding({IMAGES: images, **workers("image: mine")}).message


@pytest.mark.parametrize(
    ("specs", "notes"),
    [
        (workers("autoscaling: {mode: cpu, min: 5, max: 4}"), ["the most"]),
        (
            {
                BASE: "workspace: {workers: {autoscaling: {max: 4}}}",
                **workers("autoscaling: {mode: cpu, min: 5}"),
            },
            ["the most, from base"],
        ),
        (memory("target: 0.75"), ["spill 0.7, the default"]),
    ],
)
def test_a_second_place_names_the_layer_that_it_comes_from(specs: Specs, notes: list[str]) -> None:
    assert [note.message for note in finding(specs).notes] == notes

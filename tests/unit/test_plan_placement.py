"""The stage `plan`: which nodes pods may run on, and whether they fit there (FIT001)."""

import pytest
from tests.unit.small_tree import (
    DEV,
    MALARIA,
    Specs,
    environment,
    malaria,
    planned,
    told,
    unmarked,
)

from modelops.diagnostics import Diagnostic
from modelops.planned import Placement, Toleration

SPOT = "kubernetes.azure.com/scalesetpriority"

# --- placement -----------------------------------------------------------------------------------


def placed(pool: str) -> Placement:
    """Where workers go whose pool `cpu` is this."""
    dev_spec = environment(pools=f"pools: {{cpu: {{vmSize: Standard_D8s_v5{pool}}}}}")
    return malaria(dev_spec=dev_spec).workers.pod.placement


def test_a_pool_is_selected_by_its_name() -> None:
    assert placed("") == Placement({"modelops.io/role": "cpu"}, (), {})


def test_a_pool_s_role_takes_the_place_of_its_name() -> None:
    assert placed(", role: batch").node_selector == {"modelops.io/role": "batch"}


def test_a_pool_s_labels_are_selected_too_sorted() -> None:
    selector = placed(", labels: {zone: a, disk: fast}").node_selector
    assert list(selector.items()) == [("disk", "fast"), ("modelops.io/role", "cpu"), ("zone", "a")]


def test_taints_are_tolerated_as_they_are() -> None:
    taints = "{modelops.io/role: {value: cpu}, gpu: {effect: NoExecute}}"
    assert placed(f", taints: {taints}").tolerations == (
        Toleration("gpu", "", "NoExecute"),
        Toleration("modelops.io/role", "cpu", "NoSchedule"),
    )


def test_spot_nodes_are_tolerated_and_preferred_but_not_demanded() -> None:
    placement = placed(", spot: true, taints: {a: {value: b}}")
    assert placement.tolerations == (
        Toleration("a", "b", "NoSchedule"),
        Toleration(SPOT, "spot", "NoSchedule"),
    )
    assert placement.preferred == {SPOT: "spot"}
    assert placement.node_selector == {"modelops.io/role": "cpu"}


def test_each_part_goes_to_its_own_pool_and_the_job_to_the_scheduler_s() -> None:
    size = "vmSize: Standard_D8s_v5"
    pools = f"pools: {{cpu: {{{size}}}, small: {{{size}}}, big: {{{size}}}}}"
    spec = """\
scheduler: {pool: small}
workers: {pool: big}
secrets: {web: {generate: [cookie]}}
"""
    workspace = malaria(spec, environment(pools=pools))
    bootstrap = workspace.secrets.bootstrap
    assert bootstrap is not None
    pods = (workspace.scheduler.pod, workspace.workers.pod, bootstrap.pod)
    roles = [pod.placement.node_selector["modelops.io/role"] for pod in pods]
    assert roles == ["small", "big", "small"]


# --- FIT001 --------------------------------------------------------------------------------------
#
# Standard_D4s_v3 has 4 CPUs and 16 GiB. AKS keeps 140m of 4 CPUs, its own DaemonSets ask for 250m:
# 3610m are left. Of the memory it keeps 20 MB x 110 pods + 50 MB = 2.25 GB and 100 MiB, DaemonSets
# ask for 512 MiB: 17_179_869_184 - 2_250_000_000 - 104_857_600 - 536_870_912 = 14_288_140_672.

D4S = "pools: {cpu: {vmSize: Standard_D4s_v3}}"
MOST_MEMORY = 14_288_140_672


def findings(resources: str, pools: str = D4S) -> tuple[Diagnostic, ...]:
    """What is said of workers with these resources."""
    spec = f"workers: {{resources: {{{resources}}}}}"
    return errors({MALARIA: spec, DEV: environment(pools=pools)})


def errors(specs: Specs) -> tuple[Diagnostic, ...]:
    """What cannot be, less what might be better."""
    return tuple(one for one in planned(specs).diagnostics if one.is_error)


@pytest.mark.parametrize(
    "resources",
    [
        "cpu: 3610m, memory: 8Gi",
        "cpu: «3611m, memory: 8Gi",
        "cpu: «4, memory: 8Gi",
        f"cpu: 2, memory: '{MOST_MEMORY}'",
        f"cpu: 2, memory: «'{MOST_MEMORY + 1}'",
        "cpu: 2, memory: 13Gi",
        "cpu: 2, memory: «16Gi",
        "cpu: «6, memory: «24Gi",
        "cpu: {request: 3, limit: 6}, memory: {request: 13Gi, limit: 24Gi}",  # requests count
        "cpu: «{request: 4, limit: 6}",
    ],
)
def test_a_pod_must_fit_the_node_that_it_asks_for(resources: str) -> None:
    specs, places = unmarked(
        {DEV: environment(pools=D4S), MALARIA: f"workers: {{resources: {{{resources}}}}}"}
    )
    assert told(errors(specs)) == [f"error FIT001 {place}" for place in places]


def test_a_finding_tells_both_numbers_and_where_the_nodes_are_chosen() -> None:
    (cpu,) = findings("cpu: 4")
    assert "4 CPU" in cpu.message
    assert "3.61 CPU" in cpu.message
    _, (place,) = unmarked({DEV: environment(pools=D4S.replace("Stand", "«Stand"))})
    assert [str(note.at) for note in cpu.notes] == [place]


def test_a_scheduler_must_fit_too() -> None:
    spec = "scheduler: {resources: {memory: «16Gi}}"
    specs, (place,) = unmarked({DEV: environment(pools=D4S), MALARIA: spec})
    assert told(errors(specs)) == [f"error FIT001 {place}"]


def test_what_a_file_says_of_its_nodes_goes_before_what_is_known_of_their_size() -> None:
    told_more = D4S.replace("}}", ", allocatable: {cpu: 4, memory: 8Gi}}}")
    assert findings("cpu: 4", told_more) == ()
    assert [one.rule.code for one in findings("cpu: 4, memory: 9Gi", told_more)] == ["FIT001"]


def test_fewer_pods_on_a_node_leave_more_memory() -> None:
    few = D4S.replace("}}", ", maxPods: 30}}")  # 20 MB x 80 pods = 1.6 GB more
    most = MOST_MEMORY + 1_600_000_000
    assert findings(f"memory: '{most}'", few) == ()
    assert len(findings(f"memory: '{most + 1}'", few)) == 1


LARGE = "vmSize: Standard_D8s_v5"


@pytest.mark.parametrize(
    ("large", "fits"),
    [
        ("", False),  # another role
        (", role: cpu", True),
        (", role: cpu, labels: {disk: fast}", True),
        (", role: cpu, taints: {only: {value: us}}", False),
        (", role: cpu, taints: {only: {effect: PreferNoSchedule}}", True),
        (", role: cpu, spot: true", False),
        (", role: cpu, mode: system", False),
    ],
)
def test_a_pod_may_land_on_any_pool_that_takes_it(
    large: str,
    fits: bool,  # noqa: FBT001 -- a table's column
) -> None:
    pools = D4S.replace("}}", f"}}, large: {{{LARGE}{large}}}}}")
    assert (findings("cpu: 4", pools) == ()) is fits


def test_nothing_is_said_where_one_of_the_nodes_is_unknown() -> None:
    """Another check refuses the unknown pool."""
    pools = D4S.replace("}}", "}, odd: {vmSize: Standard_Unheard_v9, role: cpu}}")
    codes = {one.rule.code for one in findings("cpu: 4", pools)}
    assert codes == {"CFG011"}


def test_gpus_come_from_a_gpu_pool() -> None:
    pools = D4S.replace("}}", "}, gpu: {vmSize: Standard_NC4as_T4_v3}}")
    for gpus, count in ((1, 0), (2, 1)):
        spec = f"workers: {{pool: gpu, resources: {{gpu: {gpus}}}}}"
        found = planned({MALARIA: spec, DEV: environment(pools=pools)}).diagnostics
        assert len(found) == count

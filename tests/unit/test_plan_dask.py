"""The stage `plan`: scheduler and workers, their environment and their volumes."""

import json

import pytest
from tests.unit.small_tree import (
    BASE,
    DEV,
    DIGEST,
    GIB,
    MALARIA,
    MIB,
    dev,
    environment,
    malaria,
    plain,
)

from modelops.planned import (
    ClaimPlan,
    ClaimVolume,
    ConfigVolume,
    ImagePlan,
    PlainValue,
    PortRange,
    ScratchVolume,
    SecretValue,
)

NAMESPACE = "modelops-dask-dev-malaria"
ADDRESS = f"tcp://dask-scheduler.{NAMESPACE}.svc.cluster.local:8786"
MEMORY = "DASK_DISTRIBUTED__WORKER__MEMORY__"
SATURATION = "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION"

# --- names, addresses, ports ---------------------------------------------------------------------


def test_a_workspace_is_placed_and_labelled() -> None:
    workspace = malaria("labels: {team: malaria, cost-center: epi}")
    assert (workspace.name, workspace.namespace) == ("malaria", NAMESPACE)
    assert (workspace.unit, workspace.source) == ("dev/workspaces/malaria", MALARIA)
    assert list(workspace.labels.items()) == [
        ("cost-center", "epi"),
        ("team", "malaria"),
        ("modelops.io/env", "dev"),
        ("modelops.io/kind", "workspace"),
        ("modelops.io/name", "malaria"),
    ]


def test_dev_s_default_workspace_has_the_plain_namespace() -> None:
    files = {f"environments/dev/workspaces/{name}.yaml": "{}" for name in ("default", "malaria")}
    assert [(one.name, one.namespace) for one in dev(files).workspaces] == [
        ("default", "modelops-dask-dev"),
        ("malaria", "modelops-dask-dev-malaria"),
    ]


@pytest.mark.parametrize(
    ("version", "pinned"), [("1.35", "v1.35"), ("1.36.2", "v1.36"), ("1.34.11", "v1.34")]
)
def test_pod_security_is_held_to_the_targeted_minor(version: str, pinned: str) -> None:
    dev_spec = environment(f'kubernetesVersion: "{version}"')
    assert malaria(dev_spec=dev_spec).pod_security == pinned
    assert dev({DEV: dev_spec}).kubernetes == pinned.removeprefix("v")


def test_the_scheduler_is_found_under_one_name_from_everywhere() -> None:
    workspace = malaria()
    scheduler = workspace.scheduler
    assert (scheduler.name, scheduler.comm_port, scheduler.dashboard_port) == (
        ("dask-scheduler", 8786, 8787)
    )
    assert scheduler.address == workspace.workers.scheduler_address == ADDRESS
    assert plain(workspace.workers.pod.variables)["DASK_SCHEDULER_ADDRESS"] == ADDRESS


@pytest.mark.parametrize("processes", [1, 2, 5, 100])
def test_each_process_has_a_port_of_its_own(processes: int) -> None:
    pools = "pools: {cpu: {vmSize: Standard_D32s_v5}}"
    cold = "executor: {type: cold}"
    spec = f"workers: {{processes: {processes}, resources: {{cpu: 25}}}}\n{cold}"
    workers = malaria(spec, environment(pools=pools)).workers
    assert workers.worker_ports == PortRange(9000, 8999 + processes)
    assert workers.nanny_ports == PortRange(9100, 9099 + processes)
    assert workers.worker_ports.last < workers.nanny_ports.first
    assert (workers.processes, workers.threads, workers.metrics_port) == (processes, 1, 8790)


# --- pods ----------------------------------------------------------------------------------------


def test_pods_have_their_own_accounts_and_classes() -> None:
    workspace = malaria("secrets: {web: {generate: [cookie]}}")
    bootstrap = workspace.secrets.bootstrap
    assert bootstrap is not None
    pods = (workspace.scheduler.pod, workspace.workers.pod, bootstrap.pod)
    assert [(pod.component, pod.service_account, pod.priority_class) for pod in pods] == [
        ("scheduler", "dask-scheduler", "modelops-dev-control"),
        ("worker", "dask-worker", "modelops-dev-batch"),
        ("secret-bootstrap", "secret-bootstrap", "modelops-dev-control"),
    ]


@pytest.mark.parametrize(
    ("written", "drain"), [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("0s", 0)]
)
def test_a_worker_is_given_time_to_drain_and_to_close(written: str, drain: int) -> None:
    workspace = malaria(f"workers: {{drain: {written}}}")
    assert workspace.workers.drain == drain
    assert workspace.workers.pod.grace == drain + 30
    assert workspace.scheduler.pod.grace == 30


@pytest.mark.parametrize(
    ("timeout", "drain"),
    [("30m", 1800), ("10m", 600), ("45s", 600), ("1h", 3600), ("12h", 3600), (None, 1800)],
)
def test_time_to_drain_is_that_of_one_execution_unless_it_is_said(
    timeout: str | None, drain: int
) -> None:
    workspace = malaria(f"executor: {{timeout: {timeout}}}" if timeout else "{}")
    assert workspace.workers.drain == drain
    assert workspace.workers.pod.grace == drain + 30
    assert json.loads(workspace.config.text)["dask"]["drainSeconds"] == drain


@pytest.mark.parametrize(
    ("images", "rest", "image"),
    [
        ("{repository: dask, digest: D}", "", ImagePlan("ghcr.io/epi/dask@D", 10001)),
        ("{repository: dask, tag: v1, digest: D}", "", ImagePlan("ghcr.io/epi/dask:v1@D", 10001)),
        (
            "{repository: quay.io/x/dask, digest: D, user: 999}",
            "",
            ImagePlan("quay.io/x/dask@D", 999),
        ),
        (
            "{repository: dask, digest: D}",
            "registry: {prefix: 'acr.azurecr.io/team'}",
            ImagePlan("acr.azurecr.io/team/dask@D", 10001),
        ),
        (
            "{repository: 'localhost:5000/dask', digest: D}",
            "registry: {prefix: 'acr.azurecr.io/team'}",
            ImagePlan("localhost:5000/dask@D", 10001),
        ),
    ],
)
def test_a_name_of_images_yaml_becomes_a_reference(
    images: str, rest: str, image: ImagePlan
) -> None:
    entry = images.removesuffix("}") + ", executors: [isolated_warm]}"
    text = f"registry: ghcr.io/epi\nimages: {{dask-scheduler: {entry}, dask-worker: {entry}}}"
    workspace = malaria(dev_spec=environment(rest=rest), images=text.replace("D,", f'"{DIGEST}",'))
    wanted = ImagePlan(image.reference.replace("@D", f"@{DIGEST}"), image.user)
    assert workspace.scheduler.pod.image == workspace.workers.pod.image == wanted


def test_a_reference_in_full_is_taken_as_it_is() -> None:
    reference = f"registry.local:5000/team/dask:1.2@{DIGEST}"
    workspace = malaria(f"workers: {{image: '{reference}'}}")
    assert workspace.workers.pod.image == ImagePlan(reference, 10001)


def test_every_pod_pulls_with_the_environment_s_secret() -> None:
    rest = "registry: {pullSecret: {name: ghcr, existing: true}}"
    workspace = malaria("secrets: {web: {generate: [cookie]}}", environment(rest=rest))
    bootstrap = workspace.secrets.bootstrap
    assert bootstrap is not None
    for pod in (workspace.scheduler.pod, workspace.workers.pod, bootstrap.pod):
        assert pod.pull_secrets == ("ghcr",)
    assert malaria().workers.pod.pull_secrets == ()


# --- environment variables -----------------------------------------------------------------------


def test_the_scheduler_s_variables() -> None:
    assert plain(malaria().scheduler.pod.variables) == {
        "HOME": "/tmp",  # noqa: S108 -- in the container
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3",
        "DASK_DISTRIBUTED__SCHEDULER__UNKNOWN_TASK_DURATION": "60s",
        SATURATION: "1.1",
    }


def test_the_workers_variables() -> None:
    assert plain(malaria().workers.pod.variables) == {
        "HOME": "/tmp",  # noqa: S108 -- in the container
        "MALLOC_TRIM_THRESHOLD_": "65536",
        "MKL_NUM_THREADS": "1",
        "NUMEXPR_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "DASK_SCHEDULER_ADDRESS": ADDRESS,
        "MODELOPS_CONFIG": "/etc/modelops/runtime.json",
        f"{MEMORY}TARGET": "0.6",
        f"{MEMORY}SPILL": "0.7",
        f"{MEMORY}PAUSE": "0.8",
        f"{MEMORY}TERMINATE": "0.95",
    }


SETTINGS_OF_DISTRIBUTED = {
    "scheduler.allowed-failures",
    "scheduler.unknown-task-duration",
    "scheduler.worker-saturation",
    "worker.memory.pause",
    "worker.memory.spill",
    "worker.memory.target",
    "worker.memory.terminate",
}
"""Keys below `distributed` of distributed/distributed.yaml, 2026.8.0, that we set."""


def test_dask_s_variables_are_settings_that_it_has() -> None:
    """dask.config.collect_env: the prefix goes, `__` is a level, `_` is the same as `-`."""
    workspace = malaria()
    variables = (*workspace.scheduler.pod.variables, *workspace.workers.pod.variables)
    dask = [name.removeprefix("DASK_") for name in variables if name.startswith("DASK_D")]
    keys = {name.lower().replace("__", ".").replace("_", "-") for name in dask}
    assert keys == {f"distributed.{key}" for key in SETTINGS_OF_DISTRIBUTED}


@pytest.mark.parametrize(
    ("written", "text"),
    [("inf", "inf"), ("1.0", "1"), ("2", "2"), ("1.25", "1.25"), ("0.1", "0.1")],
)
def test_a_number_is_written_as_short_as_it_was_typed(written: str, text: str) -> None:
    variables = malaria(f"workers: {{saturation: {written}}}").scheduler.pod.variables
    assert plain(variables)[SATURATION] == text


def test_thresholds_reach_dask() -> None:
    memory = "{target: 0.5, spill: 0.65, pause: 0.75, terminate: 1}"
    variables = plain(malaria(f"workers: {{memory: {memory}}}").workers.pod.variables)
    assert [variables[f"{MEMORY}{name}"] for name in ("TARGET", "SPILL", "PAUSE", "TERMINATE")] == [
        "0.5",
        "0.65",
        "0.75",
        "1",
    ]


def test_people_s_variables_follow_ours_by_name_and_keep_their_text() -> None:
    spec = """\
workers:
  env: {ZONE: no, ALPHA: 012, MIDDLE: 1e3}
  secretEnv: {TOKEN: {secret: web, key: cookie}, BEARER: {secret: web, key: cookie}}
secrets: {web: {existing: true}}
"""
    variables = malaria(spec).workers.pod.variables
    own = list(malaria().workers.pod.variables)
    assert list(variables) == [*own, "ALPHA", "MIDDLE", "ZONE", "BEARER", "TOKEN"]
    assert variables["ZONE"] == PlainValue("no")
    assert variables["ALPHA"] == PlainValue("012")
    assert variables["MIDDLE"] == PlainValue("1e3")
    assert variables["TOKEN"] == SecretValue("web", "cookie")


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("workers", "OMP_NUM_THREADS"),
        ("workers", "HOME"),
        ("scheduler", "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"),
        ("scheduler", "DASK_DISTRIBUTED__SCHEDULER__UNKNOWN_TASK_DURATION"),
    ],
)
def test_a_person_may_say_a_tunable_otherwise(part: str, name: str) -> None:
    before, after = malaria(), malaria(f'{part}: {{env: {{{name}: "8"}}}}')
    changed = {"workers": after.workers.pod, "scheduler": after.scheduler.pod}[part].variables
    old = {"workers": before.workers.pod, "scheduler": before.scheduler.pod}[part].variables
    assert list(changed) == list(old)
    assert {key for key in old if changed[key] != old[key]} == {name}
    assert changed[name] == PlainValue("8")


def test_a_variable_of_one_part_does_not_reach_the_other() -> None:
    workspace = malaria("scheduler: {env: {ONLY: here}}")
    assert "ONLY" in workspace.scheduler.pod.variables
    assert "ONLY" not in workspace.workers.pod.variables


# --- volumes -------------------------------------------------------------------------------------


def test_a_worker_has_bounded_disk_for_everything_it_writes() -> None:
    workspace = malaria("workers: {spill: 20Gi}\nbundles: {cache: 3Gi}")
    assert workspace.workers.pod.volumes == (
        ScratchVolume("tmp", "/tmp", 2 * GIB),  # noqa: S108 -- in the container
        ScratchVolume("dask-spill", "/dask-spill", 20 * GIB),
        ScratchVolume("cache", "/var/cache/modelops", 3 * GIB),
        ScratchVolume("results", "/var/lib/modelops/results", 5 * GIB),
        ConfigVolume("config", "/etc/modelops", workspace.config.name),
    )
    assert workspace.workers.spill_directory == "/dask-spill"
    assert workspace.scheduler.pod.volumes == (ScratchVolume("tmp", "/tmp", 512 * MIB),)  # noqa: S108 -- in the container


def test_results_on_a_volume_are_claimed_shared_and_kept() -> None:
    dev_spec = environment("storageClasses: {shared: nfs}")
    workspace = malaria("results: {kind: volume, size: 70Gi}", dev_spec)
    assert workspace.claims == (ClaimPlan("results", "nfs", 70 * GIB),)
    volume = ClaimVolume("results", "/var/lib/modelops/results", "results")
    assert volume in workspace.workers.pod.volumes
    assert workspace.keep


def test_a_namespace_without_data_goes_with_its_file() -> None:
    workspace = malaria()
    assert workspace.claims == ()
    assert not workspace.keep


def test_a_layer_below_reaches_the_plan() -> None:
    workspace = dev({BASE: "workspace: {workers: {threads: 4}}"}).workspaces[0]
    assert workspace.workers.threads == 4

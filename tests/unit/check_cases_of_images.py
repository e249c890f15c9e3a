"""Cases of the checks of images, bundles, executors, pools and clusters."""

from tests.unit.check_case import PRODUCTION, Case, workers
from tests.unit.small_tree import DEV, DIGEST, IMAGES, IMAGES_SPEC, MALARIA, Specs, environment

# --- images, bundles, executors -------------------------------------------------------------------


def image(fields: str, mark: str = "") -> Specs:
    """Images where workers use an entry with these fields, and a workspace that has them."""
    entry = f"  {mark}mine: {{{fields}, executors: [isolated_warm]}}\n"
    return {IMAGES: IMAGES_SPEC + entry, **workers("image: mine")}


KEPT_IN_PRODUCTION = "tier: production\ndefaults: {workspace: {results: {kind: volume}}}"
PINNED = f'repository: dask, digest: "{DIGEST}"'
ZEROS = "sha256:" + "0" * 64
IMAGE_CASES = (
    Case(
        "mutable_image",
        "a tag alone",
        image("repository: dask, tag: v1", "«"),
        ("warning IMG001",),
        image(PINNED),
        ("mine", "v1"),
    ),
    Case(
        "mutable_image",
        "a tag alone in production",
        image("repository: dask, tag: v1", "«"),
        ("error IMG001",),
        image(PINNED + ", tag: v1"),
        ("v1",),
        PRODUCTION,
    ),
    Case(
        "mutable_image",
        "latest, accepted with a reason",
        image("repository: dask, tag: latest", "«"),
        ("warning IMG001",),
        {
            **image("repository: dask, tag: latest"),
            MALARIA: "workers: {image: mine}\naccept: {IMG001: we look after it}",
        },
        ("latest",),
    ),
    Case(
        "mutable_image",
        "an error cannot be accepted",
        {
            **image("repository: dask", "«"),
            MALARIA: "workers: {image: mine}\naccept: {IMG001: we look after it}",
        },
        ("error IMG001",),
        image(PINNED),
        around=PRODUCTION,
    ),
    Case(
        "mutable_image",
        "a reference in full",
        {MALARIA: "scheduler: {image: «'ghcr.io/x/dask:1'}"},
        ("warning IMG001",),
        {MALARIA: f"scheduler: {{image: 'ghcr.io/x/dask:1@{DIGEST}'}}"},
        ("ghcr.io/x/dask:1",),
    ),
    Case(
        "unknown_image",
        "a slip of the keyboard",
        {MALARIA: "scheduler: {image: «dask-schedulr}"},
        ("error IMG002",),
        {MALARIA: "scheduler: {image: dask-scheduler}"},
        ("dask-schedulr",),
    ),
    Case(
        "unknown_image",
        "a reference without a host",
        workers(f"image: «'library/dask@{DIGEST}'"),
        ("error IMG002",),
        workers(f"image: 'docker.io/library/dask@{DIGEST}'"),
    ),
    Case(
        "unknown_image",
        "nothing says of which registry",
        {
            IMAGES: IMAGES_SPEC.replace("registry:", "#"),
            MALARIA: "workers: {image: «dask-worker}\nscheduler: {image: «dask-scheduler}",
        },
        ("error IMG002",) * 2,
        {
            IMAGES: IMAGES_SPEC.replace("registry:", "#"),
            DEV: environment(rest="registry: {prefix: ghcr.io/epi}"),
        },
        ("registry",),
    ),
    Case(
        "unknown_image",
        "a placeholder of the documentation",
        workers(f"image: «'ghcr.io/your-org/dask@{DIGEST}'"),
        ("error IMG002",),
        workers(f"image: 'ghcr.io/your-organisation/dask@{DIGEST}'"),
        ("ghcr.io/your-org/dask",),
    ),
    Case(
        "unknown_image",
        "a digest of zeros",
        workers(f"image: «'ghcr.io/x/dask@{ZEROS}'"),
        ("error IMG002",),
        workers(f"image: 'ghcr.io/x/dask@{ZEROS[:-1]}1'"),
    ),
    Case(
        "unoffered_executor",
        "not built in",
        {**image(PINNED), MALARIA: "workers: {image: mine}\nexecutor: {type: «cold}"},
        ("error CFG008",),
        {**image(PINNED), MALARIA: "workers: {image: mine}\nexecutor: {type: isolated_warm}"},
        ("mine", "cold"),
    ),
    Case(
        "unoffered_executor",
        "by default, of an image that says nothing",
        {
            IMAGES: IMAGES_SPEC + f"  mine: {{{PINNED}}}\n",
            MALARIA: "workers: {image: mine}\n«executor: {timeout: 1m}",
        },
        ("error CFG008",),
        {**image(PINNED), MALARIA: "workers: {image: mine}\nexecutor: {timeout: 1m}"},
        ("mine", "isolated_warm"),
    ),
    Case(
        "unoffered_executor",
        "a fresh environment in the worker itself",
        {MALARIA: "executor: {type: direct, freshVenv: «true}"},
        ("error CFG008",),
        {MALARIA: "executor: {type: cold, freshVenv: true}"},
    ),
)

# --- pools and clusters ---------------------------------------------------------------------------


def pools(text: str) -> Specs:
    """An environment with these pools beside `cpu`."""
    return {DEV: environment(pools=f"pools: {{cpu: {{vmSize: Standard_D8s_v5}}, {text}}}")}


POOLS = (
    Case(
        "pool_without_capacity",
        "a size that nobody knows",
        pools("gpu: {vmSize: «Standard_D8s_v55}"),
        ("error CFG011",),
        pools("gpu: {vmSize: Standard_D8s_v55, allocatable: {cpu: 7, memory: 28Gi}}"),
        ("Standard_D8s_v55",),
    ),
    Case(
        "pool_without_capacity",
        "no size at all",
        pools("«gpu: {max: 3}"),
        ("error CFG011",),
        pools("gpu: {max: 3, vmSize: Standard_NC4as_T4_v3}"),
        ("gpu",),
    ),
    Case(
        "pool_without_capacity",
        "fewest above most",
        pools("gpu: {vmSize: Standard_NC4as_T4_v3, min: «6}"),
        ("error CFG011",),
        pools("gpu: {vmSize: Standard_NC4as_T4_v3, min: 5}"),
        ("6", "5"),
    ),
    Case(
        "unknown_pool",
        "a slip of the keyboard",
        {MALARIA: "scheduler: {pool: «cpus}\nworkers: {pool: «gpus}"},
        ("error FIT003",) * 2,
        {MALARIA: "scheduler: {pool: cpu}\nworkers: {pool: cpu}"},
        ("cpus", "dev"),
    ),
    Case(
        "unknown_pool",
        "the cluster's own",
        {**pools("system: {vmSize: Standard_D8s_v5, mode: system}"), **workers("pool: «system")},
        ("error FIT003",),
        {**pools("system: {vmSize: Standard_D8s_v5, mode: user}"), **workers("pool: system")},
        ("system",),
    ),
    Case(
        "pod_too_large",
        "one CPU more than there is",
        {
            **pools("small: {vmSize: Standard_D4s_v3}"),
            **workers("pool: small, resources: {cpu: «4}"),
        },
        ("error FIT001",),
        {
            **pools("small: {vmSize: Standard_D4s_v3}"),
            **workers("pool: small, resources: {cpu: 3}"),
        },
        ("4 CPU", "3.61 CPU", "small"),
    ),
    Case(
        "unsupported_kubernetes",
        "out of support",
        {DEV: environment('kubernetesVersion: «"1.33"')},
        ("error CFG011",),
        {DEV: environment('kubernetesVersion: "1.34"')},
        ("1.33",),
    ),
    Case(
        "unsupported_kubernetes",
        "not out yet",
        {DEV: environment('kubernetesVersion: «"1.38.0"')},
        ("error CFG011",),
        {DEV: environment('kubernetesVersion: "1.37.0"')},
        ("1.38.0",),
    ),
    Case(
        "undeclared_feature",
        "LocalDNS without Cilium",
        {DEV: environment("features: {localDns: «true, networkPolicy: calico}")},
        ("error CFG011",),
        {DEV: environment("features: {localDns: true, networkPolicy: cilium}")},
    ),
    Case(
        "unenforced_policies",
        "no engine, in development",
        {DEV: environment("features: «{}")},
        ("warning NET001",),
        {DEV: environment("features: {networkPolicy: other}")},
        ("dev", "network policies"),
    ),
    Case(
        "unenforced_policies",
        "no engine, in production",
        {DEV: environment("features: «{keda: true}", rest=KEPT_IN_PRODUCTION)},
        ("error NET001",),
        {DEV: environment("features: {keda: true, networkPolicy: azure}", rest=KEPT_IN_PRODUCTION)},
    ),
)

CASES = (*IMAGE_CASES, *POOLS)

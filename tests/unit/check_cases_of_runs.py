"""Cases of the checks of runs and of the services that units use."""

from tests.unit.check_case import Case
from tests.unit.small_tree import DEV, IMAGES, IMAGES_SPEC, MALARIA, Specs, environment

SIR = "environments/dev/runs/sir.yaml"
MLFLOW = "environments/dev/services/mlflow.yaml"

SEARCH = """\
workspace: malaria
model: models.sir/baseline
objective: {target: targets.prevalence:loss}
parameters: {beta: {type: float, low: 0.1, high: 0.9}}
"""
OF_RUNS = f"""\
{IMAGES_SPEC}\
  adaptive-worker:
    repository: adaptive
    digest: "sha256:{"8d" * 32}"
    adapters: [optuna]
    samplers: [tpe, random]
  postgres-17: {{repository: docker.io/library/postgres, digest: "sha256:{"9e" * 32}", user: 999}}
  cloudnative-pg-17: {{repository: quay.io/pg, digest: "sha256:{"9e" * 32}", user: 26}}
"""
AROUND: Specs = {IMAGES: OF_RUNS}

PULLED = environment(rest="registry: {pullSecret: {name: quay, existing: true}}")


def run(*lines: str) -> Specs:
    """A run on `malaria` with these lines after its search."""
    return {SIR: SEARCH + "\n".join(lines)}


CASES = (
    Case(
        "unknown_workspace",
        "a run on a workspace that is not there",
        {SIR: SEARCH.replace("malaria", "«measles")},
        ("error ADP006",),
        run(),
        ("measles",),
        AROUND,
    ),
    Case(
        "workers_without_store",
        "two workers, each for itself",
        run("workers: {replicas: 2}", "store: {kind: «none}"),
        ("error ADP001",),
        run("workers: {replicas: 1}", "store: {kind: none}"),
        ("2 workers",),
        AROUND,
    ),
    Case(
        "incomplete_store",
        "a store that is somewhere",
        run("store: {mode: «external}"),
        ("error ADP002",),
        run(
            "store: {mode: external, host: db.example.org, secret: trials}",
            "secrets: {trials: {existing: true}}",
        ),
        ("`store.host` and `store.secret`",),
        AROUND,
    ),
    Case(
        "undeclared_password",
        "a Secret that nothing declares",
        run("store: {mode: external, host: db.example.org, secret: «trials}"),
        ("error VER002",),
        run(
            "store: {mode: external, host: db.example.org, secret: trials}",
            "secrets: {trials: {generate: [password]}}",
        ),
        ("trials",),
        AROUND,
    ),
    Case(
        "undeclared_password",
        "a Secret without a password",
        run(
            "store: {mode: external, host: db.example.org, secret: «trials}",
            "secrets: {trials: {generate: [token]}}",
        ),
        ("error VER002",),
        run(
            "store: {mode: external, host: db.example.org, secret: trials}",
            "secrets: {trials: {existing: true}}",
        ),
        ("password",),
        AROUND,
    ),
    Case(
        "taken_secret",
        "a Secret under the name of the store's own",
        run("secrets: {«store: {existing: true}}"),
        ("error NAM002",),
        run("secrets: {tracking: {existing: true}}"),
        ("store",),
        AROUND,
    ),
    Case(
        "unretained_store",
        "a store to be kept where no class keeps anything",
        run("store: {retain: «true}"),
        ("error CFG011",),
        run("store: {retain: false}"),
        around={
            **AROUND,
            DEV: environment(
                "provider: generic",
                pools="pools: {cpu: {allocatable: {cpu: 8, memory: 32Gi}}}",
            ),
        },
    ),
    Case(
        "undeclared_feature",
        "CloudNativePG for a store",
        {**run("store: {mode: «cloudNativePg}"), DEV: environment()},
        ("error CFG011",),
        {
            **run("store: {mode: cloudNativePg}"),
            DEV: environment("features: {cloudNativePg: true}"),
        },
        ("cloudNativePg: true",),
        AROUND,
    ),
    Case(
        "undeclared_feature",
        "External Secrets for the password of a store",
        {**run(), DEV: environment(rest="secrets: {provider: «externalSecrets}")},
        ("error CFG011",),
        {
            **run(),
            DEV: environment(
                "features: {externalSecrets: true}", rest="secrets: {provider: externalSecrets}"
            ),
        },
        ("externalSecrets: true",),
        AROUND,
    ),
    Case(
        "mutable_image",
        "the image that waits for the pull secret",
        {
            IMAGES: f"{OF_RUNS}  «shell: {{repository: docker.io/library/busybox, tag: '1'}}\n",
            DEV: PULLED,
        },
        ("warning IMG001",),
        {
            IMAGES: f"{OF_RUNS}  shell: {{repository: docker.io/library/busybox, tag: '1'}}\n",
            DEV: environment(),
        },
        ("shell",),
    ),
    Case(
        "mutable_image",
        "the image that makes the Secrets of a store",
        {IMAGES: f"{OF_RUNS}  «tools: {{repository: quay.io/x/tools, tag: '1'}}\n", **run()},
        ("warning IMG001",),
        {
            IMAGES: f"{OF_RUNS}  tools: {{repository: quay.io/x/tools, tag: '1'}}\n",
            **run("workers: {replicas: 1}", "store: {kind: none}"),
        },
        ("tools",),
    ),
    Case(
        "unknown_service",
        "a use of a service that is not there",
        {MALARIA: "uses: {«mlflow: {}}"},
        ("error SHR001",),
        {
            MALARIA: "uses: {mlflow: {}}",
            MLFLOW: "image: dask-worker\nports: {http: {port: 5000}}",
        },
        ("mlflow",),
    ),
    Case(
        "unknown_service",
        "a component's use of a service without a port",
        {
            MALARIA: "components: {chat: {image: dask-worker, uses: {«mlflow: {}}}}",
            MLFLOW: "image: dask-worker",
        },
        ("error SHR001",),
        {
            MALARIA: "components: {chat: {image: dask-worker, uses: {mlflow: {}}}}",
            MLFLOW: "image: dask-worker\nports: {http: {port: 5000}}",
        },
        ("no port",),
    ),
)

"""Cases of the checks of what a run searches, and of what its store and its workers are told."""

from tests.unit.check_case import PRODUCTION as IN_PRODUCTION
from tests.unit.check_case import Case
from tests.unit.check_cases_of_runs import AROUND, MLFLOW, OF_RUNS, SIR, run
from tests.unit.small_tree import DEV, IMAGES, MALARIA, environment

HEAD = """\
workspace: malaria
model: models.sir/baseline
objective: {target: targets.prevalence:loss}
"""

OF_SEARCHES = (
    Case(
        "unoffered_algorithm",
        "a sampler that the image does not carry",
        run("algorithm: {sampler: «cmaes}"),
        ("error ADP003",),
        run("algorithm: {sampler: random}"),
        ("adaptive-worker", "cmaes"),
        AROUND,
    ),
    Case(
        "unoffered_algorithm",
        "an image of which nothing is said",
        {
            **run("algorithm: {name: «optuna}"),
            IMAGES: OF_RUNS.replace("    adapters: [optuna]\n", ""),
        },
        ("error ADP003",),
        {**run("algorithm: {name: optuna}"), IMAGES: OF_RUNS},
        ("nothing says",),
    ),
    Case(
        "impossible_range",
        "bounds the wrong way round",
        {SIR: HEAD + "parameters: {contacts: {type: int, low: «20, high: 1}}"},
        ("error ADP007",),
        {SIR: HEAD + "parameters: {contacts: {type: int, low: 1, high: 20}}"},
        ("`contacts` lies between 20 and 1",),
        AROUND,
    ),
    Case(
        "impossible_range",
        "bounds that are one",
        {SIR: HEAD + "parameters: {beta: {type: float, low: «0.5, high: 0.5}}"},
        ("error ADP007",),
        {SIR: HEAD + "parameters: {beta: {type: float, low: 0.5, high: 0.6}}"},
        around=AROUND,
    ),
    Case(
        "impossible_range",
        "the logarithm of nothing",
        {SIR: HEAD + "parameters: {beta: {type: float, low: «0.0, high: 0.5, log: true}}"},
        ("error ADP007",),
        {SIR: HEAD + "parameters: {beta: {type: float, low: 0.0, high: 0.5}}"},
        ("no logarithm",),
        AROUND,
    ),
    Case(
        "impossible_range",
        "no parameter",
        {SIR: HEAD + "parameters: «{}"},
        ("error ADP007",),
        {SIR: HEAD + "parameters: {policy: {type: categorical, choices: [mask]}}"},
        ("nothing to search",),
        AROUND,
    ),
    Case(
        "unled_search",
        "as many trials as random ones",
        run("trials: «20", "algorithm: {startupTrials: 20}"),
        ("warning ADP008",),
        run("trials: 21", "algorithm: {startupTrials: 20}"),
        ("20 trials, and the first 20",),
        AROUND,
    ),
    Case(
        "unled_search",
        "a sampler that learns nothing",
        run("trials: «5"),
        ("warning ADP008",),
        run("trials: 5", "algorithm: {sampler: random}"),
        around=AROUND,
    ),
    Case(
        "short_deadline",
        "a minute too short",
        run("trials: 30", "inFlight: 10", "timeout: 20m", "deadline: «59m"),
        ("warning ADP009",),
        run("trials: 30", "inFlight: 10", "timeout: 20m", "deadline: 60m"),
        ("3 times 20m0s", "1h0m0s", "59m0s"),
        AROUND,
    ),
    Case(
        "short_deadline",
        "one trial more than three rounds",
        run("trials: 31", "inFlight: 10", "timeout: 20m", "deadline: «60m"),
        ("warning ADP009",),
        run("trials: 30", "inFlight: 10", "timeout: 20m", "deadline: 60m"),
        ("4 times 20m0s",),
        AROUND,
    ),
    Case(
        "large_batch",
        "more than the workspace's slots",
        {**run("workers: {mode: independent}", "batch: «13"), MALARIA: "workers: {replicas: 6}"},
        ("warning ADP005",),
        {**run("workers: {mode: independent}", "batch: 12"), MALARIA: "workers: {replicas: 6}"},
        ("13 parameter sets", "12 simulations"),
        AROUND,
    ),
    Case(
        "large_batch",
        "a batch that nobody asks for",
        run("workers: {mode: independent}", "batch: «13"),
        ("warning ADP005",),
        run("workers: {mode: coordinated}", "batch: 13"),
        around=AROUND,
    ),
)

OF_STORES = (
    Case(
        "crowded_store",
        "a Postgres of ours",
        run("workers: {replicas: «64}"),
        ("warning ADP004",),
        run("workers: {replicas: 63}"),
        ("64 workers may open 192", "190"),
        AROUND,
    ),
    Case(
        "crowded_store",
        "one that is elsewhere",
        run(
            "workers: {replicas: «31}",
            "store: {mode: external, host: db.example.org, secret: trials}",
            "secrets: {trials: {existing: true}}",
        ),
        ("warning ADP004",),
        run(
            "workers: {replicas: 30}",
            "store: {mode: external, host: db.example.org, secret: trials}",
            "secrets: {trials: {existing: true}}",
        ),
        ("31 workers may open 93", "90"),
        AROUND,
    ),
    Case(
        "unsaved_store",
        "no dumps in production",
        run("store: «{size: 10Gi}"),
        ("warning AVL008",),
        run("store: {backup: {keep: 3}}"),
        ("`sir`",),
        {**AROUND, **IN_PRODUCTION},
    ),
    Case(
        "unsaved_store",
        "no dumps elsewhere",
        {**run("store: «{size: 10Gi}"), **IN_PRODUCTION},
        ("warning AVL008",),
        {**run("store: {size: 10Gi}"), DEV: environment()},
        around=AROUND,
    ),
    Case(
        "workers_without_store",
        "a single worker of production with all trials in its memory",
        {**run("workers: {replicas: 1}", "store: {kind: «none}"), **IN_PRODUCTION},
        ("warning ADP001",),
        {**run("workers: {replicas: 1}", "store: {kind: none}"), DEV: environment()},
        ("only worker",),
        AROUND,
    ),
    Case(
        "reserved_store_name",
        "the administrator's names",
        run("store: {user: «postgres, database: «template1}"),
        ("error CFG011", "error CFG011"),
        run("store: {user: postgresql, database: template2}"),
        ("`postgres`",),
        AROUND,
    ),
    Case(
        "reserved_store_name",
        "a role of Postgres' own",
        run("store: {user: «pg_monitor}"),
        ("error CFG011",),
        run(
            "store: {mode: external, host: db.example.org, secret: trials, user: pg_monitor}",
            "secrets: {trials: {existing: true}}",
        ),
        around=AROUND,
    ),
)

OF_VARIABLES = (
    Case(
        "shadowed_secret",
        "a variable and a Secret",
        run(
            "workers: {env: {STORAGE_USER: reader}}",
            "secrets: {storage: {existing: true}}",
            "secretEnv: {«STORAGE_USER: {secret: storage, key: user}}",
        ),
        ("error SEC004",),
        run(
            "workers: {env: {STORAGE_NAME: reader}}",
            "secrets: {storage: {existing: true}}",
            "secretEnv: {STORAGE_USER: {secret: storage, key: user}}",
        ),
        ("`workers.env.STORAGE_USER`", "`secretEnv.STORAGE_USER`"),
        AROUND,
    ),
    Case(
        "shadowed_secret",
        "a variable and the address of a service",
        run("uses: {mlflow: {}}", "workers: {env: {«MLFLOW_URL: 'http://elsewhere'}}"),
        ("error SEC004",),
        run("uses: {mlflow: {as: TRACKING}}", "workers: {env: {MLFLOW_URL: 'http://elsewhere'}}"),
        ("`uses.mlflow`",),
        {**AROUND, MLFLOW: "image: dask-worker\nports: {http: {port: 5000}}"},
    ),
    Case(
        "rewritten_contract",
        "the scheduler, by hand",
        run("workers: {env: {«DASK_SCHEDULER_ADDRESS: 'tcp://elsewhere:8786'}}"),
        ("error SEC005",),
        run("workers: {env: {SCHEDULER: 'tcp://elsewhere:8786'}}"),
        ("`workspace`",),
        AROUND,
    ),
    Case(
        "rewritten_contract",
        "the store's host from a Secret",
        run(
            "workers: {replicas: 1}",
            "secrets: {elsewhere: {existing: true}}",
            "secretEnv: {«PGHOST: {secret: elsewhere, key: host}}",
        ),
        ("error SEC005",),
        run(
            "workers: {replicas: 1}",
            "store: {kind: none}",
            "secrets: {elsewhere: {existing: true}}",
            "secretEnv: {PGHOST: {secret: elsewhere, key: host}}",
        ),
        ("`store`",),
        AROUND,
    ),
)

CASES = (*OF_SEARCHES, *OF_STORES, *OF_VARIABLES)

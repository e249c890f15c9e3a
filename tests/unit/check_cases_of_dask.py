"""Cases of the checks of what Dask needs, of its variables, and of what changes nothing."""

from tests.unit.check_case import Case, memory, workers
from tests.unit.small_tree import BASE, DEV, MALARIA, Specs, environment

PROFILE = "environments/profiles/small.yaml"
OWN_PROFILE = "environments/dev/profiles/small.yaml"
KEPT = "defaults: {workspace: {results: {kind: volume}}}"
PRODUCTION: Specs = {DEV: environment(rest=f"tier: production\n{KEPT}")}
STAGING: Specs = {DEV: environment(rest="tier: staging")}


def scheduler(text: str) -> Specs:
    """A workspace with this scheduler."""
    return {MALARIA: f"scheduler: {{{text}}}"}


def executor(text: str) -> Specs:
    """A workspace with this executor."""
    return {MALARIA: f"executor: {{{text}}}"}


# --- what changes nothing -------------------------------------------------------------------------

REPEATED = (
    Case(
        "repeated_value",
        "a value of the base",
        {BASE: "workspace: {workers: {replicas: 3}}", **workers("replicas: «3")},
        ("warning CFG004",),
        {BASE: "workspace: {workers: {replicas: 3}}", **workers("replicas: 4")},
        ("workers.replicas", "base"),
    ),
    Case(
        "repeated_value",
        "a list, said once",
        {
            PROFILE: "defaults: {workspace: {network: {egress: "
            "{a: {cidr: 10.0.0.0/8, ports: [1, 2]}}}}}",
            MALARIA: "profile: small\nnetwork: {egress: {a: {cidr: «10.0.0.0/8, ports: «[1, 2]}}}",
        },
        ("warning CFG004",) * 2,
        {
            PROFILE: "defaults: {workspace: {network: {egress: "
            "{a: {cidr: 10.0.0.0/8, ports: [1, 2]}}}}}",
            MALARIA: "profile: small\nnetwork: {egress: {a: {cidr: 10.1.0.0/16, ports: [2, 1]}}}",
        },
        ("network.egress.a.cidr", "defaults of profile small"),
    ),
    Case(
        "repeated_value",
        "the same amount in other letters is another text",
        {BASE: "workspace: {workers: {spill: 1Gi}}", **workers("spill: «1Gi")},
        ("warning CFG004",),
        {BASE: "workspace: {workers: {spill: 1Gi}}", **workers("spill: 1024Mi")},
    ),
    Case(
        "repeated_value",
        "a variable is the text that was typed",
        {BASE: "workspace: {workers: {env: {A: 012}}}", **workers("env: {A: «012}")},
        ("warning CFG004",),
        {BASE: "workspace: {workers: {env: {A: 012}}}", **workers("env: {A: 12}")},
    ),
    Case(
        "repeated_value",
        "a profile may insist, and a map needs its kind",
        {
            BASE: "workspace: {results: {kind: volume, size: 10Gi}}",
            PROFILE: "overrides: {workspace: {workers: {replicas: 3}}}",
            MALARIA: "profile: small\nresults: {kind: volume, size: «10Gi}\nworkers: {replicas: 3}",
        },
        ("warning CFG004",),
        {
            BASE: "workspace: {results: {kind: volume, size: 10Gi}}",
            PROFILE: "overrides: {workspace: {workers: {replicas: 3}}}",
            MALARIA: "profile: small\nresults: {kind: volume, size: 20Gi}\nworkers: {replicas: 3}",
        },
    ),
    Case(
        "unused_profile",
        "one environment's own",
        {OWN_PROFILE: "«description: few"},
        ("warning CFG004",),
        {PROFILE: "description: few"},
        ("dev", "small"),
    ),
    Case(
        "unused_profile",
        "one that the environment names",
        {OWN_PROFILE: "«description: few", MALARIA: "profile: []"},
        ("warning CFG004",),
        {
            OWN_PROFILE: "description: few",
            MALARIA: "profile: []",
            DEV: environment(rest="profiles: [small]"),
        },
    ),
)

# --- executors ------------------------------------------------------------------------------------

SLOW = (
    Case(
        "slow_executor",
        "cold and fresh in production",
        executor("type: «cold, freshVenv: «true"),
        ("error CFG007",) * 2,
        executor("type: isolated_warm, freshVenv: false"),
        ("cold", "malaria", "production"),
        PRODUCTION,
    ),
    Case(
        "slow_executor",
        "direct in staging is a warning",
        executor("type: «direct"),
        ("warning CFG007",),
        {MALARIA: "executor: {type: direct}\naccept: {CFG007: it is tiny}"},
        ("direct", "staging"),
        STAGING,
    ),
    Case(
        "slow_executor",
        "a profile for no production says so itself",
        {
            PROFILE: "tiers: [staging]\noverrides: {workspace: {executor: {type: direct}}}",
            MALARIA: "profile: «small",
        },
        ("error CFG003",),
        {
            PROFILE: "overrides: {workspace: {executor: {freshVenv: false}}}",
            MALARIA: "profile: small",
        },
        ("staging",),
        PRODUCTION,
    ),
    Case(
        "warm_overcommit",
        "128 warm processes in each",
        executor("maxWarmProcesses: «128, warmProcessMemory: 512Mi"),
        ("error DSK012",),
        executor("maxWarmProcesses: 8, warmProcessMemory: 512Mi"),
        ("128", "processes 2", "512Mi", "128 GiB", "8 GiB"),
    ),
    Case(
        "warm_overcommit",
        "larger ones",
        executor("maxWarmProcesses: «4, warmProcessMemory: 1025Mi"),
        ("error DSK012",),
        executor("warmProcessMemory: 1025Mi"),  # the number is computed to fit
        ("maxWarmProcesses 4", "1025Mi"),
    ),
    Case(
        "warm_overcommit",
        "none that fits",
        executor("warmProcessMemory: «4097Mi"),
        ("error DSK012",),
        executor("warmProcessMemory: 4097Mi, type: cold"),
        ("a single warm process", "4097Mi", "8 GiB"),
    ),
    Case(
        "warm_overcommit",
        "the default's, in a pod too small for it",
        workers("processes: 1, resources: {memory: ««1023Mi}"),
        ("error DSK012", "warning DSK003"),
        workers("processes: 1, resources: {memory: 1200Mi}"),
        ("a single warm process", "1 GiB", "1023 MiB"),
    ),
)

# --- amounts --------------------------------------------------------------------------------------

AMOUNTS = (
    Case(
        "small_process",
        "a share below 1 GiB",
        workers("resources: {memory: «2Gi}"),
        ("warning DSK003",),
        workers("resources: {memory: 2560Mi}"),
        ("processes: 2", "921.6 MiB", "2 GiB", "1 GiB"),
    ),
    Case(
        "small_process",
        "an error in production, where it was written",
        memory("perProcess: «1023Mi"),
        ("error DSK003",),
        memory("perProcess: 1Gi"),
        ("1023 MiB",),
        PRODUCTION,
    ),
    Case(
        "small_process",
        "many processes on the default's memory",
        workers("processes: «8, resources: {cpu: '12'}"),
        ("warning DSK003",),
        workers("processes: 7, resources: {cpu: '12'}"),
        ("processes: 8", "921.6 MiB"),
        {DEV: environment(pools="pools: {cpu: {vmSize: Standard_D16s_v5}}")},
    ),
    Case(
        "unequal_memory",
        "a request below the limit",
        workers("resources: {memory: {request: «4Gi, limit: 8Gi}}"),
        ("warning DSK004",),
        workers("resources: {memory: {request: 8Gi, limit: 8192Mi}}"),
        ("workers.resources.memory", "4Gi", "8Gi"),
    ),
    Case(
        "unequal_memory",
        "a scheduler's, in production",
        scheduler("resources: {memory: {request: «1Gi, limit: 2Gi}}"),
        ("error DSK004",),
        scheduler("resources: {memory: {request: 2Gi, limit: 2Gi}}"),
        ("scheduler.resources.memory",),
        PRODUCTION,
    ),
    Case(
        "unequal_memory",
        "a limit of a layer above, below the request",
        {
            BASE: "workspace: {workers: {resources: {memory: {request: «8Gi, limit: 8Gi}}}}",
            **workers("resources: {memory: {limit: 4Gi}}"),
        },
        ("error DSK004",),
        {
            BASE: "workspace: {workers: {resources: {memory: {request: 4Gi, limit: 8Gi}}}}",
            **workers("resources: {memory: {limit: 4Gi}}"),
        },
        ("8Gi", "4Gi"),
    ),
    Case(
        "mismatched_cpu",
        "more threads than CPUs",
        workers("threads: 2, resources: {cpu: «3500m}"),
        ("warning DSK005",),
        workers("threads: 2, resources: {cpu: '4'}"),
        ("2 processes x 2 threads", "3500m"),
    ),
    Case(
        "mismatched_cpu",
        "more than half of the CPUs idle",
        workers("processes: 3, resources: {cpu: «'7'}"),
        ("warning DSK005",),
        workers("processes: 3, resources: {cpu: '6'}"),
        ("3 processes x 1 thread", "7"),
    ),
    Case(
        "mismatched_cpu",
        "processes on the default's CPUs",
        workers("processes: «3, env: {OMP_NUM_THREADS: '1'}"),
        ("warning DSK005",),
        workers("processes: 2"),
        ("3 processes", "limit of 2"),
    ),
    Case(
        "mismatched_cpu",
        "idle, and no GPU that they feed",
        workers("processes: 1, resources: {cpu: «'3', memory: 16Gi}"),
        ("warning DSK005",),
        workers("processes: 1, resources: {cpu: '3', memory: 16Gi, gpu: 1}"),
        ("1 process x 1 thread", "3"),
        {DEV: environment(pools="pools: {cpu: {vmSize: Standard_NC4as_T4_v3}}")},
    ),
    Case(
        "mismatched_cpu",
        "starved",
        workers("processes: 3, resources: {cpu: «749m}"),
        ("error DSK005",),
        {
            MALARIA: "workers: {processes: 3, resources: {cpu: 750m}}\naccept: {DSK005: they wait}",
        },
        ("3 processes", "749m"),
    ),
    Case(
        "contending_threads",
        "threads of one interpreter",
        {
            MALARIA: "executor: {type: direct}\n"
            "workers: {processes: 1, threads: «2, resources: {cpu: '2'}}"
        },
        ("warning DSK006",),
        workers("processes: 1, threads: 2, resources: {cpu: '2'}"),
        ("2 threads",),
    ),
    Case(
        "contending_threads",
        "threads of libraries",
        workers("env: {OMP_NUM_THREADS: «'2', MKL_NUM_THREADS: '1', NUMEXPR_NUM_THREADS: all}"),
        ("warning DSK006",),
        workers("env: {OMP_NUM_THREADS: '2'}, resources: {cpu: '4'}"),
        ("OMP_NUM_THREADS", "4 threads", "2 CPUs"),
    ),
    Case(
        "small_scheduler",
        "below the floor",
        scheduler("resources: {memory: «1023Mi}"),
        ("warning DSK011",),
        scheduler("resources: {memory: 1Gi}"),
        ("1023 MiB", "4 worker processes"),
    ),
    Case(
        "small_scheduler",
        "many workers on the default's memory",
        workers("drain: 30m, autoscaling: {mode: cpu, max: «33}"),
        ("warning DSK011",),
        workers("drain: 30m, autoscaling: {mode: cpu, max: 32}"),  # 512 MiB + 8 MiB x 64 = 1 GiB
        ("66 worker processes", "1 GiB"),
        {DEV: environment(pools="pools: {cpu: {vmSize: Standard_D8s_v5, max: 99}}", rest=KEPT)},
    ),
    Case(
        "small_disk",
        "a limit below the volumes'",
        workers("resources: {ephemeralStorage: «27Gi}"),
        ("warning DSK015",),
        workers("resources: {ephemeralStorage: 28Gi}"),  # 10 spill, 10 bundles, 5 results, 2 + 1
        ("27 GiB", "28 GiB", "10 GiB"),
    ),
)

# --- variables ------------------------------------------------------------------------------------

VARIABLES = (
    Case(
        "unknown_variable",
        "names that nothing reads",
        {
            MALARIA: """\
scheduler: {env: {«DASK_DISTRIBUTED__SCHEDULER__WORKER_TLL: 5 minutes}}
workers:
  env: {«MODELOPS_EXECUTOR: cold, «DASK_DISTRIBUTED__WORKER__MEMORY__MAXSPILL: 8GiB}
"""
        },
        ("warning CFG009",) * 3,
        {
            MALARIA: """\
scheduler: {env: {DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL: 5 minutes}}
workers:
  env: {MODELOPS_LOG_LEVEL: debug, DASK_DISTRIBUTED__WORKER__MEMORY__MAX_SPILL: 8GiB}
"""
        },
        ("DASK_DISTRIBUTED__SCHEDULER__WORKER_TLL",),
    ),
    Case(
        "unknown_variable",
        "maps whose keys anyone may choose, old names, whole maps, and where settings are",
        workers("env: {«DASK_DISTRIBUTED__LOG: x}"),
        ("warning CFG009",),
        workers(
            "env: {DASK_DISTRIBUTED__LOGGING__BOKEH: error, DASK_WORKER_TTL: 5 minutes, "
            "DASK_DISTRIBUTED__COMM__RETRY: '{}', DASK_CONFIG: /etc/dask, DASK: x}"
        ),
    ),
    Case(
        "unknown_variable",
        "from a Secret",
        {
            MALARIA: """\
workers: {secretEnv: {«MODELOPS_TOKEN: {secret: web, key: cookie}}}
secrets: {web: {existing: true}}
"""
        },
        ("warning CFG009",),
        {
            MALARIA: """\
workers: {secretEnv: {OUR_TOKEN: {secret: web, key: cookie}}}
secrets: {web: {existing: true}}
"""
        },
    ),
    Case(
        "ignored_variable",
        "what lacks its first part",
        {
            MALARIA: """\
scheduler: {env: {«DASK_SCHEDULER__ALLOWED_FAILURES: "9"}}
workers: {env: {«DASK_WORKER__MEMORY__TARGETS: "0.5", «DASK_ADMIN__TICK__LIMIT: 3s}}
"""
        },
        ("error DSK007",) * 3,
        {
            MALARIA: """\
scheduler: {env: {DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES: "9"}}
workers: {env: {DASK_DISTRIBUTED__ADMIN__TICK__LIMIT: 3s, DASK_ADMIN__TRACEBACK__SHORTEN: x}}
"""
        },
        ("DASK_SCHEDULER__ALLOWED_FAILURES", "distributed.scheduler.allowed-failures"),
    ),
)

CASES = (*REPEATED, *SLOW, *AMOUNTS, *VARIABLES)

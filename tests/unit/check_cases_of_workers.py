"""Cases of the checks of scale, requests, memory and environment variables."""

from tests.unit.check_case import KEDA, Case, memory, workers
from tests.unit.small_tree import BASE, MALARIA

# --- scale ----------------------------------------------------------------------------------------

AUTOSCALING = (
    Case(
        "inverted_bounds",
        "a minimum above the maximum",
        workers("autoscaling: {min: «5, max: 4}"),
        ("error AVL002",),
        workers("autoscaling: {min: 4, max: 4}"),
        ("5", "4"),
        KEDA,
    ),
    Case(
        "inverted_bounds",
        "no worker at all by CPU use",
        workers("autoscaling: {mode: cpu, min: «0, max: 4}"),
        ("error AVL002",),
        workers("autoscaling: {mode: cpu, min: 1, max: 4}"),
    ),
    Case(
        "inverted_bounds",
        "a minimum from a layer below",
        {
            BASE: "workspace: {workers: {autoscaling: {min: «9}}}",
            **workers("autoscaling: {max: 8}"),
        },
        ("error AVL002",),
        {BASE: "workspace: {workers: {autoscaling: {min: 8}}}", **workers("autoscaling: {max: 8}")},
        ("9", "8"),
        KEDA,
    ),
    Case(
        "replicas_beside_autoscaling",
        "both in one file",
        workers("replicas: 3, «autoscaling: {max: 4}"),
        ("error AVL001",),
        workers("autoscaling: {max: 4}"),
        ("3",),
        KEDA,
    ),
    Case(
        "replicas_beside_autoscaling",
        "a number from a layer below, which null removes",
        {BASE: "workspace: {workers: {replicas: 0}}", **workers("«autoscaling: {max: 4}")},
        ("error AVL001",),
        {
            BASE: "workspace: {workers: {replicas: 0}}",
            **workers("replicas: null, autoscaling: {max: 4}"),
        },
        ("0",),
        KEDA,
    ),
    Case(
        "undeclared_feature",
        "KEDA by the default mode",
        workers("«autoscaling: {max: 4}"),
        ("error CFG011",),
        workers("autoscaling: {mode: cpu, max: 4}"),
        ("keda: true", "dev"),
    ),
    Case(
        "undeclared_feature",
        "KEDA by a written mode",
        workers("autoscaling: {mode: «queue, max: 4}"),
        ("error CFG011",),
        {**workers("autoscaling: {mode: queue, max: 4}"), **KEDA},
    ),
    Case(
        "request_above_limit",
        "each resource of a scheduler",
        {
            MALARIA: """\
scheduler:
  resources:
    cpu: {request: «1001m, limit: "1"}
    memory: {request: 1Gi, limit: 1Gi}
    ephemeralStorage: {request: «3Gi, limit: 2Gi}
"""
        },
        ("error CFG011",) * 2,
        {
            MALARIA: """\
scheduler:
  resources:
    cpu: {request: 1000m, limit: "1"}
    memory: {request: 1Gi, limit: 1024Mi}
    ephemeralStorage: {request: 2Gi, limit: 2Gi}
"""
        },
        ("1001m", "scheduler.resources.cpu"),
    ),
)

# --- memory ---------------------------------------------------------------------------------------

MEMORY = (
    Case(
        "memory_overcommit",
        "no headroom left",
        workers("processes: 4, memory: {perProcess: «2Gi}, resources: {cpu: '4'}"),
        ("error DSK001",),
        workers("processes: 3, memory: {perProcess: 2Gi}, resources: {cpu: '4'}"),
        ("4 processes", "2 GiB", "8 GiB", "10 %"),
    ),
    Case(
        "memory_overcommit",
        "by one byte",  # 0.9 x 8 GiB / 4 = 1_932_735_283.2
        workers("processes: 4, memory: {perProcess: «'1932735284'}, resources: {cpu: '4'}"),
        ("error DSK001",),
        workers("processes: 4, memory: {perProcess: '1932735283'}, resources: {cpu: '4'}"),
    ),
    Case(
        "memory_overcommit",
        "a share written below, processes above",
        {
            BASE: "workspace: {workers: {memory: {perProcess: «3Gi}, resources: {cpu: '3'}}}",
            **workers("processes: 3"),
        },
        ("error DSK001",),
        {
            BASE: "workspace: {workers: {memory: {perProcess: 3Gi}, resources: {cpu: '3'}}}",
            **workers("processes: 2"),
        },
        ("3 processes", "3 GiB", "9 GiB"),
    ),
    Case(
        "threshold_order",
        "target above spill",
        memory("target: «0.71"),
        ("error DSK008",),
        memory("target: 0.7"),
        ("0.71", "0.7"),
    ),
    Case(
        "threshold_order",
        "spill above a pause that is written alone",
        workers("«memory: {pause: 0.69}"),
        ("error DSK008",),
        memory("pause: 0.7"),
        ("0.7", "0.69"),
    ),
    Case(
        "threshold_order",
        "a pause that never comes",
        memory("pause: «0.8, terminate: 0.8"),
        ("error DSK008",),
        memory("pause: 0.8, terminate: 0.81"),
        ("0.8",),
    ),
    Case(
        "threshold_order",
        "wrong and late at once",
        memory("pause: ««0.95"),
        ("error DSK008", "warning DSK008"),
        memory("pause: 0.9"),
    ),
    Case(
        "threshold_order",
        "a late pause is a warning",
        memory("pause: «0.91"),
        ("warning DSK008",),
        memory("pause: 0.9"),
        ("0.91", "0.9"),
    ),
    Case(
        "threshold_order",
        "a late target with next to no headroom is a warning",
        memory("headroom: 0.05, target: «0.81, spill: 0.85, pause: 0.9"),
        ("warning DSK008",),
        memory("headroom: 0.06, target: 0.81, spill: 0.85, pause: 0.9"),
        ("0.81", "0.8"),
    ),
    Case(
        "threshold_order",
        "said a second time",
        {
            MALARIA: """\
workers:
  env: {«DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE: "0.8"}
  secretEnv: {«DASK_DISTRIBUTED__WORKER__MEMORY__SPILL: {secret: web, key: cookie}}
secrets: {web: {existing: true}}
"""
        },
        ("error DSK008",) * 2,
        workers('env: {DASK_DISTRIBUTED__WORKER__MEMORY__RECENT_TO_OLD_TIME: "30s"}'),
        ("DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE", "0.8"),
    ),
    Case(
        "threshold_order",
        "said a second time by an old name, or in small letters",
        workers(
            "env: {«DASK_WORKER_MEMORY_TARGET: '0.5', "
            "«DASK_distributed__worker__memory__spill: '0.6'}"
        ),
        ("error DSK008",) * 2,
        {MALARIA: "scheduler: {env: {DASK_WORKER_MEMORY_TARGET: '0.5'}}"},  # read by workers
        ("DASK_WORKER_MEMORY_TARGET", "target", "0.6"),
    ),
)

# --- environment variables ------------------------------------------------------------------------

SATURATION = "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION"
VARIABLES = (
    Case(
        "derived_variable",
        "what workers are told otherwise",
        workers("env: {«DASK_SCHEDULER_ADDRESS: a, «MODELOPS_CONFIG: b, «POD_NAME: c}"),
        ("error CFG006",) * 3,
        {MALARIA: "scheduler: {env: {DASK_SCHEDULER_ADDRESS: a, MODELOPS_CONFIG: b, POD_NAME: c}}"},
        ("DASK_SCHEDULER_ADDRESS",),
    ),
    Case(
        "derived_variable",
        "saturation is a field",
        {MALARIA: f"scheduler: {{env: {{«{SATURATION}: '1'}}}}"},
        ("error CFG006",),
        {MALARIA: f"workers: {{env: {{{SATURATION}: '1'}}}}"},  # Dask reads it in the scheduler
        ("workers.saturation",),
    ),
    Case(
        "derived_variable",
        "to the same value is merely said twice",
        {
            MALARIA: f"scheduler: {{env: {{«{SATURATION}: '1.1'}}}}\n"
            "workers: {env: {«MODELOPS_CONFIG: /etc/modelops/runtime.json}}"
        },
        ("warning CFG004",) * 2,
        {MALARIA: "workers: {saturation: 1.1}"},
        ("workers.saturation",),
    ),
    Case(
        "derived_variable",
        "in a whole map of settings",
        {
            MALARIA: "scheduler: {env: {«DASK_DISTRIBUTED__SCHEDULER: '{}'}}\n"
            "workers: {env: {«DASK_DISTRIBUTED__WORKER__MEMORY: '{}', «DASK_distributed: '{}'}}"
        },
        ("error CFG006",) * 3,
        {
            MALARIA: "scheduler: {env: {DASK_DISTRIBUTED__WORKER: '{}'}}\n"
            "workers: {env: {DASK_DISTRIBUTED__SCHEDULER: '{}', DASK_DISTRIBUTED__COMM: '{}'}}"
        },
        ("DASK_DISTRIBUTED__SCHEDULER", "WORKER_SATURATION", "workers.saturation"),
    ),
    Case(
        "derived_variable",
        "in small letters",
        {MALARIA: "workers: {env: {«DASK_scheduler_address: a}}"},
        ("error CFG006",),
        {MALARIA: "scheduler: {env: {DASK_scheduler_address: a}}"},
        ("DASK_scheduler_address",),
    ),
    Case(
        "derived_variable",
        "from a Secret",
        {
            MALARIA: """\
workers: {secretEnv: {«MODELOPS_CONFIG: {secret: web, key: cookie}}}
secrets: {web: {existing: true}}
"""
        },
        ("error CFG006",),
        {
            MALARIA: """\
workers: {secretEnv: {OUR_CONFIG_KEY: {secret: web, key: cookie}}}
secrets: {web: {existing: true}}
"""
        },
    ),
    Case(
        "derived_variable",
        "as text and from a Secret",
        {
            BASE: "workspace: {scheduler: {env: {TOKEN: x, OTHER: y}}}",
            MALARIA: """\
scheduler: {secretEnv: {«TOKEN: {secret: web, key: cookie}}}
secrets: {web: {existing: true}}
""",
        },
        ("error CFG006",),
        {
            BASE: "workspace: {scheduler: {env: {TOKEN: x, OTHER: y}}}",
            MALARIA: """\
scheduler: {env: {TOKEN: null}, secretEnv: {TOKEN: {secret: web, key: cookie}}}
secrets: {web: {existing: true}}
""",
        },
        ("TOKEN", "scheduler.env", "scheduler.secretEnv"),
    ),
    Case(
        "flux_variable",
        "a variable that is not a shell's",
        workers("env: {DIRECTORY: «'${HOME}/x', PRICE: $5, PLAIN: $HOME}"),
        ("error GIT006",),
        workers("env: {DIRECTORY: '$HOME/x', PRICE: $5, BRACES: '{HOME}'}"),
        ("workers.env.DIRECTORY",),
    ),
)

CASES = (*AUTOSCALING, *MEMORY, *VARIABLES)

"""Area CFG of the rule book: what files say, and whether it can be meant.

Read by `load`, `layer`, `validate` and `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

CFG001 = Rule(
    code="CFG001",
    summary="a key that means nothing where it stands",
    why=(
        "An example configuration set `min_replicas` and put its CPUs one level too high. Both "
        "were ignored without a word: the cluster ran on defaults while the file in git said "
        "otherwise. A key without effect is worse than none, because reviewers believe it."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    min_replicas: 2
    max_replicas: 10
    cpu: "2"
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  results: {kind: volume}
  workers:
    autoscaling: {mode: cpu, min: 2, max: 10}
    resources: {cpu: "2"}
""",
    remedy=(
        "Correct the spelling, or move the key to where it belongs.\n"
        "`modelops schema` writes every key there is for editors to offer."
    ),
)

CFG002 = Rule(
    code="CFG002",
    summary="a file whose first lines, name or place are not those of its kind",
    why=(
        "What a file is follows from where it stands. A copied file that keeps its old kind or "
        "name says one thing and would be read as another, and a file at a place that nobody "
        "reads looks authoritative and changes nothing."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
apiVersion: modelops.io/v1
kind: Environment
metadata: {name: default}
spec: {}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
apiVersion: modelops.io/v1
kind: Workspace
metadata: {name: malaria}
spec: {}
""",
    remedy=(
        "Write the apiVersion and kind that the message names.\n"
        "`metadata.name` may be left out; if there, it is the file's name."
    ),
)

CFG003 = Rule(
    code="CFG003",
    summary="a profile that does not exist, or is not for this tier",
    why=(
        "People edited a file and nothing changed, because another one was in force and nothing "
        "said so. A misspelt profile that quietly means no profile is the same trap; and a "
        "profile made for debugging is many times slower where nobody expects it. Profiles do "
        "not inherit from one another: a file lists them in order, so no cycle can come about."
    ),
    failing="""\
# environments/profiles/debug.yaml
spec:
  overrides:
    workspace: {workers: {processes: 1, threads: 1}}
# environments/dev/workspaces/malaria.yaml
spec:
  profile: debgu
""",
    passing="""\
# environments/profiles/debug.yaml
spec:
  overrides:
    workspace: {workers: {processes: 1, threads: 1}}
# environments/dev/workspaces/malaria.yaml
spec:
  profile: debug
""",
    remedy=(
        "Choose a profile that exists, or add `environments/profiles/NAME.yaml`.\n"
        "For a profile of another tier, choose another one, or add the tier\n"
        "to the profile's `tiers`."
    ),
)

CFG004 = Rule(
    code="CFG004",
    summary="something written that changes nothing",
    why=(
        "Someone edited a file and nothing changed: another one was in force, and the edited one "
        "only looked authoritative. The same holds for a value that repeats what lies below it, "
        "for an environment's own profile that no workspace chooses, and for a warning accepted "
        "long after its cause was gone: each misleads the next reader."
    ),
    failing="""\
# environments/profiles/small.yaml
spec:
  defaults: {workspace: {workers: {replicas: 3}}}
# environments/dev/workspaces/malaria.yaml
spec:
  profile: small
  workers: {replicas: 3}
""",
    passing="""\
# environments/profiles/small.yaml
spec:
  defaults: {workspace: {workers: {replicas: 3}}}
# environments/dev/workspaces/malaria.yaml
spec:
  profile: small
""",
    remedy=(
        "Remove what has no effect, or make it have one.\n"
        "To keep a value although a lower layer says the same, write into\n"
        'the workspace\'s file: `accept: {CFG004: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
)

CFG005 = Rule(
    code="CFG005",
    summary="a list that layers would have to merge, or a name that stands twice in it",
    why=(
        "Variables of the container used to be lists that were merged by name: to change one, "
        "people removed and appended, and which of two entries of the same name won depended on "
        "the tool. Here everything that layers merge is a map with names for keys, and what is a "
        "list is replaced whole."
    ),
    failing="A list of variables, with `name: A` in it twice.",
    passing="`env: {A: x}`: a map, whose keys are the names.",
    remedy="Write a map: `env: {NAME: value}`. A higher layer changes one key.",
    impossible=(
        "What layers merge are maps by name: a list in place of one is refused (CFG011), a key "
        "that stands twice is (CFG010), and any other list is replaced whole by the higher layer."
    ),
)

CFG006 = Rule(
    code="CFG006",
    summary="an environment variable with two truths",
    why=(
        "The address of the scheduler, the executor and the number of threads stood in typed "
        "fields and, with other values, among the variables of the container. Which one a process "
        "obeyed depended on who read first, and both looked right in review. Dask reads settings "
        "under old names as well, and whole maps of settings; each of these counts."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {DASK_SCHEDULER_ADDRESS: "tcp://modelops-dask-scheduler:8786"}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    replicas: 3
""",
    remedy=(
        "Remove the variable: it follows from what the message names.\n"
        "Of a variable in both `env` and `secretEnv`, keep one."
    ),
)

CFG007 = Rule(
    code="CFG007",
    summary="an executor made for finding faults, where work is to be done",
    why=(
        "A cluster ran a campaign with the settings of a debugging session: a new process and a "
        "new environment for each task, two to sixteen times slower than the warm processes that "
        "it was sized for. And tasks run directly in a worker take it along when they crash."
    ),
    failing="""\
# environments/dev/environment.yaml
spec: {tier: production, defaults: {workspace: {results: {kind: volume}}}}
# environments/dev/workspaces/malaria.yaml
spec:
  executor: {type: cold, freshVenv: true}
""",
    passing="""\
# environments/dev/environment.yaml
spec: {tier: production, defaults: {workspace: {results: {kind: volume}}}}
# environments/dev/workspaces/malaria.yaml
spec:
  executor: {type: isolated_warm}
""",
    remedy=(
        "Use `isolated_warm`, the default, without `freshVenv`.\n"
        "In development this rule is silent, in staging it is a warning.\n"
        "To accept it there, write into the workspace's file:\n"
        '`accept: {CFG007: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
)

CFG008 = Rule(
    code="CFG008",
    summary="an executor that the image does not offer, or a setting it would ignore",
    why=(
        "The cold executor was asked for and the warm one ran, without a word: the image that "
        "judged the setting was older than the one that used it. On a worker such a mistake "
        "shows late, where Dask swallows the plugin's failure. And `freshVenv` with `direct` "
        "asks for a new environment around a process that is already running."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  executor: {type: direct, freshVenv: true}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  executor: {type: cold, freshVenv: true}
""",
    remedy=(
        "Choose an executor from the image's `executors` in images.yaml,\n"
        "or an image that offers the one you want.\n"
        "With `direct`, leave `freshVenv` out."
    ),
)

CFG009 = Rule(
    code="CFG009",
    summary="a variable of Dask's or ours by whose name nothing is set",
    why=(
        "Workers were shipped with a dozen variables that nothing read: names of an older "
        "version, and names that never existed. Dask says nothing of a setting that it does not "
        "know. People then tuned values that had no effect, and drew conclusions."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {DASK_DISTRIBUTED__WORKER__MEMORY__MAXSPILL: 8GiB}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {DASK_DISTRIBUTED__WORKER__MEMORY__MAX_SPILL: 8GiB}
""",
    remedy=(
        "Correct the name, or remove the variable.\n"
        "Two underscores part sections, one stands for a hyphen.\n"
        "If your own code reads it, give it a name of your own, or write into\n"
        'the workspace\'s file: `accept: {CFG009: "what reads it"}`.'
    ),
    severity=Severity.WARNING,
)

CFG010 = Rule(
    code="CFG010",
    summary="text that is no YAML, or YAML that two readers could take differently",
    why=(
        "Of a key that stands twice most programs keep the last and forget the first. Merge keys "
        "and aliases move values to where no reviewer looks, tags decide types behind the back, a "
        "second document is read by one tool and dropped by the next. And text that is too "
        "large or too deep stops programs instead of being refused by them: one file has at most "
        "1 MiB and 100 levels."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    replicas: 3
    replicas: 12
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    replicas: 12
""",
    remedy=(
        "Write each value once, plainly, in one UTF-8 document.\n"
        "To share values, put them into a lower layer or a profile."
    ),
)

CFG011 = Rule(
    code="CFG011",
    summary="a value of the wrong type, outside its range, or at odds with another",
    why=(
        "Settings were read ad hoc where they were used: a kind of autoscaling was accepted that "
        "nothing implemented, numbers were taken for text, and a Kubernetes version left at its "
        "old default made clusters that could no longer be created. Each of these was found after "
        "the merge, on the cluster."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: "2"
    drain: 10 minutes
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 2
    drain: 10m
""",
    remedy=(
        "Write what the message asks for.\n"
        'Quote text that looks like a number ("1.35"), and no numbers.\n'
        "What the cluster must have for a setting stands in `cluster.features`."
    ),
)

RULES = (
    CFG001,
    CFG002,
    CFG003,
    CFG004,
    CFG005,
    CFG006,
    CFG007,
    CFG008,
    CFG009,
    CFG010,
    CFG011,
)
"""The rules of this area, by number."""

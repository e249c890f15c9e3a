"""Area CFG of the rule book: what files say, and whether it can be meant.

Read by `load`, `layer`, `validate` and `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule

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
    replicas: 30
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    replicas: 30
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
    processes: "4"
    drain: 10 minutes
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 4
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
    CFG008,
    CFG010,
    CFG011,
)
"""The rules of this area, by number."""

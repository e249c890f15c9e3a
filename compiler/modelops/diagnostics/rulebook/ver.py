"""Area VER of the rule book: what holds of the objects that a compile makes.

Most of these are the compiler's guard against itself; where no input can show a rule, its examples
are words. Nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule

VER001 = Rule(
    code="VER001",
    summary="a generated object that the cluster would refuse",
    why=(
        "What the API server refuses after the merge stops the whole unit: Flux reports the "
        "failure and the old state stays. So every object is held against the schemas of the "
        "targeted Kubernetes minor and its neighbours, the schemas of custom resources, and the "
        "restricted Pod Security Standard, before anything is written."
    ),
    failing="A generated Deployment whose replicas are the text `two`, or whose pods run as root.",
    passing="The same Deployment with the number 2, and a numeric user that is not 0.",
    remedy=(
        "Change the input that the message names.\n"
        "No input should be able to do this: please report it, with the message."
    ),
)

VER002 = Rule(
    code="VER002",
    summary="a reference to something that nothing makes or declares",
    why=(
        "Secrets were made in `default` while the pods that needed them ran in a namespace of "
        "their own; and a Secret of the right name held its value under another key than the pod "
        "asked for. Kubernetes accepts both, and the pod never starts."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    secretEnv: {GITHUB_TOKEN: {secret: github-token, key: token}}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  secrets: {github-token: {existing: true}}
  workers:
    secretEnv: {GITHUB_TOKEN: {secret: github-token, key: token}}
""",
    remedy=(
        "Correct the name or the key, or declare what is meant.\n"
        "`existing: true` says that someone else makes it."
    ),
)

VER003 = Rule(
    code="VER003",
    summary="two objects of the same kind, namespace and name",
    why=(
        "The cluster keeps one object of each kind, namespace and name. In an earlier system the "
        "second workspace of an environment overwrote the first. Names are derived here so that "
        "no two inputs come out alike; this looks at what was made all the same."
    ),
    failing="A ServiceAccount dask-worker in two files of one environment's folder.",
    passing="The ServiceAccount in one of them.",
    remedy=(
        "Rename one of the two inputs that the message names, or remove one.\n"
        "No input should be able to do this: please report it, with the message."
    ),
)

RULES = (
    VER001,
    VER002,
    VER003,
)
"""The rules of this area, by number."""

"""Area SEC of the rule book: secrets in plain text, variables, and what pods may do.

Read by `load`, the models and `verify`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

SEC001 = Rule(
    code="SEC001",
    summary="a password, token or key in plain text, in a value or a comment",
    why=(
        "Everything under `environments/` is in git, and git forgets nothing: a registry token in "
        "a comment was found years later, by a stranger, and still worked. The compiler looks at "
        "every file as text: names such as `password` and `apiKey` with a value, the forms of "
        "well-known tokens, keys in connection strings, passwords in URLs, private keys, long "
        "random texts, and all of these in base64. It never shows what it found, and says nothing "
        "else until it is gone. What is public is none: digests, identifiers, public keys, images, "
        "by their form or by a name that says so, such as MODEL_SHA256. It cannot see everything: "
        "a random text of fewer than 32 characters under a harmless name passes."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {DB_PASSWORD: hunter2}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    secretEnv: {DB_PASSWORD: {secret: database, key: password}}
  secrets:
    database: {generate: [password]}
""",
    remedy=(
        "Remove it from the file, and have it replaced where it is valid: what\n"
        "was committed once is known for ever.\n"
        "Let the Secret be made in the cluster and refer to it with `secretEnv`.\n"
        "Where a value only looks like a secret, give it a name that says what\n"
        "it is (…_DIGEST, …_COMMIT, …_ID), or keep it in the image or the bundle."
    ),
)

SEC002 = Rule(
    code="SEC002",
    summary="a Secret among the generated files",
    why=(
        "The files under `generated/` are in git as well, and base64 hides nothing. A Secret "
        "comes to be in the cluster: a Job makes it once, External Secrets fetches it, or a "
        "person makes it. Whatever else would bring one is stopped before it is written."
    ),
    failing="A generated Secret with a password under `data`.",
    passing="An ExternalSecret, or the Job that makes the Secret in the cluster.",
    remedy="No input should be able to do this: please report it, with the message.",
)

SEC003 = Rule(
    code="SEC003",
    summary="a variable from a Secret, or from a key of it, that nothing provides",
    why=(
        "A program read `connection-string`, and the Secret had `connectionString`. Every Secret "
        "that a unit needs is declared in its file, so a name or a key that is missing there is "
        "found where it is used, and told as any other reference to nothing (VER002)."
    ),
    failing="`secretEnv` with a Secret that is not under `secrets`, accepted.",
    passing="The same file, refused (VER002).",
    remedy="Declare the Secret, or correct the name or the key.",
    impossible="it is told as VER002, at the place that names the Secret",
)

SEC004 = Rule(
    code="SEC004",
    summary="one variable of a run that a Secret and something else both set",
    why=(
        "Two sources held the same variable: a token that may only read hid the key of the "
        "account, and uploads failed with a message about something else. Nothing is taken from "
        "a Secret as a whole here; each variable has one source, and the file shows which."
    ),
    failing="""\
# environments/dev/runs/sir.yaml
spec:
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters: {beta: {type: float, low: 0.1, high: 0.9}}
  workers: {env: {STORAGE_USER: reader}}
  secrets: {storage: {existing: true}}
  secretEnv: {STORAGE_USER: {secret: storage, key: user}}
""",
    passing="""\
# environments/dev/runs/sir.yaml
spec:
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters: {beta: {type: float, low: 0.1, high: 0.9}}
  secrets: {storage: {existing: true}}
  secretEnv: {STORAGE_USER: {secret: storage, key: user}}
""",
    remedy="Remove one of the two.",
)

SEC005 = Rule(
    code="SEC005",
    summary="a variable by which a run's workers learn where things are, set by hand",
    why=(
        "Programs asked for POSTGRES_DSN, POSTGRES_URL or PGHOST, and each deployment set another "
        "one of them; what was missing was found when the workers had started, and what was left "
        "over led them elsewhere. The compiler sets what the workers read: the scheduler, the "
        "store, the bundle and the run. What it sets, no file may set otherwise."
    ),
    failing="""\
# environments/dev/runs/sir.yaml
spec:
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters: {beta: {type: float, low: 0.1, high: 0.9}}
  workers: {env: {PGHOST: db.example.org}}
""",
    passing="""\
# environments/dev/runs/sir.yaml
spec:
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters: {beta: {type: float, low: 0.1, high: 0.9}}
  store: {mode: external, host: db.example.org, secret: trials}
  secrets: {trials: {existing: true}}
""",
    remedy="Remove the variable; write what it should say in the run's fields.",
)

SEC006 = Rule(
    code="SEC006",
    summary="a name that no environment variable can have",
    why=(
        "Kubernetes takes nearly any name for a variable, and a shell cannot read those with "
        "dashes or dots: `MY-VAR` was set, and empty. References such as "
        "`$(OTHER)`, which stay as they are where OTHER is not known, cannot happen: a value of "
        "`env` is always the text that was typed."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {MODEL-YEAR: "2024"}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {MODEL_YEAR: "2024"}
""",
    remedy="Use letters, digits and underscores; begin with no digit.",
)

SEC007 = Rule(
    code="SEC007",
    summary="a Secret that a pod needs and starts without",
    why=(
        "A variable from a Secret was `optional`. The Secret was missing, the pod started, and "
        "the program went on without a login until its first upload. No variable and no volume "
        "of a Secret is optional: without it the pod waits, and says for what. Only the Job "
        "that waits for a pull secret begins without it, to say how it is made."
    ),
    failing="A generated `secretKeyRef` with `optional: true`.",
    passing="The same reference without it.",
    remedy="Nothing can be written that breaks it.",
    impossible="no field makes a Secret optional, and nothing that is rendered does",
)

SEC008 = Rule(
    code="SEC008",
    summary="a Secret of another namespace",
    why=(
        "A configuration named the Secret of another namespace. Kubernetes has no such reference: "
        "a pod reads the Secrets beside it. A unit says which it needs, and each is made or asked "
        "for in the unit's own namespace."
    ),
    failing="`secretEnv: {TOKEN: {namespace: shared, secret: token, key: token}}`, accepted.",
    passing="The Secret declared under `secrets` of each unit that needs it.",
    remedy="Declare the Secret in the unit that reads it.",
    impossible="a reference has a name and a key, and no field for a namespace",
)

SEC009 = Rule(
    code="SEC009",
    summary="a Secret that a compile changes under pods that go on with the old value",
    why=(
        "A token was replaced, and the pods that had read it at their start went on with the old "
        "one until they failed. No compile changes a value: those that are generated are made "
        "once and never again, and another key is another variable, which renews the pods. What "
        "is fetched or made by others changes outside git, where nobody can see it from here: "
        "restart what reads it (`kubectl rollout restart`)."
    ),
    failing="A generated Secret that a later compile writes anew.",
    passing="One that is made once, and left alone.",
    remedy="After replacing a value by hand or in a store, restart what reads it.",
    impossible="generated values are made once, and no other value passes through a compile",
)

SEC010 = Rule(
    code="SEC010",
    summary="a key of Azure that opens everything, in the place of somebody's own identity",
    why=(
        "A registry's admin user, the key of a storage account and a signature valid until 2030 "
        "were handed to every pod. Whoever read one could read and change everything, for years, "
        "and nobody could tell who had done it."
    ),
    failing="A registry with its admin user enabled, or a connection string with an account key.",
    passing="Nodes that pull, and pods that read and write, by identities of their own.",
    remedy="Nothing to do: the program makes no such key, and no field asks for one.",
    impossible="no field enables an admin user, a shared key or a signature",
)

SEC011 = Rule(
    code="SEC011",
    summary="a container with more power than it needs",
    why=(
        "Models run code that somebody else wrote. A pod that runs as root, keeps its capabilities "
        "or shares something with its node lets one bad package take over the node and all that "
        "runs there. Pod Security *restricted* forbids it, so the namespace would refuse the pod; "
        "this is said before anything is written. Root file systems are read-only, so programs "
        "need a volume at `/tmp`; outside production a writable one is a warning."
    ),
    failing="A generated pod that runs as user 0, or one without a volume at /tmp.",
    passing="The same pod as user 10001, with an emptyDir at /tmp.",
    remedy=(
        "Give the image a user that is not root: `user: 10001` in images.yaml.\n"
        "No other input should be able to do this: please report it."
    ),
    also_warns=True,
    unacceptable="what the compiler made is no file's to accept",
)

SEC012 = Rule(
    code="SEC012",
    summary="a pod or account that may ask the API server for more than it needs",
    why=(
        "What reads the API token of a pod can do all that its account may do. Pods under the "
        "account `default` share whatever anybody ever granted to it, a token that nobody uses is "
        "only of use to an intruder, and a `*` in a Role grants also what will be invented next."
    ),
    failing="A generated Deployment whose pods use the account `default` and mount its token.",
    passing="The same Deployment with an account of its own, and no token.",
    remedy="No input should be able to do this: please report it, with the message.",
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
    unacceptable="what the compiler made is no file's to accept",
)

RULES = (
    SEC001,
    SEC002,
    SEC003,
    SEC004,
    SEC005,
    SEC006,
    SEC007,
    SEC008,
    SEC009,
    SEC010,
    SEC011,
    SEC012,
)
"""The rules of this area, by number."""

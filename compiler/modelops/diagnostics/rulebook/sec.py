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
    SEC006,
    SEC011,
    SEC012,
)
"""The rules of this area, by number."""

"""Area GIT of the rule book: what Flux makes of the generated files.

Read by `verify`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule

GIT003 = Rule(
    code="GIT003",
    summary="an object without a namespace, or one whose namespace may come too late",
    why=(
        "Flux applies units in the order of their dependencies. What is applied before its "
        "namespace exists fails, and what names no namespace lands in whichever one the applier "
        "thinks of: Secrets ended up in `default`, where no pod looked for them."
    ),
    failing="A generated Deployment in a namespace that comes from a unit applied later.",
    passing="The same Deployment in its own unit's namespace, or after a unit that makes it.",
    remedy=(
        "Let the unit that the message names depend on the one that makes\n"
        "the namespace.\n"
        "No input should be able to do this: please report it, with the message."
    ),
)

GIT006 = Rule(
    code="GIT006",
    summary="`${…}` in generated text, which Flux may replace",
    why=(
        "Flux can substitute variables in all that it applies. Where somebody switches that on, "
        "`${HOME}` becomes whatever Flux knows under that name, which is mostly nothing, and a "
        "shell script in a ConfigMap loses its variables without a word."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {NUMBA_CACHE_DIR: "${HOME}/numba"}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {NUMBA_CACHE_DIR: /tmp/numba}
""",
    remedy=("Write the value itself.\nIn a shell script, write $NAME without braces."),
)

RULES = (
    GIT003,
    GIT006,
)
"""The rules of this area, by number."""

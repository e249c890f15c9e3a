"""Area ADP of the rule book: runs, what leads their search, and where their trials are kept.

Read by `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule

_SEARCH = """\
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters: {beta: {type: float, low: 0.1, high: 0.9}}
"""

ADP001 = Rule(
    code="ADP001",
    summary="several workers without a store in which they could meet",
    why=(
        "Without a store every worker searched by itself, in its own memory: the same parameter "
        "sets were simulated again by each, and after a restart a calibration of days began anew. "
        "It was told nowhere, for each worker alone looked healthy."
    ),
    failing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  workers: {{replicas: 2}}
  store: {{kind: none}}
""",
    passing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  workers: {{replicas: 2}}
  store: {{kind: postgres}}
""",
    remedy="Remove `store.kind: none`, or set `workers.replicas` to 1.",
)

ADP002 = Rule(
    code="ADP002",
    summary="a store that exists already, of which it is not said where or how to log in",
    why=(
        "The address of a managed database was left to a variable that one shell had set and the "
        "next had not. The workers started, found no store, and kept their trials in memory."
    ),
    failing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  store: {{mode: external, host: db.example.org}}
""",
    passing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  store: {{mode: external, host: db.example.org, secret: trials}}
  secrets: {{trials: {{existing: true}}}}
""",
    remedy="Write `store.host`, and in `store.secret` a Secret with `password`.",
)

ADP006 = Rule(
    code="ADP006",
    summary="a run on a workspace that its environment does not have",
    why=(
        "Jobs for staging and production went to the workspace of development, whose name had "
        "been written into the program. A run now names its workspace, and only one of its own "
        "environment can be meant."
    ),
    failing=f"""\
# environments/dev/runs/sir.yaml
spec:
  workspace: malaria
{_SEARCH}""",
    passing=f"""\
# environments/dev/runs/sir.yaml
spec:
  workspace: default
{_SEARCH}""",
    remedy="Name a workspace of the same environment, or add a file for it.",
)

RULES = (ADP001, ADP002, ADP006)

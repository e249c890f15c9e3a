"""Area ADP of the rule book: runs, what leads their search, and where their trials are kept.

Read by `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

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
        "It was told nowhere, for each worker alone looked healthy. In production a single worker "
        "without a store is doubted, too: a warning."
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
    also_warns=True,
)

ADP002 = Rule(
    code="ADP002",
    summary="a store elsewhere, of which it is not said where it is or how to log in",
    why=(
        "The address of a managed database was left to a variable that one shell had set and the "
        "next had not. The workers started, found no store, and kept their trials in memory. A "
        "store of mode azureFlexible is the server that the environment's `azure.postgres` "
        "describes, and only pods on a cluster of Azure's own can log in there."
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
    remedy=(
        "Write `store.host`, and in `store.secret` a Secret with `password`;\n"
        "for a server of Azure, `azure.postgres` into the environment."
    ),
)

ADP003 = Rule(
    code="ADP003",
    summary="a sampler that the image of a run's workers does not carry",
    why=(
        "A configuration asked for a sampler whose package the image did not have. One library "
        "said so at its first question, an hour after the review; the program around another fell "
        "back to its default, and nobody knew which search had been run. What an image was built "
        "with stands in images.yaml, and a run is held against it."
    ),
    failing=f"""\
# environments/images.yaml
spec:
  registry: quay.io/epi-models
  images:
    adaptive-worker:
      repository: modelops-adaptive
      digest: sha256:{"8d" * 32}
      adapters: [optuna]
      samplers: [tpe, random]
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  algorithm: {{sampler: cmaes}}
""",
    passing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  algorithm: {{sampler: tpe}}
""",
    remedy=(
        "Choose one that the image carries, or build it in and add it to\n"
        "`adapters` and `samplers` of the image in images.yaml."
    ),
)

ADP004 = Rule(
    code="ADP004",
    summary="more workers of a run than its store has connections for",
    why=(
        "Each process that talks to Postgres keeps a few connections, and Postgres refuses those "
        "beyond its limit: of a hundred workers the last ones failed at their start, and so did "
        "the dump of the night. A worker is counted with three; a Postgres of ours lets in 200, "
        "a server of Azure what its size allows less the 15 that Azure keeps, any other is taken "
        "to let in 100, and ten are kept for its own Jobs and for people."
    ),
    failing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  workers: {{replicas: 80}}
""",
    passing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  workers: {{replicas: 4}}
""",
    remedy=(
        "Run fewer of them: they lead the search, and simulations run on Dask.\n"
        'To accept it, write in the run\'s file: `accept: {ADP004: "why"}`.'
    ),
    severity=Severity.WARNING,
)

ADP005 = Rule(
    code="ADP005",
    summary="more parameter sets asked for at once than Dask runs simulations at once",
    why=(
        "A sampler learns from what has ended. A worker that asks for more sets than there are "
        "slots (pods x processes x threads) has them chosen blindly, and waits with trials that "
        "nobody runs; the graph of tasks grew until the scheduler was busy with nothing else. "
        "Coordinated workers have no batch: their leader asks as trials end."
    ),
    failing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  workers: {{mode: independent}}
  batch: 64
""",
    passing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  workers: {{mode: independent}}
  batch: 4
""",
    remedy=(
        "Ask for fewer, give the workspace more workers, or coordinate them.\n"
        'To accept it, write in the run\'s file: `accept: {ADP005: "why"}`.'
    ),
    severity=Severity.WARNING,
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

ADP007 = Rule(
    code="ADP007",
    summary="parameters that leave nothing to search",
    why=(
        "Two bounds were the wrong way round, and a logarithmic scale began at 0. The search "
        "library refuses both, at the first question, after machines had been started for it. "
        "Bounds of an `int` that are no whole numbers are refused where they are read (CFG011)."
    ),
    failing="""\
# environments/dev/runs/sir.yaml
spec:
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters:
    beta: {type: float, low: 0, high: 0.9, log: true}
    contacts: {type: int, low: 20, high: 1}
""",
    passing="""\
# environments/dev/runs/sir.yaml
spec:
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters:
    beta: {type: float, low: 0.01, high: 0.9, log: true}
    contacts: {type: int, low: 1, high: 20}
""",
    remedy="Write `low` less than `high`, and above 0 where `log: true` stands.",
)

ADP008 = Rule(
    code="ADP008",
    summary="a search that ends before its sampler begins to choose",
    why=(
        "The first trials of a search are random, for the sampler needs something to learn from. "
        "A short run had no others: what was reported as the work of one sampler was chance."
    ),
    failing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  trials: 20
  algorithm: {{sampler: tpe, startupTrials: 50}}
""",
    passing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  trials: 200
  algorithm: {{sampler: tpe, startupTrials: 50}}
""",
    remedy=(
        "Try more, begin with fewer random ones, or write `sampler: random`.\n"
        'To accept it, write in the run\'s file: `accept: {ADP008: "why"}`.'
    ),
    severity=Severity.WARNING,
)

ADP009 = Rule(
    code="ADP009",
    summary="a deadline that the trials of a run may not meet",
    why=(
        "A calibration was ended by its own deadline on the third day, with a quarter of its "
        "trials still to come. Nobody knows how long a trial will take; but `timeout` is how long "
        "it may, and `inFlight` how many run at once, and the product was beyond the deadline "
        "from the first day on. Trials that are tried again are not counted."
    ),
    failing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  trials: 2000
  inFlight: 10
  timeout: 1h
  deadline: 24h
""",
    passing=f"""\
# environments/dev/runs/sir.yaml
spec:
{_SEARCH}\
  trials: 2000
  inFlight: 40
  timeout: 20m
  deadline: 24h
""",
    remedy=(
        "Raise `deadline` or `inFlight`, or lower `timeout` to what a trial may\n"
        "take at most.\n"
        'To accept it, write in the run\'s file: `accept: {ADP009: "why"}`.'
    ),
    severity=Severity.WARNING,
)

RULES = (
    ADP001,
    ADP002,
    ADP003,
    ADP004,
    ADP005,
    ADP006,
    ADP007,
    ADP008,
    ADP009,
)
"""The rules of this area, by number."""

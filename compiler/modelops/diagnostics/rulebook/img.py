"""Area IMG of the rule book: which images run.

Read by `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

IMG001 = Rule(
    code="IMG001",
    summary="an image that can become another one without a commit",
    why=(
        "A fix was deployed and the old code went on running: nodes had pulled `latest` before, "
        "and it took hours to see. Two pods of one cluster may then run two versions. A tag can be "
        "moved at any time; a digest is the content itself."
    ),
    failing="""\
# environments/images.yaml
spec:
  images:
    dask-worker:
      repository: ghcr.io/epi-models/modelops-dask
      tag: latest
      executors: [isolated_warm, direct, cold]
""",
    passing="""\
# environments/images.yaml
spec:
  images:
    dask-worker:
      repository: ghcr.io/epi-models/modelops-dask
      tag: "1.4.0"
      digest: sha256:6b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d0e94b8a75c2f1d3
      executors: [isolated_warm, direct, cold]
""",
    remedy=(
        "Add the image's digest to images.yaml:\n"
        "`docker buildx imagetools inspect IMAGE` shows it.\n"
        "Outside production this is a warning. To accept it, write into the\n"
        'workspace\'s file: `accept: {IMG001: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
)

IMG002 = Rule(
    code="IMG002",
    summary="an image that is not in images.yaml, has no registry, or is a placeholder",
    why=(
        "Examples say `ghcr.io/your-org/…`, and what is copied is deployed. Elsewhere an image "
        "was overridden under a name that nothing used, and the override did nothing. In both "
        "cases the first to notice was the node that could not pull."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers: {image: dask-workers-gpu}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers: {image: dask-worker}
""",
    remedy=(
        "Name an image of images.yaml, or write a full reference that begins\n"
        "with its registry.\n"
        "Put your own organisation where an example has a placeholder."
    ),
)

RULES = (
    IMG001,
    IMG002,
)
"""The rules of this area, by number."""

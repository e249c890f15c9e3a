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
      repository: quay.io/epi-models/modelops-dask
      tag: latest
      executors: [isolated_warm, direct, cold]
""",
    passing="""\
# environments/images.yaml
spec:
  images:
    dask-worker:
      repository: quay.io/epi-models/modelops-dask
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

IMG003 = Rule(
    code="IMG003",
    summary="images of scheduler and workers that differ in Python or a shared package",
    why=(
        "A scheduler of Dask 2024.8 had workers of 2024.10, and an image had been rebuilt with an "
        "older version of the shared contracts, without a word. What crosses between the two is "
        "pickled: with two versions it fails in the middle of a run, or worse, does not fail."
    ),
    failing="""\
# environments/images.yaml
spec:
  registry: quay.io/epi-models
  images:
    scheduler:
      repository: modelops-dask
      digest: sha256:6b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d0e94b8a75c2f1d3
      packages: {distributed: 2024.8.0}
    worker:
      repository: modelops-worker
      digest: sha256:0e94b8a75c2f1d36b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d
      packages: {distributed: 2024.10.0}
      executors: [isolated_warm]
# environments/dev/workspaces/default.yaml
spec:
  scheduler: {image: scheduler}
  workers: {image: worker}
""",
    passing="""\
# environments/images.yaml
spec:
  registry: quay.io/epi-models
  images:
    scheduler:
      repository: modelops-dask
      digest: sha256:6b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d0e94b8a75c2f1d3
      packages: {distributed: 2024.10.0}
    worker:
      repository: modelops-worker
      digest: sha256:0e94b8a75c2f1d36b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d
      packages: {distributed: 2024.10.0}
      executors: [isolated_warm]
# environments/dev/workspaces/default.yaml
spec:
  scheduler: {image: scheduler}
  workers: {image: worker}
""",
    remedy=(
        "Build both images from one lock file, or use one image for both, and\n"
        "write into images.yaml what is in them."
    ),
)

IMG004 = Rule(
    code="IMG004",
    summary="versions of Python and Dask that are known not to work together",
    why=(
        "Workers on Python 3.13 with a Dask of 2024 connected, accepted tasks and never ran one. "
        "Nothing failed, so nothing was restarted, and a night was lost."
    ),
    failing="""\
# environments/images.yaml
spec:
  registry: quay.io/epi-models
  images:
    dask-worker:
      repository: modelops-dask
      digest: sha256:6b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d0e94b8a75c2f1d3
      python: "3.13"
      packages: {distributed: 2024.10.0}
      executors: [isolated_warm]
""",
    passing="""\
# environments/images.yaml
spec:
  registry: quay.io/epi-models
  images:
    dask-worker:
      repository: modelops-dask
      digest: sha256:6b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d0e94b8a75c2f1d3
      python: "3.12"
      packages: {distributed: 2024.10.0}
      executors: [isolated_warm]
""",
    remedy="Build the image with an older Python, or with a newer Dask.",
)

IMG005 = Rule(
    code="IMG005",
    summary="an executor that the image does not offer",
    why=(
        "`cold` was configured and `warm` was used, because the image that judged the setting was "
        "not the one that ran. Here an image says which executors it offers, and workers name one "
        "of them; that is the same mistake as a setting without effect, and is told as CFG008."
    ),
    failing="`executor: {type: cold}` on an image with `executors: [isolated_warm]`, accepted.",
    passing="The same, refused by CFG008 at the executor's line.",
    remedy="See `modelops rule CFG008`.",
    impossible="CFG008 says it first, of every executor and every image",
)

IMG006 = Rule(
    code="IMG006",
    summary="an image from a registry that wants a login, and no Secret to pull it with",
    why=(
        "The Secret for the registry stood in one namespace and was missing in the next, and the "
        "pods there waited in ImagePullBackOff. Whether a repository is public cannot be seen from "
        "here; that nothing is there to log in with, can."
    ),
    failing="""\
# environments/images.yaml
spec:
  registry: ghcr.io/epi-models
  images:
    dask-worker:
      repository: modelops-dask
      digest: sha256:6b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d0e94b8a75c2f1d3
      executors: [isolated_warm]
""",
    passing="""\
# environments/images.yaml
spec:
  registry: ghcr.io/epi-models
  images:
    dask-worker:
      repository: modelops-dask
      digest: sha256:6b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d0e94b8a75c2f1d3
      executors: [isolated_warm]
# environments/dev/environment.yaml
spec:
  registry:
    pullSecret: {name: ghcr-credentials, existing: true}
""",
    remedy=(
        "Add `registry.pullSecret` to the environment, and make that Secret in\n"
        "its workspaces' namespaces. Where the image is public, accept it in\n"
        'the workspace\'s file: `accept: {IMG006: "it is public"}`.'
    ),
    severity=Severity.WARNING,
)

IMG008 = Rule(
    code="IMG008",
    summary="an image that is run as another user than it was built for",
    why=(
        "Postgres' Alpine image was run as user 999, which is that of the Debian one; Alpine's is "
        "70. It could not read its own files, and the database never came up. Root and users by "
        "name cannot be written at all: a user is a number from 1."
    ),
    failing="""\
# environments/images.yaml
spec:
  registry: quay.io/epi-models
  images:
    dask-worker:
      repository: modelops-dask
      digest: sha256:6b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d0e94b8a75c2f1d3
      executors: [isolated_warm]
    postgres:
      repository: docker.io/library/postgres
      tag: 17.9-alpine
      digest: sha256:0e94b8a75c2f1d36b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d
      user: 999
""",
    passing="""\
# environments/images.yaml
spec:
  registry: quay.io/epi-models
  images:
    dask-worker:
      repository: modelops-dask
      digest: sha256:6b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d0e94b8a75c2f1d3
      executors: [isolated_warm]
    postgres:
      repository: docker.io/library/postgres
      tag: 17.9-alpine
      digest: sha256:0e94b8a75c2f1d36b0f3c9a17de48525b8e0d9c4f7a2163e5d8b9047c1a6f32d
      user: 70
""",
    remedy="Set `user` of the image to the number that the message says.",
)

RULES = (
    IMG001,
    IMG002,
    IMG003,
    IMG004,
    IMG005,
    IMG006,
    IMG008,
)
"""The rules of this area, by number."""

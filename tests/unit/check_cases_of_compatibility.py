"""Cases of the checks of what is in images, who runs them, and how they are pulled."""

from tests.unit.check_case import Case, workers
from tests.unit.small_tree import DEV, DIGEST, IMAGES, IMAGES_SPEC, MALARIA, Specs, environment

PINNED = f'digest: "{DIGEST}", executors: [isolated_warm]'


def images(ours: str, theirs: str = "") -> Specs:
    """Workers and a scheduler whose images' entries have these further fields."""
    entries = (
        f"  mine: {{repository: mine, {PINNED}, {ours}}}\n"
        f"  theirs: {{repository: theirs, {PINNED}{', ' * bool(theirs)}{theirs}}}\n"
    )
    return {
        IMAGES: IMAGES_SPEC + entries,
        MALARIA: "workers: {image: mine}\nscheduler: {image: theirs}",
    }


def postgres(reference: str, user: str) -> Specs:
    """An image of a database beside ours."""
    entry = f'  store: {{{reference}, digest: "{DIGEST}", {user}}}\n'
    return {IMAGES: IMAGES_SPEC + entry}


def registry(prefix: str, *cluster: str, rest: str = "") -> Specs:
    """An environment that pulls from there."""
    pull = f"registry: {{prefix: {prefix}{rest}}}"
    return {DEV: environment(*cluster, rest=pull)}


PULL = ", pullSecret: {name: pull, existing: true}"
CASES = (
    Case(
        "disagreeing_images",
        "every fact that both state",
        images(
            'python: «"3.12", packages: {dask: «2026.8.0, numpy: 2.3.0, pyarrow: 21.0.0}',
            'python: "3.11", packages: {dask: 2026.7.1, pyarrow: 21.0.0}',
        ),
        ("error IMG003",) * 2,
        images("packages: {dask: 2026.8.0}", 'python: "3.11", packages: {numpy: 2.3.0}'),
        ("python 3.12", "3.11", "`mine`", "`theirs`"),
    ),
    Case(
        "denied_versions",
        "workers that never run a task",
        images('python: "3.13", packages: {distributed: «2024.10.0}'),
        ("error IMG004",),
        images('python: "3.13", packages: {distributed: 2024.11.0}'),
        ("Python 3.13", "distributed 2024.10.0"),
    ),
    Case(
        "denied_versions",
        "a later Python and an earlier Dask",
        images('python: "3.14", packages: {dask: «2023.5.1}'),
        ("error IMG004",),
        images('python: "3.12", packages: {dask: 2023.5.1}'),
    ),
    Case(
        "unpullable_image",
        "a registry that wants a login",
        registry("«ghcr.io/epi-models"),
        ("warning IMG006",),
        registry("ghcr.io/epi-models", rest=PULL),
        ("ghcr.io", "dev"),
    ),
    Case(
        "unpullable_image",
        "nodes log in to Azure's registries, but not elsewhere",
        registry("«epi.azurecr.io", "provider: generic"),
        ("warning IMG006",),
        registry("epi.azurecr.io", "provider: aks"),
        ("epi.azurecr.io",),
    ),
    Case(
        "unpullable_image",
        "a reference in full, each registry once",
        {
            MALARIA: f"scheduler: {{image: «'ghcr.io/x/dask@{DIGEST}'}}\n"
            f"workers: {{image: 'ghcr.io/x/worker@{DIGEST}'}}"
        },
        ("warning IMG006",),
        {
            MALARIA: f"scheduler: {{image: 'ghcr.io/x/dask@{DIGEST}'}}\n"
            "accept: {IMG006: the images are public}"
        },
    ),
    Case(
        "unpullable_image",
        "an entry with its own registry",
        {
            IMAGES: IMAGES_SPEC + f"  mine: {{repository: «ghcr.io/x/mine, {PINNED}}}\n",
            **workers("image: mine"),
        },
        ("warning IMG006",),
        {
            IMAGES: IMAGES_SPEC + f"  mine: {{repository: docker.io/x/mine, {PINNED}}}\n",
            **workers("image: mine"),
        },
    ),
    Case(
        "foreign_user",
        "Alpine's with Debian's user",
        postgres("repository: docker.io/library/postgres, tag: 17-alpine", "user: «999"),
        ("error IMG008",),
        postgres("repository: docker.io/library/postgres, tag: 17-alpine", "user: 70"),
        ("999", "70"),
    ),
    Case(
        "foreign_user",
        "Debian's with our own images' user",
        postgres("repository: docker.io/library/postgres, tag: 17.9-trixie", "user: «10001"),
        ("error IMG008",),
        postgres("repository: docker.io/library/postgres, tag: 17.9-trixie", "user: 999"),
    ),
    Case(
        "foreign_user",
        "by a digest alone nobody knows which it is",
        postgres("repository: docker.io/library/postgres, tag: 17.9-trixie", "user: «70"),
        ("error IMG008",),
        postgres("repository: docker.io/library/postgres", "user: 70"),
    ),
)

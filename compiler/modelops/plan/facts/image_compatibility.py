"""What is known of images by their names, and of versions that do not work together.

As of 2026-11-20. Users: the Dockerfiles of docker-library/postgres (999 in Debian's, 70 in
Alpine's). Versions: seen in operation, workers of Python 3.13 with a Dask of up to 2024.10 accept
tasks and run none.
"""

from dataclasses import dataclass

Version = tuple[int, ...]
"""The first parts of a version: `(2024, 10)` stands for every 2024.10.x."""


@dataclass(frozen=True, slots=True)
class Denied:
    """Python from one version on, with a package up to another."""

    python: Version
    package: str
    last: Version


DENIED = (
    Denied((3, 13), "dask", (2024, 10)),
    Denied((3, 13), "distributed", (2024, 10)),
)

ALPINE = "alpine"
"""Stands in the tag of what is built on Alpine."""


@dataclass(frozen=True, slots=True)
class KnownUser:
    """The user that an image is built for; another one where it is built on Alpine."""

    user: int
    on_alpine: int


KNOWN_USERS: dict[str, KnownUser] = {
    "docker.io/library/postgres": KnownUser(999, 70),
    "docker.io/postgres": KnownUser(999, 70),
}
"""By repository in full."""

PUBLIC_REGISTRIES = frozenset(
    {
        "docker.io",
        "index.docker.io",
        "registry-1.docker.io",
        "mcr.microsoft.com",
        "nvcr.io",
        "public.ecr.aws",
        "quay.io",
        "registry.k8s.io",
    }
)
"""Registries where images are public as a rule; ghcr.io's are private until somebody opens them."""

IDENTITY_REGISTRIES = (".azurecr.io",)
"""Registries that AKS' nodes log in to by their own identity (role AcrPull)."""

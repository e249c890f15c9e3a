"""What our images are built with: the commands that `modelops images build` starts.

The text of `images/build.toml` and the entries of images.yaml come in; for each image leave its
reference, its build arguments, and the lines that build and push it with one engine or another. CI
hands the same arguments to its own builder. Starts nothing and reads nothing.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from modelops.model import ImagesSpec
from modelops.plan.images import from_entry

CONTEXT = "images"
"""The folder that builds may read, below the project's root."""

RECIPES = f"{CONTEXT}/build.toml"

UNKNOWN_REVISION = "unknown"
"""What is written into an image where no git knows the commit."""


class NotBuildable(Exception):  # noqa: N818 -- as WorldFailure
    """An image cannot be built from what is written; the text says what to do about it."""


class Engine(StrEnum):
    """What builds images, in the order in which one is looked for."""

    DOCKER = "docker"
    PODMAN = "podman"
    BUILDAH = "buildah"


@dataclass(frozen=True, slots=True)
class Recipes:
    """What `images/build.toml` says.

    Attributes:
        base: the image that all of ours begin with.
        entries: under which names of images.yaml each image stands.
    """

    base: str
    entries: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What the command line says instead of the files; None where it says nothing.

    Attributes:
        base: another base.
        tag: another tag, for all images.
        revision: the commit that is built.
    """

    base: str | None = None
    tag: str | None = None
    revision: str = UNKNOWN_REVISION


@dataclass(frozen=True, slots=True)
class Build:
    """One image to be built.

    Attributes:
        name: of the image, and of its folder below `images/`.
        repository: in full, with its registry.
        tag: what it is tagged with.
        entries: its names in images.yaml.
        arguments: of the build, by name.
    """

    name: str
    repository: str
    tag: str
    entries: tuple[str, ...]
    arguments: Mapping[str, str]

    @property
    def reference(self) -> str:
        """`registry/repository:tag`."""
        return f"{self.repository}:{self.tag}"

    @property
    def dockerfile(self) -> str:
        """Below the project's root."""
        return f"{CONTEXT}/{self.name}/Dockerfile"


def recipes(text: str) -> Recipes:
    """What the file says.

    Raises:
        NotBuildable: it is not of the form that it should have.
    """
    try:
        tree = tomllib.loads(text)
        entries = {str(name): tuple(map(str, names)) for name, names in tree["images"].items()}
        return Recipes(str(tree["base"]), dict(sorted(entries.items())))
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError) as error:
        raise NotBuildable(
            f"{RECIPES} cannot be read ({error}): it needs `base`, and a list of names of "
            "images.yaml for each image under `[images]`."
        ) from error


def builds(
    known: Recipes, names: Iterable[str], images: ImagesSpec, changes: Changes
) -> tuple[Build, ...]:
    """What is to be built for these images of ours.

    Raises:
        NotBuildable: images.yaml does not say what one of them is called.
    """
    return tuple(_build(known, name, images, changes) for name in names)


def _build(known: Recipes, name: str, images: ImagesSpec, changes: Changes) -> Build:
    places = {_place(entry, images, changes.tag) for entry in known.entries[name]}
    if len(places) != 1:
        entries = ", ".join(f"`{entry}`" for entry in known.entries[name])
        raise NotBuildable(
            f"{entries} of images.yaml are one image, `{name}`: give them one repository and tag."
        )
    [(repository, tag)] = places
    arguments = {
        "BASE": changes.base or known.base,
        "VERSION": tag,
        "REVISION": changes.revision,
    }
    return Build(name, repository, tag, known.entries[name], arguments)


def _place(name: str, images: ImagesSpec, tag: str | None) -> tuple[str, str]:
    """The repository and tag that an entry names."""
    entry = images.images.get(name)
    if entry is None:
        raise NotBuildable(f"images.yaml has no `{name}`: add it with its repository and tag.")
    found = from_entry(entry, images.registry)
    if found is None:
        raise NotBuildable(
            f"`{name}` of images.yaml has a relative repository, and there is no `registry` above "
            "it: write one."
        )
    tag = tag or entry.tag
    if tag is None:
        raise NotBuildable(f"`{name}` of images.yaml has no tag: write one, or give --tag.")
    return str(found.repository), str(tag)


# --- the engines' own commands -------------------------------------------------------------------


def answering(engine: Engine) -> tuple[str, ...]:
    """Ends with 0 where the engine works: docker's program may be there without its daemon."""
    return (engine, "info")


def building(engine: Engine, build: Build) -> tuple[str, ...]:
    """Builds and tags the image; run in the project's root."""
    pairs = (f"{name}={value}" for name, value in build.arguments.items())
    arguments = (part for pair in pairs for part in ("--build-arg", pair))
    places = ("--file", build.dockerfile, "--tag", build.reference)
    return (engine, "build", *places, *arguments, CONTEXT)


def pushing(engine: Engine, build: Build, digest_file: str) -> tuple[str, ...]:
    """Pushes the image; all but docker write its digest into a file then."""
    told = () if engine is Engine.DOCKER else ("--digestfile", digest_file)
    return (engine, "push", *told, build.reference)


def asking_docker(build: Build) -> tuple[str, ...]:
    """What docker tells of the digests of an image that it pushed, as JSON."""
    return (Engine.DOCKER, "image", "inspect", "--format", "{{json .RepoDigests}}", build.reference)


def docker_digest(build: Build, told: str) -> str:
    """The digest in this repository.

    Raises:
        NotBuildable: docker knows none.
    """
    for reference in json.loads(told) or ():
        repository, _, digest = str(reference).partition("@")
        if repository == build.repository:
            return digest
    raise NotBuildable(f"docker tells no digest of {build.reference}: was it pushed?")


def checked_base(build: Build) -> None:
    """Refuse to publish what was built from a base that may be another one tomorrow.

    Raises:
        NotBuildable: the base has no digest.
    """
    base = build.arguments["BASE"]
    if "@sha256:" not in base:
        raise NotBuildable(
            f"the base {base} has no digest, so nobody could tell what was published. Give "
            f"`--base {base}@sha256:…`, or write it into {RECIPES}; "
            f"`docker buildx imagetools inspect {base}` shows it."
        )

"""Kind Images: logical names to repositories, and the facts of each image."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from modelops.model.fields import FrozenMap, Name, Spec, Text, Uid

PORT = r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
"""A TCP port after a host: network policies open the one that is written."""

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
REPOSITORY = rf"(?:[A-Za-z0-9.-]+(?::{PORT})?/)?{_COMPONENT}(?:/{_COMPONENT})*"
"""An image's name without tag and digest (distribution/reference)."""

TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
DIGEST = r"sha256:[a-f0-9]{64}"

Repository = Annotated[str, StringConstraints(pattern=rf"^{REPOSITORY}$", max_length=255)]
Tag = Annotated[str, StringConstraints(pattern=rf"^{TAG}$")]
Digest = Annotated[str, StringConstraints(pattern=rf"^{DIGEST}$")]
Python = Annotated[str, StringConstraints(pattern=r"^3\.[0-9]{1,2}$")]


class ExecutorType(StrEnum):
    """How a worker runs a bundle's code."""

    ISOLATED_WARM = "isolated_warm"
    DIRECT = "direct"
    COLD = "cold"


class Image(Spec):
    """One image and what the compiler must know of it."""

    repository: Repository = Field(
        description="Relative to the registry prefix, or absolute when it begins with a host."
    )
    tag: Tag | None = Field(None, description="For people; a digest decides what is pulled.")
    digest: Digest | None = Field(
        None, description="What is pulled; required where the tier is production."
    )
    user: Uid = Field(10001, description="The numeric user that the image runs as.")
    python: Python | None = Field(None, description="The minor version of its Python.")
    packages: FrozenMap[Name, Text] = Field(
        description="Versions of the packages that must agree between images."
    )
    executors: tuple[ExecutorType, ...] = Field(
        (), description="The executors that the image carries what they need for."
    )
    adapters: tuple[Name, ...] = Field((), description="The search algorithms it carries.")
    samplers: tuple[Name, ...] = Field((), description="The samplers it carries.")


class ImagesSpec(Spec):
    """All images that environments name."""

    registry: Repository | None = Field(
        None, description="Prefix of every relative repository, unless the environment has its own."
    )
    images: FrozenMap[Name, Image] = Field(description="By logical name.")

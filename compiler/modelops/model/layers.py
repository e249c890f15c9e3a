"""Kinds Defaults and Profile: partial specs of other kinds, as layers below and above a file.

What stands in a partial spec is validated against the kind it belongs to, as far as it goes, by
`validate`; here it is a map.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from modelops.diagnostics import Tier
from modelops.model.fields import Name, Spec, Text

PARTIAL = "partial"
"""Key of a partial spec's exported schema: the kind whose schema `schema` puts in its place."""

PartialWorkspace = Annotated[Mapping[str, Any], WithJsonSchema({PARTIAL: "Workspace"})] | None
PartialRun = Annotated[Mapping[str, Any], WithJsonSchema({PARTIAL: "Run"})] | None
PartialService = Annotated[Mapping[str, Any], WithJsonSchema({PARTIAL: "Service"})] | None
PartialEnvironment = Annotated[Mapping[str, Any], WithJsonSchema({PARTIAL: "Environment"})] | None

FILE_ONLY: Mapping[str, str] = MappingProxyType(
    {
        "profile": "is chosen by a file, not by a layer",
        "accept": "stands in the file that a warning is about, not in a layer",
    }
)
"""Settings of a workspace, run or service that no layer may give, and why."""


class LayerSpecs(Spec):
    """Partial specs by kind: one layer of each object of that kind."""

    workspace: PartialWorkspace = Field(None, description="A layer of every workspace.")
    run: PartialRun = Field(None, description="A layer of every run.")
    service: PartialService = Field(None, description="A layer of every service.")


class DefaultsSpec(LayerSpecs):
    """The lowest written layer of every environment."""

    environment: PartialEnvironment = Field(None, description="A layer of every environment.")


class ProfileSpec(Spec):
    """A named choice that files make: a layer below them and one above."""

    description: Text = Field("", description="What the profile is for.")
    tiers: tuple[Tier, ...] = Field(
        tuple(Tier), description="The tiers where it may be used; absent: all."
    )
    defaults: LayerSpecs = Field(
        default_factory=LayerSpecs, description="Below the file: the file may say otherwise."
    )
    overrides: LayerSpecs = Field(
        default_factory=LayerSpecs, description="Above the file: the profile has the last word."
    )


ProfileChoice = Name | tuple[Name, ...]
"""One profile's name, or several in order."""

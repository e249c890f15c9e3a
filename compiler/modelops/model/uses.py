"""The services of an environment that a unit reaches, and the variables that say where they are."""

from pydantic import Field

from modelops.model.fields import EnvName, FrozenMap, PoolName, Spec

UnitName = PoolName
"""A workspace, run or service, by the name of its file."""


class Use(Spec):
    """One service that a unit's pods reach."""

    as_: EnvName | None = Field(
        None, alias="as", description="The variable that holds its URL; absent: <NAME>_URL."
    )


Uses = FrozenMap[UnitName, Use]
"""The services that a unit reaches, by name."""

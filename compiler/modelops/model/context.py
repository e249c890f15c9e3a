"""The context of a workspace: values that each of its components is told."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidatorFunctionWrapHandler, WrapValidator

from modelops.model.fields import EnvName, FrozenMap, Scalar, Spec

ContextName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]{0,62}$")]


class ContextEntry(Spec):
    """One value, and the variable that holds it."""

    value: Scalar | tuple[Scalar, ...] = Field(
        description="Text, a number, true or false, or a list of them."
    )
    as_: EnvName | None = Field(
        None, alias="as", description="The variable; absent: MODELOPS_CONTEXT_<NAME>."
    )


def _entry(value: object, handler: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 -- pydantic's own signature
    """A value alone is an entry under its own variable."""
    return handler(value if isinstance(value, dict) else {"value": value})


ContextValue = Annotated[
    ContextEntry,
    WrapValidator(_entry, json_schema_input_type=Scalar | tuple[Scalar, ...] | ContextEntry),
]

Context = FrozenMap[ContextName, ContextValue]
"""Values by name; lists are joined by commas in variables."""

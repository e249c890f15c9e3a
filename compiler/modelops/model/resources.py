"""What a container gets: one quantity for request and limit alike, or both."""

from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator

from modelops.model.fields import Bytes, Cpu, Spec


def _range(value: object, handler: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 -- pydantic's own signature
    """One quantity means request = limit."""
    return handler(value if isinstance(value, dict) else {"request": value, "limit": value})


class CpuRange(Spec):
    """CPUs asked for, and CPUs at most."""

    request: Cpu = Field(description="What the scheduler sets aside.")
    limit: Cpu = Field(description="What the container may use at most.")


class BytesRange(Spec):
    """Bytes asked for, and bytes at most."""

    request: Bytes = Field(description="What the scheduler sets aside.")
    limit: Bytes = Field(description="What the container may use at most.")


CpuAmount = Annotated[CpuRange, WrapValidator(_range, json_schema_input_type=Cpu | CpuRange)]
"""One quantity (request = limit), or both."""

BytesAmount = Annotated[
    BytesRange, WrapValidator(_range, json_schema_input_type=Bytes | BytesRange)
]
"""One quantity (request = limit), or both."""

"""Contracts: a table on its way, as bytes or by reference.

What the bytes are is the business of `tables`; here they are only few or many. Few travel with the
result that they belong to. Many would travel through the scheduler, and stay in its memory; they go
into the result store, and the result says which they are.
"""

from dataclasses import dataclass, field

from modelops_runtime.contracts.identity import ID, checksum
from modelops_runtime.contracts.violation import ContractViolation

INLINE_CAP = 512 * 1024
"""Most bytes of all tables together that travel with one result."""


@dataclass(frozen=True, slots=True)
class InlineTable:
    """A table that is here.

    Attributes:
        content: its bytes, at most `INLINE_CAP`.
        checksum: of them.
    """

    content: bytes = field(repr=False, compare=False)
    checksum: str

    def __post_init__(self) -> None:
        """Check both.

        Raises:
            ContractViolation: the content is too large, or the checksum is not its own.
        """
        if self.size > INLINE_CAP:
            raise ContractViolation(
                f"a table of {self.size} bytes is not sent inline: the limit is {INLINE_CAP}"
            )
        if self.checksum != checksum(self.content):
            raise ContractViolation("the checksum of a table is not that of its content")

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table that is in the result store.

    Attributes:
        checksum: of its bytes: what it is called there.
        size: how many they are.
    """

    checksum: str
    size: int

    def __post_init__(self) -> None:
        """Check both.

        Raises:
            ContractViolation: they cannot be those of a table.
        """
        if not ID.fullmatch(self.checksum) or self.size < 1:
            raise ContractViolation(f"no table has checksum `{self.checksum}`, size {self.size}")


Table = InlineTable | StoredTable


def inline_table(content: bytes) -> InlineTable:
    """The table of these bytes, as it travels with a result.

    Raises:
        ContractViolation: they are too many.
    """
    return InlineTable(content, checksum(content))

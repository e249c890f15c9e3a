"""Amounts of memory in the words of messages: rounded for people, never read again."""

from modelops.plan.resources import GIB, MIB


def memory_text(amount: int) -> str:
    """Bytes for people: `8 GiB`, `2.5 GiB`, `900 MiB`."""
    if amount >= GIB:
        return f"{round(amount / GIB, 2):g} GiB"
    return f"{round(amount / MIB, 1):g} MiB"

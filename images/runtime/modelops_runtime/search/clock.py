"""Part of `search`: the time, and whether somebody wants the worker to stop."""

from typing import Protocol


class Clock(Protocol):
    """The only way in which a search waits and learns that it is to stop."""

    def now(self) -> float:
        """Seconds since any instant; they never go back."""

    def sleep(self, seconds: float) -> None:
        """Wait so long, or less where the worker is asked to stop meanwhile."""

    def stopped(self) -> float | None:
        """Since when the worker is asked to stop; None as long as it is not."""

"""Part of `simulation`: what was submitted to Dask, until its result is here.

A result of Dask is a value, a failure of Dask itself, or nothing at all, because the scheduler is
gone or has forgotten. The first two become results; of the last, only submitting it again helps.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from distributed import CancelledError, Future

from modelops_runtime.contracts.diagnostics import Diagnostics, diagnostics
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.simulation.service import ServiceLost

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Reading(Generic[Result]):
    """How a result is made.

    Attributes:
        value: of the value of a Dask task.
        failure: of what Dask could not do.
        held: futures that both need; they stay on the workers as long as this is held.
    """

    value: Callable[[Any], Result]
    failure: Callable[[FailureKind, Diagnostics], Result]
    held: tuple[object, ...] = ()


class DaskPending(Generic[Result]):
    """Something that was submitted.

    Attributes:
        future: Dask's.
    """

    __slots__ = ("__weakref__", "_lock", "_reading", "_settled", "future")

    def __init__(self, future: "Future[Any]", reading: Reading[Result]) -> None:
        """What a future will be."""
        self.future = future
        self._reading: Reading[Result] | None = reading
        self._lock = threading.Lock()
        self._settled: list[Result] = []

    def done(self) -> bool:
        """Whether `result` would return at once."""
        return bool(self._settled) or self.future.done()

    def settled(self) -> bool:
        """Whether the result is here."""
        return bool(self._settled)

    def result(self, timeout: float | None = None) -> Result:
        """What has become of it.

        Raises:
            TimeoutError: it is not there by then.
            ServiceLost: it never will be.
        """
        if not self._settled:
            self._wait(timeout)
        return self._settled[0]

    def take(self, value: object) -> None:
        """The value of the Dask task is this."""
        if reading := self._reading:
            self._settle(reading.value(value))

    def fail(self, kind: FailureKind, why: str) -> None:
        """Dask could not do it."""
        if (reading := self._reading) and not self._settled:
            self._settle(reading.failure(kind, diagnostics({"message": why})))

    def cancel(self) -> None:
        """It is not wanted any more: what it alone held is given up."""
        self.fail(FailureKind.CANCELLED, "it was cancelled")
        self._reading = None

    def _settle(self, result: Result) -> None:
        with self._lock:
            if not self._settled:
                self._settled.append(result)

    def _wait(self, timeout: float | None) -> None:
        try:
            self.take(self._awaited(timeout))
        except TimeoutError:
            raise
        except CancelledError as error:
            # Whoever cancels settles first.
            if not self._settled:
                raise ServiceLost(f"the scheduler is gone, or has forgotten: {error}") from error
        except Exception as error:  # noqa: BLE001 -- whatever is raised here, Dask raised
            self.fail(FailureKind.WORKER_LOST, f"{type(error).__qualname__}: {error}")

    def _awaited(self, timeout: float | None) -> object:
        """The value of the future; a client that is closed can no longer be asked for it."""
        if self.future.cancelled():
            raise CancelledError(self.future.key)
        # What has ended is only fetched.
        return self.future.result(None if self.future.done() else timeout)

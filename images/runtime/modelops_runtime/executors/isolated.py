"""The executors that run code in processes of its own: `isolated_warm` and `cold`.

Both start the bundle's interpreter and ask it. A warm process is asked again, by the next task of
the same code, until it has answered often enough or has grown; a cold one is asked once. What a
process leaves behind in its own memory, such as the statics of C++, a warm one shows to the next
task: models that cannot bear that want `cold`.
"""

import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.executors import requests
from modelops_runtime.executors.environments import Declared, Environments
from modelops_runtime.executors.executor import Code, ExecutionFailed, ExecutorSettings
from modelops_runtime.executors.failures import ended, failed, told
from modelops_runtime.executors.pool import Closed, Pool
from modelops_runtime.executors.process import STARTING, Answer, Gone, Overdue, Process, Start
from modelops_runtime.executors.requests import Request
from modelops_runtime.metrics.simulations import COLD_STARTS

MOST_CALLS = 10_000
"""Calls of a warm process: what leaks without being seen, threads and files, has an end."""

GROWTH = 4
"""A warm process ends when it has grown by this part of its memory since its first call: what the
calls before have left is no reason for the next one to fail."""


def isolated_warm(settings: ExecutorSettings, most_calls: int = MOST_CALLS) -> "Isolated":
    """Processes that are asked again and again; each once, where environments are made anew."""
    memory = settings.warm_process_memory_bytes
    calls = 1 if settings.fresh_venv else most_calls

    def worn(process: Process) -> bool:
        grown = process.resident - process.settled
        return process.calls >= calls or (memory is not None and grown > memory // GROWTH)

    return Isolated(settings, Pool(settings.max_warm_processes, worn))


def cold(settings: ExecutorSettings) -> "Isolated":
    """A process for each task: as many at once as there are threads that ask."""
    return Isolated(settings, Pool(sys.maxsize, lambda _process: True))


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What runs a bundle.

    Attributes:
        path: the program.
        declared: what the bundle wants of it.
    """

    path: str
    declared: Declared


class Isolated:
    """An executor with processes of its own."""

    def __init__(self, settings: ExecutorSettings, pool: Pool) -> None:
        self._settings = settings
        self._pool = pool
        self._environments = Environments(settings.cache, settings.secrets)
        self._interpreters: dict[Code, Interpreter | ExecutionFailed] = {}
        self._counting = threading.Lock()
        self._starts = 0
        self._running: dict[str, list[Process]] = {}

    @property
    def starts(self) -> int:
        """How many processes it has started so far."""
        return self._starts

    def simulate(self, task: SimulationTask, code: Code, timeout: float) -> dict[str, bytes]:
        """Run one simulation, as `Executor` says."""
        answer, buffers = self._asked(requests.simulation(task), code, timeout, task.id)
        return requests.tables(answer, buffers, self._settings.secrets)

    def judge(
        self,
        target: ObjectiveTarget,
        replicates: Sequence[Mapping[str, bytes]],
        code: Code,
        timeout: float,
    ) -> bool | float:
        """What the simulations are worth, as `Executor` says."""
        request = requests.judgement(target, replicates, self._settings.secrets)
        answer, _ = self._asked(request, code, timeout)
        loss: bool | float = answer["loss"]
        return loss

    def cancel(self, task_id: str) -> None:
        """Have what runs of a task now fail as cancelled; at once."""
        with self._counting:
            for process in self._running.get(task_id, ()):
                process.stop()

    def close(self) -> None:
        """End all processes; what is still running fails as cancelled."""
        self._pool.close()

    def _asked(self, request: Request, code: Code, timeout: float, task_id: str = "") -> Answer:
        """The answer.

        Raises:
            ExecutionFailed: there is none, or it tells of a failure.
        """
        try:
            with (
                self._interpreter(code) as interpreter,
                self._pool.lent(code, lambda: self._started(code, interpreter)) as process,
                self._at_work(task_id, process),
            ):
                answer, buffers = self._answered(process, interpreter, request, timeout)
                printed = process.stderr  # before somebody else asks it
        except Closed:
            raise self._failed(FailureKind.CANCELLED, "the executor is closed") from None
        if "failed" in answer:
            raise told(answer["failed"], printed, self._settings.secrets)
        return answer, buffers

    @contextmanager
    def _at_work(self, task_id: str, process: Process) -> Iterator[None]:
        """Let it be known which task the process is at, for as long as the context lasts."""
        with self._counting:
            self._running.setdefault(task_id, []).append(process)
        try:
            yield
        finally:
            with self._counting:
                self._running[task_id].remove(process)
                if not self._running[task_id]:
                    del self._running[task_id]

    @contextmanager
    def _interpreter(self, code: Code) -> Iterator[Interpreter]:
        """What runs the code; what could not be made once is not tried again, if it never will."""
        known = self._interpreters.get(code)
        if isinstance(known, ExecutionFailed):
            raise ExecutionFailed(known.kind, known.diagnostics)
        if known is not None and os.path.exists(known.path):  # noqa: PTH110 -- of every single task
            yield known
            return
        try:
            declared = self._environments.declared(code)
            made = (
                self._environments.fresh(code)
                if self._settings.fresh_venv
                else nullcontext(self._environments.interpreter(code))
            )
        except ExecutionFailed as error:
            if not error.kind.passes:
                self._interpreters[code] = error
            raise
        with made as path:
            interpreter = Interpreter(path, declared)
            if not (self._settings.fresh_venv and declared.packages):
                self._interpreters[code] = interpreter
            yield interpreter

    def _started(self, code: Code, interpreter: Interpreter) -> Process:
        start = Start(
            interpreter.path,
            (str(code.folder),) if code.folder is not None else (),
            () if code.folder is not None else tuple(path or str(Path.cwd()) for path in sys.path),
            self._settings.environment,
            self._settings.warm_process_memory_bytes,
        )
        with self._counting:
            self._starts += 1
        COLD_STARTS.inc()
        try:
            return Process(start)
        except OSError as error:
            message = f"the process of the code could not be started: {error}"
            raise self._failed(FailureKind.CRASHED, message) from error

    def _answered(
        self, process: Process, interpreter: Interpreter, request: Request, timeout: float
    ) -> Answer:
        try:
            self._make_ready(process, interpreter)
            return process.asked(*request, timeout)
        except Overdue:
            process.end()
            raise self._unanswered(
                process, FailureKind.TIMED_OUT, f"no result within {timeout:g} s"
            ) from None
        except Gone as error:
            status = process.end()
            if status is not None and not process.stopped:
                raise ended(status, process.stderr, self._settings.secrets) from None
            message = str(error) or "the code closed the pipe for its result"
            raise self._unanswered(process, FailureKind.CRASHED, message) from None

    def _make_ready(self, process: Process, interpreter: Interpreter) -> None:
        if process.version:
            return
        try:
            process.ready()
        except Overdue:
            process.end()
            message = f"its interpreter was not ready within {STARTING:g} s"
            raise self._unanswered(process, FailureKind.CRASHED, message) from None
        if not interpreter.declared.fits(process.version):
            wanted = ".".join(map(str, interpreter.declared.python))
            there = ".".join(map(str, process.version))
            message = f"the bundle wants Python {wanted}, and its environment has {there}"
            raise self._failed(FailureKind.MISSING_DEPENDENCY, message)

    def _unanswered(self, process: Process, kind: FailureKind, message: str) -> ExecutionFailed:
        if process.stopped:
            return self._failed(FailureKind.CANCELLED, "it was not wanted any more")
        return failed(kind, message, {"stderr": process.stderr}, self._settings.secrets)

    def _failed(self, kind: FailureKind, message: str) -> ExecutionFailed:
        return failed(kind, message, {}, self._settings.secrets)

"""The executor `direct`: code runs in the worker's own process, where a debugger sees it.

Nothing is isolated. What takes for ever takes for ever, whatever the timeout says; what ends its
process ends the worker; nothing limits memory; the worker's interpreter and packages are those of
the code, so a bundle that wants another Python is refused, and what it requires has to be there.

Two bundles may have modules of one name. Only one bundle's modules are in `sys.modules` at a time:
while a task of it runs, tasks of other bundles wait.
"""

import platform
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.executors import requests
from modelops_runtime.executors.environments import OWN, Environments
from modelops_runtime.executors.executor import CARRIED, Code, ExecutorSettings
from modelops_runtime.executors.failures import failed, told
from modelops_runtime.executors.process import Answer
from modelops_runtime.executors.requests import Request
from modelops_runtime.executors.runner import usercode


class Direct:
    """An executor without processes."""

    def __init__(self, settings: ExecutorSettings) -> None:
        self._settings = settings
        self._environments = Environments(settings.cache, settings.secrets)
        self._closed = False

    @property
    def starts(self) -> int:
        """It starts no process."""
        return 0

    def simulate(self, task: SimulationTask, code: Code, timeout: float) -> dict[str, bytes]:  # noqa: ARG002 -- nothing could stop it
        """Run one simulation, as `Executor` says, however long it takes."""
        answer, buffers = self._asked(requests.simulation(task), code)
        return requests.tables(answer, buffers, self._settings.secrets)

    def judge(
        self,
        target: ObjectiveTarget,
        replicates: Sequence[Mapping[str, bytes]],
        code: Code,
        timeout: float,  # noqa: ARG002 -- as above
    ) -> bool | float:
        """What the simulations are worth, as `Executor` says, however long it takes."""
        request = requests.judgement(target, replicates, self._settings.secrets)
        answer, _ = self._asked(request, code)
        loss: bool | float = answer["loss"]
        return loss

    def cancel(self, task_id: str) -> None:
        """Nothing: it cannot be stopped."""

    def close(self) -> None:
        """Begin nothing more."""
        self._closed = True

    def _asked(self, request: Request, code: Code) -> Answer:
        """The answer.

        Raises:
            ExecutionFailed: there is none, or it tells of a failure.
        """
        secrets = self._settings.secrets
        if self._closed:
            raise failed(FailureKind.CANCELLED, "the executor is closed", {}, secrets)
        wanted = self._environments.declared(code)
        if not wanted.fits(OWN):
            version = ".".join(map(str, wanted.python))
            raise failed(
                FailureKind.MISSING_DEPENDENCY,
                f"the bundle wants Python {version}: the executor `direct` runs it with the"
                f" worker's, which is {platform.python_version()}",
                {},
                secrets,
            )
        message, buffers = request
        with MODULES.of(code):
            # Framed as for a pipe: the code gets copies, and what it cannot send, it cannot give.
            answer, given = usercode.answer(message, [bytearray(each) for each in buffers])
        if "failed" in answer:
            raise told(answer["failed"], "", secrets)
        return answer, [memoryview(each) for each in given]


class Modules:
    """Which bundle's modules the interpreter has.

    They stay when a task has ended, for the next one of the same bundle, unless they hide modules
    of the worker. The bundle's folder is on the path only while a task runs.
    """

    def __init__(self) -> None:
        self._current = CARRIED
        self._running = 0
        self._kept: dict[Code, dict[str, ModuleType]] = {}
        self._hidden: dict[str, ModuleType] = {}
        self._changed = threading.Condition()

    @contextmanager
    def of(self, code: Code) -> Iterator[None]:
        """Have the modules of this bundle, and of no other, for as long as the context lasts."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running or code == self._current)
            if code != self._current:
                self._leave()
                self._enter(code)
            self._running += 1
            if code.folder is not None:
                sys.path.insert(0, str(code.folder))
        try:
            yield
        finally:
            with self._changed:
                with suppress(ValueError):  # the code may have removed it
                    sys.path.remove(str(code.folder))
                self._running -= 1
                if self._hidden and not self._running:
                    self._leave()
                self._changed.notify_all()

    def _enter(self, code: Code) -> None:
        self._current = code
        if code.folder is None:
            return
        modules = dict(sys.modules)
        tops = {name.partition(".")[0] for name in modules}
        shadowed = {top for top in tops if _shadowed(top, code.folder)}
        self._hidden = {
            name: module for name, module in modules.items() if name.partition(".")[0] in shadowed
        }
        for name in self._hidden:
            del sys.modules[name]
        sys.modules.update(self._kept.pop(code, {}))

    def _leave(self) -> None:
        code, self._current = self._current, CARRIED
        if code.folder is None:
            return
        own = {name: each for name, each in list(sys.modules.items()) if _is_in(each, code.folder)}
        for name in own:
            del sys.modules[name]
        self._kept[code] = own
        sys.modules.update(self._hidden)
        self._hidden = {}


MODULES = Modules()
"""There is one interpreter, however many executors."""


def _shadowed(name: str, folder: Path) -> bool:
    """Whether a bundle has a module of its own with the name of one that is there."""
    if name in sys.stdlib_module_names or name in {"__main__", "modelops_runtime"}:
        return False
    found = PathFinder.find_spec(name, [str(folder)])
    return found is not None and (found.origin is not None or _is_bare(sys.modules.get(name)))


def _is_bare(module: ModuleType | None) -> bool:
    """Whether a package has no code of its own: then it is but a folder, as another one may be."""
    return module is not None and getattr(module, "__file__", None) is None


def _is_in(module: ModuleType, folder: Path) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(isinstance(place, str) and place.startswith(f"{folder}/") for place in places)

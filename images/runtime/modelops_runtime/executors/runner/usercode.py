"""Part of `runner`: the bundle's code, imported and called; its failures, told apart.

A failure is a kind, as the contracts call them, and what is known of it. An import that failed is
told as that, even where the code says so with an exception of its own: `raise … from error`.
"""

import math
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from numbers import Real
from typing import TYPE_CHECKING, Any

from .columns import Unfit, unpacked
from .given import packed_tables
from .wire import Buffer

if TYPE_CHECKING:
    from types import TracebackType

LONGEST = 48 * 1024
"""Characters that are sent of a message or a traceback."""

HERE = os.path.dirname(os.path.abspath(__file__))

Answer = tuple[dict[str, Any], Sequence[Buffer]]


class Missing(Exception):  # noqa: N818 -- named for what is so
    """The code has not what was asked for."""


class NoScenario(Exception):  # noqa: N818 -- as above
    """The model has no such scenario."""


def answer(request: dict[str, Any], buffers: Sequence[Buffer]) -> Answer:
    """Do what is asked for, whatever the code does: the message to answer with, and its buffers."""
    try:
        return ASKED[request["ask"]](request, buffers)
    except BaseException as error:  # noqa: BLE001 -- models raise SystemExit and KeyboardInterrupt, too
        return {"failed": failure(error)}, ()


def _simulate(request: dict[str, Any], _buffers: Sequence[Buffer]) -> Answer:
    module, scenario = request["module"], request["scenario"]
    simulate = _named(module, "simulate")
    scenarios = getattr(import_module(module), "SCENARIOS", None)
    if scenarios is not None and scenario not in scenarios:
        there = ", ".join(sorted(map(str, scenarios)))
        raise NoScenario(f"`{module}` has no scenario `{scenario}`; it has: {there}")
    tables, given = packed_tables(
        simulate(request["parameters"], request["seed"], scenario), request["outputs"]
    )
    return {"tables": tables}, given


def _judge(request: dict[str, Any], buffers: Sequence[Buffer]) -> Answer:
    judge = _named(request["module"], request["name"])
    numpy = _numpy()
    loss = judge(
        [
            {
                name: {column: unpacked(how, buffers, numpy) for column, how in columns}
                for name, columns in replicate.items()
            }
            for replicate in request["replicates"]
        ]
    )
    if getattr(loss, "shape", None) == () and hasattr(loss, "item"):
        loss = loss.item()  # of numpy, or of any library that does as numpy does
    if isinstance(loss, bool):
        return {"loss": loss}, ()
    if not isinstance(loss, Real):
        raise Unfit(f"the loss is of type {type(loss).__qualname__}: it has to be a number")
    return {"loss": _float(loss)}, ()


ASKED: dict[str, Callable[[dict[str, Any], Sequence[Buffer]], Answer]] = {
    "simulate": _simulate,
    "judge": _judge,
}


def _named(module: str, name: str) -> Callable[..., Any]:
    """A function of a module.

    Raises:
        Missing: the module has none of this name.
    """
    found = getattr(import_module(module), name, None)
    if not callable(found):
        raise Missing(f"`{module}` has no function `{name}`")
    return found  # type: ignore[no-any-return]


def _float(number: Real) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _numpy() -> Any:  # noqa: ANN401 -- a module
    try:
        import numpy  # noqa: PLC0415, ICN001 -- only some interpreters have it
    except ImportError:
        return None
    return numpy


def failure(error: BaseException) -> dict[str, Any]:
    """The kind of the failure, and what is known of it."""
    found = {"kind": _kind(error), "exception": type(error).__qualname__, "message": _said(error)}
    if not isinstance(error, Missing | NoScenario):
        found["traceback"] = _traced(error)
    return found


def _kind(error: BaseException) -> str:
    if isinstance(error, Unfit):
        return "wrong_output"
    for cause in _causes(error):
        if isinstance(cause, MemoryError):
            return "out_of_memory"
        if isinstance(cause, ImportError | Missing):
            return "missing_dependency"
    return "model_error"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error, and what it was raised from."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = error.__cause__


def _said(error: BaseException) -> str:
    """The error in one line, however it behaves."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 -- it is the bundle's code that prints it
        text = "(its message cannot be printed)"
    if isinstance(error, SystemExit):
        text = f"the code asked its process to end, with {text}"
    if isinstance(error, Unfit | Missing | NoScenario):
        return _short(text)
    for cause in _causes(error):
        if cause is not error and isinstance(cause, ImportError):
            text = f"{text} (from {_said(cause)})"
    return _short(f"{type(error).__qualname__}: {text}" if text else type(error).__qualname__)


def _traced(error: BaseException) -> str:
    """The traceback, from where the bundle's code begins."""
    at: TracebackType | None = error.__traceback__
    while at is not None and os.path.dirname(at.tb_frame.f_code.co_filename) == HERE:
        at = at.tb_next
    try:
        return _short("".join(traceback.format_exception(type(error), error, at)))
    except BaseException:  # noqa: BLE001 -- it prints what the bundle made
        return "(it cannot be printed)"


def _short(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]} […] {text[-LONGEST // 2 :]}"

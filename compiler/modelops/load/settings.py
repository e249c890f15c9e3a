"""Part of stage `load`: `--set TARGET:PATH=VALUE`, the highest layer of a preview.

Arguments of the command line come in, settings leave. The value is read by the same strict reader
as files are. Whether a target exists is decided by `layer`, which knows the units.
"""

import re
from collections.abc import Iterator, Sequence

from modelops.diagnostics import Diagnostic, Outcome, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.documents import UNIT_FOLDERS, Setting
from modelops.load.secrets import exposed
from modelops.load.yaml import DEPTH_LIMIT, Parsed, read
from modelops.names import is_unit
from modelops.provenance import DataPath, Mark, Span

FORM = "write `TARGET:PATH=VALUE`, such as `workspaces/malaria:workers.replicas=3`"
ENVIRONMENT_TARGET = "environment"
KEY = re.compile(r'"(?P<quoted>[^"]*)"|(?P<plain>[^\s."=]+)')

UNSETTABLE = {
    (True, "defaults"): "set it on the units themselves: `workspaces/NAME:…`",
    (False, "profile"): "choose profiles with `--profile NAME`",
}
"""By whether the target is the environment, and the first key: what a setting comes too late for,
and what to do instead."""


def load_settings(arguments: Sequence[str]) -> Outcome[tuple[Setting, ...]]:
    """The settings of all `--set` options in their order, or CFG010, CFG011 and SEC001.

    A map is taken apart into one setting for each of its leaves, so that each keeps its own mark
    and text; merging them gives the same. The "file" of the marks is `--set ARGUMENT`, their
    columns count in ARGUMENT.
    """
    # Nothing else is told beside a secret: it might quote one.
    if secrets := [one for argument in arguments for one in _secrets(argument)]:
        return Outcome(None, tuple(secrets))
    outcomes = [_settings(argument) for argument in arguments]
    found = tuple(diagnostic for outcome in outcomes for diagnostic in outcome.diagnostics)
    if found:
        return Outcome(None, found)
    return Outcome(tuple(setting for outcome in outcomes for setting in outcome.value or ()))


def _secrets(argument: str) -> list[Diagnostic]:
    """What a shell's history and the log of a pipeline would keep."""
    return exposed(f"--set {argument}", argument.encode("utf-8", "replace"), None)


def _settings(argument: str) -> Outcome[tuple[Setting, ...]]:
    """The settings of one argument."""
    target, colon, _ = argument.partition(":")
    fault = _target_fault(argument, target) if colon else _no_target(argument)
    if fault:
        return Outcome(None, (fault,))
    path = _path(argument, len(target) + 1)
    if isinstance(path, Diagnostic):
        return Outcome(None, (path,))
    keys, end = path
    fault = _path_fault(argument, target, keys, end) or _value_fault(argument, end + 1)
    if fault:
        return Outcome(None, (fault,))
    # Spaces in place of what stands before the value keep the reader's columns those of ARGUMENT.
    text = " " * (end + 1) + argument[end + 1 :]
    parsed = read(f"--set {argument}", text.encode("utf-8", "surrogatepass"))
    if parsed.value is None:
        return Outcome(None, parsed.diagnostics)
    named = _span(argument, len(target) + 1, end)
    return Outcome(tuple(_leaves(target, keys, named, parsed.value)))


def _leaves(target: str, keys: tuple[str, ...], named: Span, parsed: Parsed) -> Iterator[Setting]:
    """One setting for each leaf of the value; a list and an empty map are leaves."""
    waiting: list[tuple[DataPath, object]] = [((), parsed.value)]
    while waiting:
        path, value = waiting.pop(0)
        if isinstance(value, dict) and value:
            waiting[:0] = [((*path, key), inner) for key, inner in value.items()]
        else:
            mark = parsed.marks[path]
            below = tuple(str(key) for key in path)
            shown = Mark(mark.key or named, mark.value, mark.text)
            yield Setting(target, (*keys, *below), value, shown)


def _path(argument: str, start: int) -> tuple[tuple[str, ...], int] | Diagnostic:
    """The keys from `start` on, and where the `=` after them stands."""
    keys: list[str] = []
    at = start
    while key := KEY.match(argument, at):
        keys.append(key["plain"] if key["quoted"] is None else key["quoted"])
        at = key.end()
        if argument[at : at + 1] == "=":
            return tuple(keys), at
        if argument[at : at + 1] != ".":
            break
        at += 1
    message = "here the path of a setting should go on, or end with `=`"
    remedy = f'{FORM}\nquote a key with dots or spaces: `workers.env."a.b"`'
    return _fault(argument, message, at, at + 1, remedy)


def _target_fault(argument: str, target: str) -> Diagnostic | None:
    """What is wrong with the form of a target."""
    folder, slash, name = target.partition("/")
    if target == ENVIRONMENT_TARGET or (slash and folder in UNIT_FOLDERS and is_unit(name)):
        return None
    near = did_you_mean(target, [ENVIRONMENT_TARGET, *(f"{each}/NAME" for each in UNIT_FOLDERS)])
    return _fault(argument, f"`{target}` is no target of a setting", 0, len(target), near)


def _no_target(argument: str) -> Diagnostic:
    return _fault(argument, "the setting has no target", 0, len(argument), FORM)


def _path_fault(argument: str, target: str, keys: tuple[str, ...], end: int) -> Diagnostic | None:
    """What is wrong with a path, though its form is right."""
    start = len(target) + 1
    if len(keys) > DEPTH_LIMIT:
        message = f"the path has {len(keys)} keys; at most {DEPTH_LIMIT} are read"
        return _fault(argument, message, start, end, FORM)
    remedy = UNSETTABLE.get((target == ENVIRONMENT_TARGET, keys[0]))
    if remedy is None:
        return None
    return _fault(argument, f"`{keys[0]}` cannot be set here", start, start + len(keys[0]), remedy)


def _value_fault(argument: str, start: int) -> Diagnostic | None:
    """What is wrong with a value before it is read as YAML."""
    value = argument[start:]
    if not value.strip():
        remedy = 'write `""` for empty text, `null` to delete'
        return _fault(argument, "the setting has no value", start, start + 1, remedy)
    if "\n" in value:
        remedy = "write it on one line: `{a: 1, b: [2, 3]}`"
        return _fault(argument, "the value has more than one line", start, start + 1, remedy)
    return None


def _fault(argument: str, message: str, start: int, end: int, remedy: str) -> Diagnostic:
    return Diagnostic(cfg.CFG011, message, _span(argument, start, end), help=remedy)


def _span(argument: str, start: int, end: int) -> Span:
    """Characters of an argument, from 0, the end exclusive."""
    return Span(f"--set {argument}", 1, start + 1, 1, end + 1)

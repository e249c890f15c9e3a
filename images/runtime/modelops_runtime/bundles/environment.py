"""Part of `bundles`: what a bundle says about the interpreter that runs it, in its `bundle.toml`.

    [environment]
    python = "3.12"                      # absent: the worker's own version
    requirements = "requirements.txt"    # absent: all wheels; without those, what the image has
    wheels = "wheels"                    # packages come from here, and from nowhere else

A bundle without the file, or without the table, runs with what the worker has.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.paths import checked_path

FILE = "bundle.toml"
TABLE = "environment"
KEYS = ("python", "requirements", "wheels")

PYTHON = re.compile(r"3\.[0-9]{1,2}(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class BundleEnvironment:
    """What has to be there before a bundle's code is imported.

    Attributes:
        python: the version of the interpreter; None: the worker's own.
        requirements: a file with what to install; None: all wheels, or nothing.
        wheels: a folder with all of it; None: where packages usually come from.
    """

    python: str | None = None
    requirements: Path | None = None
    wheels: Path | None = None


def environment_of(folder: Path) -> BundleEnvironment:
    """What the bundle in a folder says; paths are those of the folder's files.

    Raises:
        InvalidBundle: it says something that cannot be meant, or names what is not there.
    """
    table = _table(folder)
    if unknown := sorted(set(table) - set(KEYS)):
        raise _wrong(unknown[0], f"unknown; there are {', '.join(KEYS)}")
    found = BundleEnvironment(
        python=_python(table),
        requirements=_below(folder, table, "requirements"),
        wheels=_below(folder, table, "wheels"),
    )
    _check(found)
    return found


def _table(folder: Path) -> Mapping[str, Any]:
    file = folder / FILE
    if not file.exists():
        return {}
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidBundle(f"{FILE}: {error}") from error
    if unknown := sorted(set(document) - {TABLE}):
        raise InvalidBundle(f"{FILE}: {unknown[0]}: unknown; there is [{TABLE}]")
    table = document.get(TABLE, {})
    if not isinstance(table, dict):
        raise InvalidBundle(f"{FILE}: {TABLE}: a table, written [{TABLE}], is needed")
    return table


def _python(table: Mapping[str, Any]) -> str | None:
    written = _text(table, "python")
    if written is not None and not PYTHON.fullmatch(written):
        raise _wrong("python", f'`{written}` is no version: write "3.12" or "3.12.4"')
    return written


def _below(folder: Path, table: Mapping[str, Any], key: str) -> Path | None:
    written = _text(table, key)
    if written is None:
        return None
    try:
        return folder / checked_path(written)
    except InvalidBundle as error:
        raise _wrong(key, str(error)) from error


def _text(table: Mapping[str, Any], key: str) -> str | None:
    written = table.get(key)
    if written is not None and not isinstance(written, str):
        raise _wrong(key, f"a text is needed, not `{written}`")
    return written


def _check(found: BundleEnvironment) -> None:
    if found.requirements and not found.requirements.is_file():
        raise _wrong("requirements", f"no file `{found.requirements.name}` is in the bundle")
    if found.wheels and not found.wheels.is_dir():
        raise _wrong("wheels", f"no folder `{found.wheels.name}` is in the bundle")


def _wrong(key: str, why: str) -> InvalidBundle:
    return InvalidBundle(f"{FILE}: {TABLE}.{key}: {why}")

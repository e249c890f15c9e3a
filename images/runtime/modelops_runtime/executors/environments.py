"""Part of `executors`: the interpreter of a bundle, with the packages that the bundle declares.

A bundle says so in its `bundle.toml`, which `bundles` reads; one that does not runs with the
interpreter and the packages of the worker.

Environments lie on the cache's disk, one for each bundle and interpreter. Each is made once, by one
of the processes that want it while the others wait; it is made beside its place and moved there, so
that it is there whole or not at all. No interpreter is ever fetched.
"""

import contextlib
import fcntl
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from uv import find_uv_bin

from modelops_runtime.bundles.environment import environment_of
from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.executors.executor import Code, ExecutionFailed
from modelops_runtime.executors.failures import failed

MAKING = 1800.0
"""Seconds for an environment."""

UNSOLVED = 1
"""What `uv` exits with where there are no such packages; with another code, it could not look."""

OWN = sys.version_info[:3]


@dataclass(frozen=True, slots=True)
class Declared:
    """What a bundle declares.

    Attributes:
        python: the version wanted, as many of its numbers as matter; none: any.
        requirements: the file of them, in the bundle.
        wheels: the folder of them, in the bundle.
    """

    python: tuple[int, ...] = ()
    requirements: Path | None = None
    wheels: Path | None = None

    @property
    def packages(self) -> bool:
        """Whether it has packages of its own."""
        return self.requirements is not None or self.wheels is not None

    def fits(self, version: Sequence[int]) -> bool:
        """Whether an interpreter of this version is one that it wants."""
        return tuple(version[: len(self.python)]) == self.python


def declared(code: Code) -> Declared:
    """What a bundle declares.

    Raises:
        InvalidBundle: it cannot be read.
    """
    if code.folder is None:
        return Declared()
    found = environment_of(code.folder)
    numbers = found.python.split(".") if found.python else ()
    return Declared(tuple(map(int, numbers)), found.requirements, found.wheels)


@dataclass(frozen=True, slots=True)
class Environments:
    """Makes interpreters.

    Attributes:
        cache: where environments are kept.
        secrets: values that no diagnostics may show.
    """

    cache: Path
    secrets: tuple[str, ...] = ()

    def interpreter(self, code: Code) -> str:
        """The interpreter of a bundle, its environment made where it was not.

        Raises:
            ExecutionFailed: there is none.
        """
        wanted = self.declared(code)
        if not wanted.packages:
            return self._plain(wanted)
        kept = self.cache / "environments" / _key(code)
        if not (kept / "bin" / "python").exists():
            with _locked(kept):
                if not (kept / "bin" / "python").exists():
                    shutil.rmtree(kept, ignore_errors=True)  # of an interpreter that is gone
                    self._make(wanted, kept)
        return str(kept / "bin" / "python")

    @contextlib.contextmanager
    def fresh(self, code: Code) -> Iterator[str]:
        """The interpreter of a bundle, in an environment that lasts as long as the context.

        Raises:
            ExecutionFailed: there is none.
        """
        wanted = self.declared(code)
        if not wanted.packages:
            yield self._plain(wanted)
            return
        folder = self.cache / "environments"
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="fresh-", dir=folder)) / "environment"
        try:
            self._make(wanted, made)
            yield str(made / "bin" / "python")
        finally:
            shutil.rmtree(made.parent, ignore_errors=True)

    def declared(self, code: Code) -> Declared:
        """What a bundle declares.

        Raises:
            ExecutionFailed: it cannot be read.
        """
        try:
            return declared(code)
        except InvalidBundle as error:
            raise self._failed(str(error)) from error

    def _plain(self, wanted: Declared) -> str:
        """An interpreter without packages of the bundle's own."""
        return sys.executable if wanted.fits(OWN) else self._found(wanted)

    def _found(self, wanted: Declared) -> str:
        version = ".".join(map(str, wanted.python))
        found = self._uv("python", "find", "--no-project", version)
        if found.returncode:
            raise self._failed(
                f"the bundle wants Python {version}: this image has {platform.python_version()},"
                " and no other of that version",
                found.stderr,
            )
        return found.stdout.strip()

    def _make(self, wanted: Declared, place: Path) -> None:
        base = sys.executable if wanted.fits(OWN) else self._found(wanted)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as beside:
            made = Path(beside) / "environment"
            self._done("venv", "--no-project", "--relocatable", "--python", base, str(made))
            self._done("pip", "install", "--python", str(made / "bin" / "python"), *_what(wanted))
            made.rename(place)

    def _done(self, *arguments: str) -> None:
        """Have `uv` do something.

        Raises:
            ExecutionFailed: it could not.
        """
        ended = self._uv(*arguments)
        if ended.returncode:
            kind = FailureKind.BUNDLE_UNAVAILABLE
            if ended.returncode == UNSOLVED:
                kind = FailureKind.MISSING_DEPENDENCY
            message = "the environment of the bundle could not be made"
            raise self._failed(message, ended.stderr, kind)

    def _uv(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.cache.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ,
            "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(self.cache / "uv")),
            "UV_NO_PROGRESS": "1",
            "UV_PYTHON_DOWNLOADS": "never",
        }
        command = [find_uv_bin(), "--quiet", *arguments]
        try:
            return subprocess.run(  # noqa: S603 -- a program of this package's own environment
                command,
                env=environment,
                cwd=self.cache,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=MAKING,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 124, "", f"not done in {MAKING} seconds")

    def _failed(
        self,
        message: str,
        stderr: str = "",
        kind: FailureKind = FailureKind.MISSING_DEPENDENCY,
    ) -> ExecutionFailed:
        return failed(kind, message, {"stderr": stderr}, self.secrets)


def _what(wanted: Declared) -> list[str]:
    """What is to be installed, as `uv pip install` takes it."""
    requirements = ["--requirements", str(wanted.requirements)] if wanted.requirements else []
    if wanted.wheels is None:
        return requirements
    alone = ["--no-index", "--find-links", str(wanted.wheels)]
    every = sorted(str(wheel) for wheel in wanted.wheels.glob("*.whl"))
    return [*alone, *(requirements or every)]


def _key(code: Code) -> str:
    """What an environment is called: after the bundle, and after what it was made with."""
    base = blake2b(f"{sys.base_prefix} {sys.version}".encode(), digest_size=8).hexdigest()
    return f"{code.digest.replace(':', '-')}-{base}"


@contextlib.contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Be the only one, of all threads and processes, that makes what is to be there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with (place.parent / f"{place.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

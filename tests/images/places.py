"""Where an image's commands run in tests: as containers, or in clean environments beside them.

What both can do; and the second kind, which needs nothing but uv: for each image an environment of
its own, with what its requirements name, by hash, and the runtime's wheel.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).parents[2]
IMAGES = ("adaptive-worker", "dask", "tools")
UV = (sys.executable, "-m", "uv")
PATIENCE = 300
"""Seconds for a command that should take one or two, on a machine that does much else."""

FOLDERS = ("/dask-spill", "/var/cache/modelops", "/var/lib/modelops/results")
"""What the manifests of `generated/` mount for writing, besides /tmp."""

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    stdout: str
    stderr: str


class Started(Protocol):
    """A command that goes on."""

    def log(self) -> str:
        """All that it has said."""

    def stopped(self) -> int:
        """Its exit code, after a SIGTERM."""


class Place(Protocol):
    """Where commands of images run."""

    @property
    def python(self) -> str:
        """The minor version of the images' Python."""

    @property
    def shared(self) -> Path:
        """A folder of the test that commands can read, as `inside` names it."""

    def inside(self, path: str | Path) -> str:
        """A path of the manifests, or one below `shared`, as a command sees it."""

    def run(self, image: str, *command: str, environment: Mapping[str, str] = NOTHING) -> Ended:
        """Run a command of an image to its end."""

    def started(
        self, image: str, *command: str, environment: Mapping[str, str] = NOTHING
    ) -> AbstractContextManager[Started]:
        """Start a command of an image; it has ended when the block has."""


# --- clean environments --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Process:
    """A process of this machine, in a group of its own."""

    process: subprocess.Popen[bytes]
    output: Path

    def log(self) -> str:
        """All that it has said."""
        return self.output.read_text(errors="replace")

    def stopped(self) -> int:
        """Its exit code, after a SIGTERM to it alone."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


@dataclass(frozen=True, slots=True)
class Environments:
    """A folder with an environment for each image."""

    folder: Path
    python: str

    @property
    def shared(self) -> Path:
        """The test's own folder; everything here is read where it lies."""
        return self.folder / "shared"

    def inside(self, path: str | Path) -> str:
        """The manifests' folders are below the test's; all else is where it is."""
        text = str(path)
        return f"{self.folder}{text}" if text.startswith(FOLDERS) else text

    def run(self, image: str, *command: str, environment: Mapping[str, str] = NOTHING) -> Ended:
        """Run a command to its end."""
        done = subprocess.run(
            command,
            env=self._environment(image, environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def started(
        self, image: str, *command: str, environment: Mapping[str, str] = NOTHING
    ) -> Iterator[Process]:
        """Start a command; it and all that it started have ended when the block has."""
        output = self.folder / f"{image}-{len(list(self.folder.glob('*.log')))}.log"
        with output.open("wb") as said:
            process = subprocess.Popen(
                command,
                env=self._environment(image, environment),
                cwd=self.folder,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield Process(process, output)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _environment(self, image: str, more: Mapping[str, str]) -> dict[str, str]:
        path = f"{self.folder / image / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        return {
            "HOME": str(self.folder / "tmp"),
            "PATH": path,
            "DASK_TEMPORARY_DIRECTORY": str(self.folder / "tmp"),
            **more,
        }


def environments(folder: Path) -> Environments:
    """Install what each image installs."""
    wanted = _python()
    for name in ("shared", "tmp", *(path[1:] for path in FOLDERS)):
        (folder / name).mkdir(parents=True)
    wheels = folder / "wheels"
    source = folder / "source"
    shutil.copytree(
        ROOT / "images" / "runtime", source, ignore=shutil.ignore_patterns("__pycache__", "build")
    )
    _uv("build", "--quiet", "--wheel", "--out-dir", wheels, source)
    (wheel,) = wheels.glob("*.whl")
    for image in IMAGES:
        home = folder / image
        python = ("--python", home / "bin" / "python")
        requirements = ROOT / "images" / "requirements" / f"{image}.txt"
        _uv("venv", "--quiet", "--no-project", "--python", wanted, home)
        if "==" in requirements.read_text():
            _uv("pip", "install", "--quiet", *python, "--require-hashes", "-r", requirements)
        _uv("pip", "install", "--quiet", *python, "--no-deps", "--offline", wheel)
    version = (
        folder / IMAGES[0] / "bin" / "python",
        "-c",
        "import sys; print(sys.version_info[1])",
    )
    minor = subprocess.run(version, capture_output=True, text=True, check=True).stdout.strip()
    return Environments(folder, f"3.{minor}")


def _python() -> str:
    """The Python of the images where there is one here; else that of the tests."""
    asked = (*UV, "python", "find", "--no-python-downloads", "--no-project", "3.12")
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else sys.executable


def _uv(*arguments: str | Path) -> None:
    said = subprocess.run(
        [*UV, *map(str, arguments)],
        cwd="/",
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout

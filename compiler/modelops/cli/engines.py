"""Container engines of this machine: found, and run for what `modelops images build` wants.

Commands come in as `image_build` makes them. What an engine says goes to the standard error as it
says it; what it was asked for leaves.
"""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from modelops.image_build import (
    UNKNOWN_REVISION,
    Build,
    Engine,
    NotBuildable,
    answering,
    asking_docker,
    building,
    docker_digest,
    pushing,
)

STANDARD_ERROR = 2


def found_engine(chosen: str | None) -> Engine:
    """The engine that was chosen, or the first one that works.

    Raises:
        NotBuildable: there is none.
    """
    wanted = [Engine(chosen)] if chosen else list(Engine)
    there = [engine for engine in wanted if shutil.which(engine)]
    for engine in there:
        if _answers(engine):
            return engine
    raise NotBuildable(_none(wanted, there))


def _none(wanted: Iterable[Engine], there: Sequence[Engine]) -> str:
    if there:
        tries = " or ".join(f"`{shlex.join(answering(engine))}`" for engine in there)
        return f"no engine works here: {tries} ends with an error that says why."
    return (
        f"nothing on PATH can build images: looked for {', '.join(wanted)}. Install one of them; "
        f"`--dry-run --engine {Engine.DOCKER}` shows what it would be asked."
    )


def _answers(engine: Engine) -> bool:
    return _ran(answering(engine), Path(), subprocess.DEVNULL) == 0


def commands(chosen: str | None, builds: Iterable[Build], *, push: bool) -> list[str]:
    """What would be run; an engine that was chosen need not be here.

    Raises:
        NotBuildable: none was chosen, and there is none.
    """
    engine = Engine(chosen) if chosen else found_engine(None)
    lines = (
        (building(engine, one), *((pushing(engine, one, "DIGEST"),) if push else ()))
        for one in builds
    )
    return [shlex.join(line) for pair in lines for line in pair]


def built(engine: Engine, build: Build, root: Path) -> None:
    """Build and tag the image.

    Raises:
        NotBuildable: the engine could not; it has told why.
    """
    _run(building(engine, build), root, f"build {build.reference}")


def pushed(engine: Engine, build: Build, root: Path) -> str:
    """Push the image; the digest that it now has in its registry.

    Raises:
        NotBuildable: the engine could not; it has told why.
    """
    with tempfile.TemporaryDirectory(prefix="modelops-") as folder:
        file = Path(folder) / "digest"
        _run(pushing(engine, build, os.fspath(file)), root, f"push {build.reference}")
        if engine is not Engine.DOCKER:
            return file.read_text().strip()
    asked = subprocess.run(  # noqa: S603 -- arguments of our own
        asking_docker(build), stdout=subprocess.PIPE, text=True, check=False
    )
    return docker_digest(build, asked.stdout or "null")


def revision(root: Path) -> str:
    """The commit that stands in the folder, with `-dirty` where it was changed since."""
    asked = ("git", "-C", os.fspath(root), "describe", "--always", "--dirty", "--abbrev=40")
    try:
        said = subprocess.run(  # noqa: S603 -- arguments of our own
            (*asked, "--exclude=*"), capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN_REVISION
    return said.stdout.strip()


def _run(command: Sequence[str], root: Path, what: str) -> None:
    code = _ran(command, root, STANDARD_ERROR)
    if code:
        raise NotBuildable(f"could not {what}: {command[0]} ended with exit code {code}.")


def _ran(command: Sequence[str], folder: Path, said: int) -> int:
    """The exit code of an engine; what it says on either output goes to `said`."""
    try:
        ended = subprocess.run(  # noqa: S603 -- arguments of our own
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False
        )
    except OSError as error:
        raise NotBuildable(f"cannot start {command[0]}: {error.strerror}.") from error
    return ended.returncode

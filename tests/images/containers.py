"""Our images as containers: built by buildah without a daemon, run by podman and runc.

Everything stands in one folder: storage, configuration, state; what else the machine's engines hold
is not seen and not touched. All containers share a network that leads nowhere: each command of an
image must do without. They run as in a pod: read-only, as the image's user, without capabilities.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.images import standin
from tests.images.places import FOLDERS, IMAGES, NOTHING, PATIENCE, ROOT, Ended

TOOLS = ("buildah", "podman", "runc", "debootstrap")
BASE = "localhost/stand-in"
NETWORK = "network"
NUMBERS = count(1)
SHARED = "/shared"

STORAGE = """\
[storage]
driver = "{driver}"
graphroot = "{folder}/graph"
runroot = "{folder}/run"
"""
ENGINE = """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
runtime = "runc"
tmp_dir = "{folder}/libpod"
"""
REGISTRIES = """\
unqualified-search-registries = []
[[registry]]
location = "127.0.0.1"
insecure = true
[[registry]]
location = "{registry}"
insecure = true
"""
AS_IN_A_POD = (
    *("--read-only", "--read-only-tmpfs=false", "--cap-drop", "all"),
    *("--security-opt", "no-new-privileges"),
    *(part for path in ("/tmp", *FOLDERS) for part in ("--tmpfs", f"{path}:mode=1777")),  # noqa: S108 -- the pod's
)


class NotHere(Exception):  # noqa: N818 -- a fact of the machine, no error
    """No containers on this machine; the text says why."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container that goes on."""

    engine: "Engine"
    name: str

    def log(self) -> str:
        """All that it has said."""
        said = self.engine.run("podman", "logs", self.name)
        return said.stdout + said.stderr

    def stopped(self) -> int:
        """Its exit code, after a SIGTERM to its first process."""
        self.engine.checked("podman", "kill", "--signal", "TERM", self.name)
        return int(self.engine.checked("podman", "wait", self.name))


@dataclass(frozen=True, slots=True)
class Engine:
    """Buildah and podman with a storage of their own."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What tells both where everything is."""
        return {
            **os.environ,
            "BUILDAH_ISOLATION": "chroot",
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(self.folder / "registries.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "TMPDIR": str(self.folder),
        }

    def run(self, *command: str, timeout: float = PATIENCE) -> Ended:
        """Run an engine to its end."""
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def checked(self, *command: str, timeout: float = PATIENCE) -> str:
        """Its standard output; that it ended well is asserted."""
        ended = self.run(*command, timeout=timeout)
        assert ended.status == 0, f"{command}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
        return ended.stdout.strip()


@dataclass(frozen=True, slots=True)
class Containers:
    """Our images, built, and a network for their containers."""

    engine: Engine
    project: Path
    python: str
    references: Mapping[str, str]

    @property
    def shared(self) -> Path:
        """Mounted into each container."""
        return self.engine.folder / "shared"

    def inside(self, path: str | Path) -> str:
        """The manifests' folders are where the manifests say."""
        return str(path).replace(str(self.shared), SHARED)

    def run(self, image: str, *command: str, environment: Mapping[str, str] = NOTHING) -> Ended:
        """Run a command in a container of its own, to its end."""
        options = _options(self.shared, environment)
        return self.engine.run("podman", "run", "--rm", *options, self.references[image], *command)

    @contextmanager
    def started(
        self, image: str, *command: str, environment: Mapping[str, str] = NOTHING
    ) -> Iterator[Container]:
        """Start a command in a container, which is gone when the block has ended."""
        name = f"{image}-{next(NUMBERS)}"
        options = ("--detach", "--name", name, *_options(self.shared, environment))
        self.engine.checked("podman", "run", *options, self.references[image], *command)
        try:
            yield Container(self.engine, name)
        finally:
            self.engine.run("podman", "rm", "--force", "--time", "0", name)

    def inspected(self, image: str) -> dict[str, object]:
        """What the image says of itself."""
        (found,) = json.loads(
            self.engine.checked("podman", "image", "inspect", self.references[image])
        )
        config: dict[str, object] = found["Config"]
        return config


def _options(shared: Path, environment: Mapping[str, str]) -> list[str]:
    variables = [part for pair in environment.items() for part in ("--env", "=".join(pair))]
    places = ("--network", f"container:{NETWORK}", "--volume", f"{shared}:{SHARED}:ro")
    return [*AS_IN_A_POD, *places, *variables]


@contextmanager
def containers(folder: Path, registry: str) -> Iterator[Containers]:
    """Build all images, and have a network for them.

    Raises:
        NotHere: this machine cannot run any container, whatever the image.
    """
    engine = _engine(folder, registry)
    try:
        minor = _stand_in(engine)
        project = _project(folder / "project", minor, registry)
        base = ("--base", f"{BASE}:{standin.SUITE}")
        with ThreadPoolExecutor() as pool:  # as many at once as there are
            told = pool.map(lambda image: build_images(engine, project, image, *base), IMAGES)
            references = dict(zip(IMAGES, told, strict=True))
        pause = ("python", "-c", "import signal; signal.pause()")
        options = ("--detach", "--name", NETWORK, "--network", "none", "--read-only")
        engine.checked("podman", "run", *options, references["tools"], *pause)
        (folder / "shared").mkdir()
        yield Containers(engine, project, f"3.{minor}", references)
    finally:
        _remove(engine)


def build_images(engine: Engine, project: Path, *options: str) -> str:
    """What `modelops images build` tells on its standard output."""
    program = (sys.executable, "-m", "modelops", "--root", str(project))
    return engine.checked(*program, "images", "build", "--engine", "buildah", *options, timeout=900)


def _engine(folder: Path, registry: str) -> Engine:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise NotHere(f"not on PATH: {', '.join(missing)}")
    if os.getuid() != 0:
        raise NotHere("debootstrap and containers with users of their own want root")
    (folder / "containers.conf").write_text(ENGINE.format(folder=folder))
    (folder / "registries.conf").write_text(REGISTRIES.format(registry=registry))
    engine = Engine(folder)
    for driver in ("overlay", "vfs"):
        (folder / "storage.conf").write_text(STORAGE.format(folder=folder, driver=driver))
        said = engine.run("buildah", "info")
        if said.status == 0:
            return engine
        shutil.rmtree(folder / "graph", ignore_errors=True)
    raise NotHere(f"buildah has no storage: {_last(said.stderr)}")


def _stand_in(engine: Engine) -> str:
    """Build the base, and run it once; the minor version of its Python.

    Raises:
        NotHere: debootstrap, or the kernel, does not let us.
    """
    context = engine.folder / "stand-in"
    context.mkdir()
    reference = f"{BASE}:{standin.SUITE}"
    try:
        standin.context(context)
    except subprocess.CalledProcessError as error:
        raise NotHere(f"debootstrap failed: {_last(error.stdout)}") from error
    build = engine.run("buildah", "build", "--tag", reference, str(context), timeout=300)
    shutil.rmtree(context)
    if build.status:
        raise NotHere(f"buildah cannot build: {_last(build.stderr)}")
    asked = ("python", "-c", "import sys; print(sys.version_info[1])")
    options = ("--rm", "--network", "none", "--user", "10001:10001", *AS_IN_A_POD)
    tried = engine.run("podman", "run", *options, reference, *asked)
    if tried.status:
        raise NotHere(f"podman cannot run: {_last(tried.stderr)}")
    return tried.stdout.strip()


def _project(folder: Path, minor: str, registry: str) -> Path:
    """What a build reads, with the stand-in's Python in the place of the images' own."""
    shutil.copytree(
        ROOT / "images", folder / "images", ignore=shutil.ignore_patterns("__pycache__", "examples")
    )
    for file in (folder / "images").glob("*/capabilities.json"):
        capabilities = json.loads(file.read_text())
        file.write_text(json.dumps({**capabilities, "python": f"3.{minor}"}))
    images = (ROOT / "environments" / "images.yaml").read_text()
    assert "registry: ghcr.io/modelops-examples" in images
    (folder / "environments").mkdir()
    (folder / "environments" / "images.yaml").write_text(
        images.replace("registry: ghcr.io/modelops-examples", f"registry: {registry}/modelops")
    )
    return folder


def _remove(engine: Engine) -> None:
    """Everything that engines hold, so that the folder can go."""
    with suppress(subprocess.TimeoutExpired):
        engine.run("podman", "rm", "--all", "--force", "--time", "0")
    for mounted in (engine.folder / "graph" / "overlay", engine.folder / "graph"):
        subprocess.run(["umount", "--lazy", mounted], capture_output=True, check=False)


def _last(text: str | None) -> str:
    """The last line that says something."""
    return next((line for line in reversed((text or "").splitlines()) if line.strip()), "no word")

"""The images of this repository, ready to run, once for all tests; and what was not possible."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.images.containers import Containers, NotHere, containers
from tests.images.places import Place, environments

NO_CONTAINERS = pytest.StashKey[str]()
REGISTRY = """\
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "{address}"}}
"""


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say it where images could not be run."""
    why = config.stash.get(NO_CONTAINERS, None)
    if why:
        terminalreporter.write_line(
            f"images: not built and run as containers here: {why}. What each one installs was "
            "installed into a clean environment, and run there."
        )


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a registry on loopback; of nothing where that program is not here."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    program = shutil.which("docker-registry") or shutil.which("registry")
    if program is None:
        yield address
        return
    folder = tmp_path_factory.mktemp("registry")
    (folder / "config.yml").write_text(REGISTRY.format(folder=folder / "blobs", address=address))
    with (folder / "log").open("wb") as said:
        process = subprocess.Popen(
            [program, "serve", folder / "config.yml"], stdout=said, stderr=said
        )
    try:
        _listening(address)
        yield address
    finally:
        process.terminate()
        process.wait()


def _listening(address: str) -> None:
    host, _, port = address.partition(":")
    for _ in range(600):
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"no registry at {address}")


@pytest.fixture(scope="session")
def engine_place(registry: str, pytestconfig: pytest.Config) -> Iterator[Containers | str]:
    """The images as containers; why not, where this machine has none."""
    # Not pytest's own folder: the images' user could not enter it, nor would pytest's cleaning
    # know what engines leave behind.
    folder = Path(tempfile.mkdtemp(prefix="modelops-images-", dir="/var/tmp"))
    try:
        with containers(folder, registry) as place:
            yield place
    except NotHere as reason:
        pytestconfig.stash[NO_CONTAINERS] = str(reason)
        yield str(reason)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def built(engine_place: Containers | str) -> Containers:
    """The images as containers; a test without them is skipped, and the summary says why."""
    if isinstance(engine_place, str):
        pytest.skip(engine_place)
    return engine_place


@pytest.fixture(scope="session", params=["containers", "environments"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Each of the two, where commands of images run."""
    if request.param == "containers":
        containers: Containers = request.getfixturevalue("built")
        return containers
    return environments(tmp_path_factory.mktemp("environments"))

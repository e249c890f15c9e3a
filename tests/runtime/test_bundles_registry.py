"""Bundles by way of a registry, over HTTP.

What every registry has to bear is asked of one of our own, and of Debian's where it is installed;
credentials and faults of our own alone.
"""

import base64
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from tests.runtime.bundle_files import forged, listed, sources
from tests.runtime.registry_server import Fault, State, serving

from modelops_runtime.bundles import fetch
from modelops_runtime.bundles.artefact import layer_of
from modelops_runtime.bundles.cache import BundleCache
from modelops_runtime.bundles.packing import Packed, digest_of, pack
from modelops_runtime.bundles.registry import Registry
from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import BundleReference, bundle_reference

DEBIAN = "docker-registry"
SETTINGS = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {root}}}}}
http: {{addr: "{host}"}}
"""

PULLER = """
import sys
from pathlib import Path
from modelops_runtime.bundles.cache import BundleCache
from modelops_runtime.bundles.registry import Registry
from modelops_runtime.contracts.bundle import bundle_reference

print(BundleCache(Path(sys.argv[1]), 2**40, Registry()).ensure(bundle_reference(sys.argv[2])))
"""

PLENTY = 2**40


@dataclass(frozen=True, slots=True)
class Running:
    """A registry that runs.

    Attributes:
        host: and port.
        tamper: changes what it has under a digest, behind its back.
    """

    host: str
    tamper: Callable[[str, Callable[[bytes], bytes]], None]


@contextmanager
def our_own() -> Iterator[Running]:
    state = State()

    def tamper(digest: str, change: Callable[[bytes], bytes]) -> None:
        for kept in (state.blobs, state.manifests):
            for place, content in kept.items():
                if place[1] == digest:
                    kept[place] = change(content)

    with serving(state) as host:
        yield Running(host, tamper)


@contextmanager
def debian_s(folder: Path) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    root, settings = folder / "registry", folder / "registry.yml"
    settings.write_text(SETTINGS.format(root=root, host=host))
    with (folder / "registry.log").open("wb") as log:
        process = subprocess.Popen([DEBIAN, "serve", str(settings)], stdout=log, stderr=log)

    def tamper(digest: str, change: Callable[[bytes], bytes]) -> None:
        number = digest.removeprefix("sha256:")
        file = root / "docker/registry/v2/blobs/sha256" / number[:2] / number / "data"
        file.write_bytes(change(file.read_bytes()))

    try:
        _until_it_answers(f"http://{host}/v2/")
        yield Running(host, tamper)
    finally:
        process.terminate()
        process.wait(60)


def _until_it_answers(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 -- our own
                return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(params=["our own", DEBIAN])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    if request.param == DEBIAN and not shutil.which(DEBIAN):
        pytest.skip(f"{DEBIAN} is not installed; our own has answered the same")
    with debian_s(tmp_path) if request.param == DEBIAN else our_own() as running:
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PAUSES", (0.0, 0.0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sources(tmp_path / "bundle" / "models", sir="beta = 0.3\n", big="x" * 300_000)
    return tmp_path / "bundle"


def pushed(host: str, packed: Packed, repository: str = "models/sir") -> BundleReference:
    at = Registry().push(packed, f"{host}/{repository}")
    return bundle_reference(f"{at}@{packed.digest}")


def pulled(bundle: BundleReference, root: Path, registry: Registry | None = None) -> Path:
    cache = BundleCache(root, PLENTY, registry or Registry())
    with cache.using(bundle) as code:
        return code


def test_what_is_pulled_is_what_was_pushed(registry: Running, folder: Path, tmp_path: Path) -> None:
    bundle = pushed(registry.host, pack(folder))
    assert bundle.digest == digest_of(folder)
    assert listed(pulled(bundle, tmp_path / "cache")) == listed(folder)


def test_pushing_again_changes_nothing_and_tags_lead_to_it(registry: Running, folder: Path) -> None:
    packed = pack(folder)
    for name in ("models/sir", "models/sir:v1", "models/sir:v1"):
        pushed(registry.host, packed, name)
    url = f"http://{registry.host}/v2/models/sir/manifests/v1"
    kind = json.loads(packed.manifest)["mediaType"]
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": kind})) as answer:
        assert answer.read() == packed.manifest
        assert answer.headers["Docker-Content-Digest"] == packed.digest


def test_a_repository_without_a_host_is_in_the_workspace_s_registry(
    registry: Running, folder: Path, tmp_path: Path
) -> None:
    bundle = pushed(registry.host, pack(folder), "team/models/sir")
    relative = BundleReference(bundle.digest, "sir")
    code = pulled(relative, tmp_path / "cache", Registry(f"{registry.host}/team/models"))
    assert listed(code) == listed(folder)


def test_a_layer_that_was_tampered_with_is_refused(
    registry: Running, folder: Path, tmp_path: Path
) -> None:
    packed = pack(folder)
    bundle = pushed(registry.host, packed)
    layer = layer_of(packed.manifest)
    registry.tamper(layer.digest, lambda content: content.replace(b"0.3", b"0.4"))
    with pytest.raises(BundleUnavailable, match="another digest, and is refused") as refused:
        pulled(bundle, tmp_path / "cache")
    assert not refused.value.passes
    registry.tamper(layer.digest, lambda content: content.replace(b"0.4", b"0.3"))
    assert listed(pulled(bundle, tmp_path / "cache")) == listed(folder)


def test_a_manifest_that_was_tampered_with_is_refused(
    registry: Running, folder: Path, tmp_path: Path
) -> None:
    packed, other = pack(folder), pack(sources(tmp_path / "other", sir="beta = 0.4"))
    bundle = pushed(registry.host, packed)
    pushed(registry.host, other)
    registry.tamper(packed.digest, lambda _: other.manifest)
    with pytest.raises(BundleUnavailable, match=r"refused|no bundle") as refused:
        pulled(bundle, tmp_path / "cache")
    assert not refused.value.passes


def test_a_layer_of_another_kind_is_refused_though_its_digests_are_right(
    registry: Running, tmp_path: Path
) -> None:
    bundle = pushed(registry.host, forged(b"no tar" * 1000))
    with pytest.raises(BundleUnavailable, match="is no bundle: the layer"):
        pulled(bundle, tmp_path / "cache")


def test_what_was_never_pushed_is_said_to_be_missing(
    registry: Running, folder: Path, tmp_path: Path
) -> None:
    bundle = pushed(registry.host, pack(folder))
    for missing in (
        BundleReference("sha256:" + "0" * 64, bundle.repository),
        BundleReference(bundle.digest, f"{registry.host}/models/sirr"),
    ):
        with pytest.raises(BundleUnavailable, match=r"no such bundle \(404\).*push") as refused:
            pulled(missing, tmp_path / "cache")
        assert not refused.value.passes


def test_processes_pull_it_once(folder: Path, tmp_path: Path) -> None:
    state, root = State(), tmp_path / "cache"
    with serving(state) as host:
        bundle = pushed(host, pack(folder))
        state.seen.clear()
        command = [sys.executable, "-c", PULLER, str(root), str(bundle)]
        processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
        codes = {process.communicate(timeout=60)[0] for process in processes}
    (code,) = codes
    assert listed(Path(code.decode().strip())) == listed(folder)
    assert [method for method, _ in state.seen] == ["GET", "GET"]


FAULTS = [Fault.BUSY, Fault.TOO_MANY, Fault.DROPPED, Fault.CUT]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("before", [(), (None,)], ids=["manifest", "layer"])
def test_what_passes_is_asked_again(
    fault: Fault, before: tuple[None, ...], folder: Path, tmp_path: Path, impatient: None
) -> None:
    state = State()
    with serving(state) as host:
        bundle = pushed(host, pack(folder))
        state.faults.extend((*before, fault))
        assert listed(pulled(bundle, tmp_path / "cache")) == listed(folder)
        assert not state.faults


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_pass_is_given_up_and_may_be_asked_later(
    fault: Fault, folder: Path, tmp_path: Path, impatient: None
) -> None:
    state = State()
    with serving(state) as host:
        bundle = pushed(host, pack(folder))
        state.faults.extend([fault] * 3)
        with pytest.raises(BundleUnavailable, match=f"{host}/models/sir") as refused:
            pulled(bundle, tmp_path / "cache")
        assert refused.value.passes
        assert not state.faults


def test_nobody_listens(tmp_path: Path, impatient: None) -> None:
    with serving(State()) as host:
        pass
    with pytest.raises(BundleUnavailable, match="does not answer") as refused:
        pulled(BundleReference("sha256:" + "0" * 64, f"{host}/models/sir"), tmp_path)
    assert refused.value.passes


@pytest.mark.parametrize(
    ("fault", "why"),
    [(Fault.PAGE, "web page.*docker login"), (Fault.FORBIDDEN, "refuses us.*docker login")],
)
def test_what_somebody_has_to_cure_is_not_asked_again(
    fault: Fault, why: str, folder: Path, tmp_path: Path
) -> None:
    state = State()
    with serving(state) as host:
        bundle = pushed(host, pack(folder))
        state.faults.append(fault)
        with pytest.raises(BundleUnavailable, match=why) as refused:
            pulled(bundle, tmp_path / "cache")
        assert not refused.value.passes


# --- credentials -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Private:
    """A registry that wants credentials, over TLS; `environment` trusts it, and knows nobody."""

    host: str
    state: State
    environment: dict[str, str]


@pytest.fixture
def private(
    tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Private]:
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(trusted)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    state = State(account=("robot", "p:ss/w'rd"))
    with serving(state, authority) as host:
        yield Private(
            host, state, {"HOME": str(tmp_path), "MODELOPS_INSECURE_REGISTRIES": "elsewhere:80"}
        )


def by_variables(private: Private, folder: Path) -> dict[str, str]:
    (folder / "password").write_text("p:ss/w'rd\n")
    return {
        "MODELOPS_REGISTRY_USERNAME": "robot",
        "MODELOPS_REGISTRY_PASSWORD_FILE": str(folder / "password"),
    }


def by_docker_login(private: Private, folder: Path) -> dict[str, str]:
    known = {"auth": base64.b64encode(b"robot:p:ss/w'rd").decode()}
    (folder / ".docker").mkdir()
    (folder / ".docker" / "config.json").write_text(json.dumps({"auths": {private.host: known}}))
    return {}


def by_mounted_secret(private: Private, folder: Path) -> dict[str, str]:
    known = {"username": "robot", "password": "p:ss/w'rd"}
    (folder / "config.json").write_text(json.dumps({"auths": {f"https://{private.host}": known}}))
    return {"DOCKER_CONFIG": str(folder)}


@pytest.mark.parametrize("known", [by_variables, by_docker_login, by_mounted_secret])
def test_credentials_are_shown_where_they_are_wanted(
    known: Callable[[Private, Path], dict[str, str]],
    private: Private,
    folder: Path,
    tmp_path: Path,
) -> None:
    environment = private.environment | known(private, tmp_path)
    registry, packed = Registry(environment=environment), pack(folder)
    at = registry.push(packed, f"{private.host}/models/sir")
    bundle = BundleReference(packed.digest, str(at))
    assert listed(pulled(bundle, tmp_path / "cache", registry)) == listed(folder)
    assert set(private.state.scopes) == {
        "repository:models/sir:pull,push",
        "repository:models/sir:pull",
    }


def test_nobody_is_let_in_without(private: Private, folder: Path, tmp_path: Path) -> None:
    registry = Registry(environment=private.environment)
    bundle = BundleReference("sha256:" + "0" * 64, f"{private.host}/models/sir")
    for refused in (
        lambda: registry.push(pack(folder), f"{private.host}/models/sir"),
        lambda: pulled(bundle, tmp_path / "cache", registry),
    ):
        with pytest.raises(BundleUnavailable, match=r"refuses us \(401\).*DOCKER_CONFIG"):
            refused()


def test_a_login_page_in_the_place_of_a_token(private: Private, tmp_path: Path) -> None:
    private.state.page_for_tokens = True
    bundle = BundleReference("sha256:" + "0" * 64, f"{private.host}/models/sir")
    with pytest.raises(BundleUnavailable, match=r"web page.*docker login"):
        pulled(bundle, tmp_path / "cache", Registry(environment=private.environment))


def test_credentials_are_never_shown_without_tls(folder: Path, tmp_path: Path) -> None:
    state = State(account=("robot", "p:ss/w'rd"))
    with serving(state) as host:
        environment = by_variables(Private(host, state, {}), tmp_path)
        with pytest.raises(BundleUnavailable, match="never sent without TLS"):
            Registry(environment=environment).push(pack(folder), f"{host}/models/sir")
    assert "/token" not in {path for _, path in state.seen}


def test_an_authority_that_nobody_trusts(
    private: Private, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    bundle = BundleReference("sha256:" + "0" * 64, f"{private.host}/models/sir")
    with pytest.raises(BundleUnavailable, match="REQUESTS_CA_BUNDLE") as refused:
        pulled(bundle, tmp_path / "cache", Registry(environment=private.environment))
    assert not refused.value.passes

"""The images do what manifests ask of them: as containers where this machine can, else beside them.

Containers have a network that leads nowhere: what an image needs at its start is in it.
"""

import json
import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
import trustme
import yaml
from tests.images.containers import Containers, build_images
from tests.images.places import IMAGES, ROOT, Place, Started

GENERATED = ROOT / "generated" / "dev"
TERMINATED = 143
MISCONFIGURED = 64
WRONG_INVOCATION = 2
WAITS = 1800
"""Looks, a tenth of a second apart."""

CLIENT = """
import sys
from distributed import Client

def preloads(dask_worker):
    return [one.name for one in dask_worker.preloads]

with Client(sys.argv[1], timeout=180, set_as_default=False) as client:
    client.wait_for_workers(2, timeout=180)
    assert client.submit(sum, range(10), key="sum").result(timeout=180) == 45
    assert not client.get_versions(check=True)["client"] is None
    loaded = client.run(preloads)
    print(sorted({name for names in loaded.values() for name in names}))
"""


def container(file: str) -> dict[str, Any]:
    """The first container of the first workload of a generated file."""
    for body in yaml.safe_load_all((GENERATED / file).read_text()):
        if body and body["kind"] in {"Deployment", "Job"}:
            found: dict[str, Any] = body["spec"]["template"]["spec"]["containers"][0]
            return found
    raise AssertionError(file)


def runtime_configuration() -> str:
    """The `runtime.json` of the workspace."""
    for body in yaml.safe_load_all((GENERATED / "workspaces/default/config.yaml").read_text()):
        if body["kind"] == "ConfigMap":
            text: str = body["data"]["runtime.json"]
            return text
    raise AssertionError("no ConfigMap")


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in taken]


def waited(started: Started, pattern: str) -> str:
    """What it has said, once the pattern is in it."""
    for _ in range(WAITS):
        said = started.log()
        if re.search(pattern, said):
            return said
        time.sleep(0.1)
    raise AssertionError(f"waited for {pattern!r}:\n{started.log()[-3000:]}")


def on_loopback(place: Place, words: Sequence[str], addresses: dict[str, str]) -> list[str]:
    """A command of the manifests with this place's folders, and loopback in the place of names."""
    found = [place.inside(word) for word in words]
    for written, here in addresses.items():
        found = [word.replace(written, here) for word in found]
    return found


@pytest.fixture
def plane(place: Place) -> Iterator[tuple[str, Started, Started]]:
    """The scheduler's address, the scheduler and a worker, as the manifests start them."""
    scheduler, worker = (
        container(f"workspaces/default/{name}.yaml") for name in ("scheduler", "workers")
    )
    port, dashboard, metrics = free_ports(3)
    served = next(word for word in worker["args"] if word.startswith("tcp://"))
    address = f"tcp://127.0.0.1:{port}"
    configuration = runtime_configuration()
    for path in ("/dask-spill", "/var/cache/modelops", "/var/lib/modelops/results"):
        configuration = configuration.replace(f'"{path}"', f'"{place.inside(path)}"')
    file = place.shared / "runtime.json"
    file.write_text(configuration.replace(served, address))
    file.chmod(0o644)
    rewritten = {
        served: address,
        ":8787": f"127.0.0.1:{dashboard}",
        "8786": str(port),
        ":8790": f"127.0.0.1:{metrics}",
        "9000:9001": "0",
        "9100:9101": "0",
        "$(POD_NAME)": "worker-a",
    }
    environment = {
        "DASK_SCHEDULER_ADDRESS": address,
        "MODELOPS_CONFIG": place.inside(file),
        "POD_NAME": "worker-a",
    }
    scheduled = on_loopback(place, scheduler["args"], rewritten)
    working = on_loopback(place, worker["args"], rewritten)
    with place.started("dask", *scheduled) as first:
        waited(first, r"Scheduler at")
        with place.started("dask", *working, environment=environment) as second:
            yield address, first, second


def test_a_plane_computes_and_ends(place: Place, plane: tuple[str, Started, Started]) -> None:
    """With the preload that the manifests name; the client is the other image, of the same lock."""
    address, scheduler, worker = plane
    asked = place.run("adaptive-worker", "python", "-c", CLIENT, address)
    told = asked.stdout + asked.stderr + worker.log()[-3000:] + scheduler.log()[-3000:]
    assert asked.status == 0, told
    words = container("workspaces/default/workers.yaml")["args"]
    assert asked.stdout.strip() == str([words[words.index("--preload") + 1]])
    assert worker.stopped() in {0, TERMINATED}, worker.log()[-3000:]
    assert scheduler.stopped() in {0, TERMINATED}, scheduler.log()[-3000:]


@pytest.mark.parametrize("image", IMAGES)
def test_the_program_is_in_each_image(place: Place, image: str) -> None:
    asked = place.run(image, "python", "-m", "modelops_runtime", "--help")
    assert asked.status == 0, asked.stderr
    assert "secret-bootstrap" in asked.stdout


COMMANDS = [
    ("tools", "10-secrets/secrets.yaml", WRONG_INVOCATION),
    ("adaptive-worker", "30-store-init/store-init.yaml", MISCONFIGURED),
    ("adaptive-worker", "40-workers/workers.yaml", MISCONFIGURED),
]


@pytest.mark.parametrize(("image", "file", "status"), COMMANDS)
def test_what_is_told_nothing_says_so(place: Place, image: str, file: str, status: int) -> None:
    """Each command of a run is there with all that it imports; without its settings it ends."""
    words = [word for word in container(f"runs/sir/{file}")["args"] if not word.startswith("--")]
    ended = place.run(image, *words[:4])
    assert ended.status == status, (ended, words)
    assert "invalid choice" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_waits_ends_when_it_is_told_to(place: Place) -> None:
    """As a container's first process too, which no signal ends by default."""
    account = place.shared / "account"
    account.mkdir()
    (account / "token").write_text("t")
    trustme.CA().cert_pem.write_to_path(str(account / "ca.crt"))
    for each in (account, *account.iterdir()):
        each.chmod(0o755)
    (port,) = free_ports(1)
    environment = {
        "KUBERNETES_SERVICE_HOST": "127.0.0.1",
        "KUBERNETES_SERVICE_PORT": str(port),
        "POD_NAMESPACE": "here",
    }
    command = ("python", "-m", "modelops_runtime", "secret-bootstrap", "--secret", "a=b")
    folder = ("--service-account", place.inside(account))
    with place.started("tools", *command, *folder, environment=environment) as waiting:
        waited(waiting, "pause")
        assert waiting.stopped() == TERMINATED


def test_an_image_has_what_it_says_it_has(place: Place) -> None:
    """The check that ends a build, once more from the outside; it fails where a version differs."""
    program = (ROOT / "images" / "attest.py").read_text()
    for image in IMAGES:
        capabilities = json.loads((ROOT / "images" / image / "capabilities.json").read_text())
        file = place.shared / f"{image}.json"
        for python, status in ((place.python, 0), ("3.1", 1)):
            file.write_text(json.dumps({**capabilities, "python": python}))
            file.chmod(0o644)
            ended = place.run(image, "python", "-c", program, place.inside(file))
            assert ended.status == status, ended


# --- what only a container can show --------------------------------------------------------------


@pytest.mark.parametrize("image", IMAGES)
def test_a_container_is_nobody_and_can_write_nothing(built: Containers, image: str) -> None:
    script = """
import os, pathlib, sys
assert os.getuid() == os.getgid() == 10001
assert pathlib.Path.home() == pathlib.Path("/tmp")
assert "" not in sys.path or not os.access(".", os.W_OK)
pathlib.Path("/tmp/mine").write_text("is fine")
capabilities = [line for line in open("/proc/self/status") if line.startswith("CapEff")]
assert int(capabilities[0].split()[1], 16) == 0, capabilities
writable = [p for p in ("/", "/etc", "/opt/modelops", "/usr") if os.access(p, os.W_OK)]
assert not writable, writable
print(open("/usr/share/modelops/capabilities.json").read())
"""
    ended = built.run(image, "python", "-c", script)
    assert ended.status == 0, ended.stderr
    said = json.loads(ended.stdout)
    written = json.loads((ROOT / "images" / image / "capabilities.json").read_text())
    assert said == {**written, "python": built.python}


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_is_labelled(built: Containers, image: str) -> None:
    config = built.inspected(image)
    labels, user = config["Labels"], config["User"]
    assert isinstance(labels, dict)
    assert user == "10001:10001"
    assert labels["org.opencontainers.image.version"] == built.references[image].rpartition(":")[2]
    assert labels["org.opencontainers.image.revision"]
    assert labels["io.modelops.capabilities"] == "/usr/share/modelops/capabilities.json"


def test_what_models_leave_behind_is_reaped(built: Containers) -> None:
    """A process whose parent has gone becomes the first process's child, and ends as a zombie."""
    script = """
import os, time
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(0.2)
    os._exit(0)
os.wait()

def children():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            parent = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1]
        except OSError:
            continue
        found += [pid] if parent == "1" else []
    return found

for _ in range(300):
    if children() == [str(os.getpid())]:
        break
    time.sleep(0.1)
else:
    raise SystemExit(f"children of the first process: {children()}, and I am {os.getpid()}")
"""
    ended = built.run("dask", "python", "-c", script)
    assert ended.status == 0, ended.stderr


def test_what_is_pushed_is_told_by_digest(built: Containers, registry: str) -> None:
    """The registry knows the digest that the command told, and a moving base is refused."""
    if not _answers(registry):
        pytest.skip("there is no registry program on PATH")
    base = built.engine.checked(
        "podman",
        "image",
        "inspect",
        "--format",
        "{{index .RepoDigests 0}}",
        "localhost/stand-in:bookworm",
    )
    told = build_images(
        built.engine, built.project, "tools", "--push", "--tag", "pushed", "--base", base
    )
    reference, _, digest = told.partition("@")
    assert reference == f"{registry}/modelops/modelops-tools:pushed"
    pulled = built.engine.checked(
        "podman", "pull", "--quiet", f"{registry}/modelops/modelops-tools@{digest}"
    )
    assert pulled


def _answers(address: str) -> bool:
    host, _, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True

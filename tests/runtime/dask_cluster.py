"""A Dask cluster of processes, started as the manifests of `generated/` start it, on loopback."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from tests.runtime.program import Ended, run

FOLDER = Path(__file__).parents[2] / "generated/dev/workspaces/default"
PROGRAM = {"python": sys.executable, "dask": str(Path(sys.executable).with_name("dask"))}


def container(file: str) -> dict[str, Any]:
    """The first container of the first Deployment of a file."""
    documents = yaml.safe_load_all((FOLDER / file).read_text())
    (body,) = (one for one in documents if one and one["kind"] == "Deployment")
    found: dict[str, Any] = body["spec"]["template"]["spec"]["containers"][0]
    return found


WORKER = container("workers.yaml")
PROCESSES = int(WORKER["args"][WORKER["args"].index("--nworkers") + 1])


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in taken]


def consecutive_ports(count: int) -> str:
    """A range of free ports, as `dask worker` takes it."""
    while True:
        (first,) = free_ports(1)
        try:
            with ExitStack() as stack:
                for port in range(first, first + count):
                    stack.enter_context(socket.create_server(("127.0.0.1", port)))
        except (OSError, OverflowError):
            continue
        return f"{first}:{first + count - 1}" if count > 1 else str(first)


@dataclass(slots=True)
class DaskCluster:
    """A scheduler, and the pods that joined it.

    Attributes:
        folder: for what the processes write.
        address: the scheduler's.
        scheduler: its process.
        pods: the workers' processes by the name of their pod.
    """

    folder: Path
    address: str
    scheduler: subprocess.Popen[bytes]
    pods: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self, pod: str) -> dict[str, str]:
        """A worker pod's, as far as it is written in plain."""
        plain = {one["name"]: one["value"] for one in WORKER["env"] if "value" in one}
        return plain | {
            "HOME": str(self.folder),
            "POD_NAME": pod,
            "DASK_SCHEDULER_ADDRESS": self.address,
        }

    def start(self, pod: str) -> None:
        """Start a pod's workers."""
        words = list(WORKER["args"])
        words[words.index("dask") + 2] = self.address
        for option, value in {
            "--worker-port": consecutive_ports(PROCESSES),
            "--nanny-port": consecutive_ports(PROCESSES),
            "--dashboard-address": ":0",
            "--local-directory": str(self.folder / pod),
            "--name": pod,
        }.items():
            words[words.index(option) + 1] = value
        self.pods[pod] = _started([*words, "--host", "127.0.0.1"], self.environment(pod))

    def drain(self, pod: str, timeout: str | None = None) -> Ended:
        """Run the hook that Kubernetes runs before it stops the pod."""
        words = list(WORKER["lifecycle"]["preStop"]["exec"]["command"])
        if timeout is not None:
            words[words.index("--timeout") + 1] = timeout
        return run([PROGRAM[words[0]], *words[1:]], self.environment(pod))

    def stop(self, pod: str, timeout: str | None = None) -> Ended:
        """Stop a pod as Kubernetes does: the hook, then SIGTERM."""
        drained = self.drain(pod, timeout)
        self.pods[pod].send_signal(signal.SIGTERM)
        self.pods[pod].wait(30)
        return drained


@contextmanager
def dask_cluster(folder: Path) -> Iterator[DaskCluster]:
    """Yield a cluster without workers, and end all its processes."""
    words = list(container("scheduler.yaml")["args"])
    port, dashboard = free_ports(2)
    words[words.index("--port") + 1] = str(port)
    words[words.index("--dashboard-address") + 1] = f"127.0.0.1:{dashboard}"
    scheduler = _started([*words, "--host", "127.0.0.1"], {"HOME": str(folder)})
    cluster = DaskCluster(folder, f"tcp://127.0.0.1:{port}", scheduler)
    try:
        yield cluster
    finally:
        for process in (*cluster.pods.values(), scheduler):
            _ended(process)


def _started(words: list[str], variables: dict[str, str]) -> subprocess.Popen[bytes]:
    path = {"PATH": os.environ["PATH"]}
    return subprocess.Popen(
        [PROGRAM[words[0]], *words[1:]],
        env=path | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _ended(process: subprocess.Popen[bytes]) -> None:
    """End it and its children: a nanny that is killed leaves its worker."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def until(condition: Callable[[], object], patience: float = 60) -> None:
    """Wait for a condition."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)

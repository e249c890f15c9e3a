"""A Dask cluster of processes, started as the manifests of `generated/` start it, on loopback."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
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


def settings(
    folder: Path, executor: str, bundles: str, results: Mapping[str, str] | None = None
) -> str:
    """What the workers of that workspace are told, but with folders and bundles of this machine.

    Results are kept in the folder, unless it is said where.
    """
    file = yaml.safe_load((FOLDER / "config.yaml").read_text())
    told = json.loads(file["data"]["runtime.json"])
    told["executor"]["type"] = executor
    told["results"] = results or {**told["results"], "directory": str(folder / "results")}
    told["dask"]["spillDirectory"] = str(folder / "spill")
    told["bundles"] = {
        "source": "file",
        "directory": bundles,
        "cacheDirectory": str(folder / "cache"),
        "cacheBytes": told["bundles"]["cacheBytes"],
    }
    return json.dumps(told)


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
        scheduling: variables of the scheduler.
        executor: runs the simulations of pods that are started from now on.
        bundles: a folder of bundles that they have.
        results: where they keep them, as they are told; None for a folder of the cluster's.
    """

    folder: Path
    address: str
    scheduler: subprocess.Popen[bytes] = field(init=False)
    pods: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    scheduling: Mapping[str, str] = field(default_factory=dict)
    executor: str = "direct"
    bundles: str = ""
    results: Mapping[str, str] | None = None

    def environment(self, pod: str) -> dict[str, str]:
        """A worker pod's, as far as it is written in plain."""
        plain = {one["name"]: one["value"] for one in WORKER["env"] if "value" in one}
        config = self.folder / f"{pod}.json"
        bundles = self.bundles or str(self.folder)
        config.write_text(settings(self.folder, self.executor, bundles, self.results))
        return plain | {
            "HOME": str(self.folder),
            "MODELOPS_CONFIG": str(config),
            "POD_NAME": pod,
            "DASK_SCHEDULER_ADDRESS": self.address,
        }

    def stop_processes(self, pod: str) -> None:
        """End a pod's processes as a machine does that loses its power."""
        _ended(self.pods.pop(pod))

    def log(self, name: str) -> Path:
        """What a pod has written, or the scheduler."""
        return self.folder / f"{name}.log"

    def start(
        self, pod: str, variables: dict[str, str] | None = None, processes: int = PROCESSES
    ) -> None:
        """Start a pod's workers, with these variables besides its own."""
        words = list(WORKER["args"])
        words[words.index("dask") + 2] = self.address
        for option, value in {
            "--nworkers": str(processes),
            "--worker-port": consecutive_ports(processes),
            "--nanny-port": consecutive_ports(processes),
            "--dashboard-address": ":0",
            "--local-directory": str(self.folder / pod),
            "--name": pod,
        }.items():
            words[words.index(option) + 1] = value
        told = self.environment(pod) | (variables or {})
        self.pods[pod] = _started([*words, "--host", "127.0.0.1"], told, self.log(pod))

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

    def start_scheduler(self) -> None:
        """Start the scheduler anew, where the first one was."""
        host, _, port = self.address.removeprefix("tcp://").partition(":")
        words = list(container("scheduler.yaml")["args"])
        words[words.index("--port") + 1] = port
        words[words.index("--dashboard-address") + 1] = f"{host}:{free_ports(1)[0]}"
        variables = {"HOME": str(self.folder), **self.scheduling}
        self.scheduler = _started([*words, "--host", host], variables, self.log("scheduler"))

    def kill_scheduler(self) -> None:
        """End the scheduler as a machine does that loses its power."""
        _ended(self.scheduler)


@contextmanager
def dask_cluster(
    folder: Path, scheduling: Mapping[str, str] | None = None
) -> Iterator[DaskCluster]:
    """Yield a cluster without workers, and end all its processes."""
    address = f"tcp://127.0.0.1:{free_ports(1)[0]}"
    cluster = DaskCluster(folder, address, scheduling=scheduling or {})
    cluster.start_scheduler()
    try:
        yield cluster
    finally:
        for process in (*cluster.pods.values(), cluster.scheduler):
            _ended(process)


def _started(words: list[str], variables: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as written:
        return subprocess.Popen(
            [PROGRAM[words[0]], *words[1:]],
            env={"PATH": os.environ["PATH"], **variables},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
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

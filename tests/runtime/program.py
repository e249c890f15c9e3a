"""`python -m modelops_runtime` as in a pod: a process with a pod's environment, and no other."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.runtime.kubernetes_server import NAMESPACE, Cluster


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of the program ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of its log; each has to be an object of JSON."""
        return [json.loads(line) for line in self.stderr.splitlines()]

    @property
    def told(self) -> str:
        """The last message."""
        message: str = self.log[-1]["message"]
        return message


def environment(port: int, namespace: str = NAMESPACE) -> dict[str, str]:
    """What Kubernetes and the manifest set; `localhost` is one of the certificate's names."""
    return {
        "KUBERNETES_SERVICE_HOST": "127.0.0.1",
        "KUBERNETES_SERVICE_PORT": str(port),
        "POD_NAMESPACE": namespace,
    }


def arguments(service_account: Path, *more: str, timeout: float = 5) -> list[str]:
    """The command line, up to the Secrets."""
    return [
        *(sys.executable, "-m", "modelops_runtime", "secret-bootstrap"),
        *("--service-account", str(service_account), "--timeout", str(timeout), *more),
    ]


def started(
    port: int, service_account: Path, *more: str, timeout: float = 5
) -> subprocess.Popen[str]:
    """Start the program."""
    return subprocess.Popen(
        arguments(service_account, *more, timeout=timeout),
        env=environment(port),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for its end."""
    stdout, stderr = process.communicate(timeout=60)
    return Ended(process.returncode, stdout, stderr)


def bootstrap(cluster: Cluster, *more: str, timeout: float = 5) -> Ended:
    """Run the program to its end."""
    return ended(started(cluster.port, cluster.service_account, *more, timeout=timeout))


def run(command: list[str], variables: dict[str, str]) -> Ended:
    """Run any command line with any environment."""
    done = subprocess.run(
        command, env=variables, capture_output=True, text=True, check=False, timeout=60
    )
    return Ended(done.returncode, done.stdout, done.stderr)

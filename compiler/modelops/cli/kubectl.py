"""The cluster, asked through `kubectl`: whoever may use that may use `modelops status`.

What to ask for comes in, Kubernetes' JSON leaves. Nothing is changed in the cluster.
"""

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from modelops.disk import shown
from modelops.processes import ProcessFailure

Body = Mapping[str, Any]
T = TypeVar("T")
A = TypeVar("A")

PROGRAM = "kubectl"
PATIENCE = "15s"
"""For each request to the cluster."""

TIME = 60.0
"""Seconds for one call, which may be several requests and a login."""

AT_ONCE = 8
"""Calls at a time."""

FORBIDDEN = ("(Forbidden)", "is forbidden")
UNKNOWN_KIND = (
    "doesn't have a resource type",
    "no matches for kind",
    "could not find the requested",
)
MISSING = ("(NotFound)",)
ENDED_BADLY = ("command terminated with exit code",)


class KubectlFailure(ProcessFailure):
    """The cluster cannot be asked, or did not answer."""


class Forbidden(KubectlFailure):
    """The cluster does not let this user see it."""


class UnknownKind(KubectlFailure):
    """The cluster knows no such objects."""


class Missing(KubectlFailure):
    """There is no such object."""


class ProgramFailed(KubectlFailure):
    """What was started in a container did not end well."""


@dataclass(frozen=True, slots=True)
class Kubectl:
    """How the cluster is reached.

    Attributes:
        context: of the kubeconfig; empty for the current one.
    """

    context: str = ""

    @property
    def prefix(self) -> tuple[str, ...]:
        """How a call begins, of ours and of those that people are told."""
        return (PROGRAM, *(("--context", self.context) if self.context else ()))

    def objects(self, kinds: Iterable[str], namespace: str = "", labels: str = "") -> list[Body]:
        """Every object of these kinds, in one namespace or in all.

        Raises:
            KubectlFailure: nobody answers, or nobody may see them.
        """
        where = ("--namespace", namespace) if namespace else ("--all-namespaces",)
        chosen = ("--selector", labels) if labels else ()
        text = self._said(("get", ",".join(kinds), *where, *chosen, "--output", "json"))
        try:
            found: list[Body] = json.loads(text)["items"]
        except (ValueError, KeyError, TypeError) as error:
            raise KubectlFailure(f"{PROGRAM} answered something that is no JSON list.") from error
        return found

    def executed(self, namespace: str, pod: str, container: str, program: Sequence[str]) -> str:
        """What a program says in a container.

        Raises:
            KubectlFailure: it did not end well, or could not be started.
        """
        place = ("exec", pod, "--namespace", namespace, "--container", container)
        return self._said((*place, "--", *program))

    def logs(self, namespace: str, pod: str, lines: int) -> str:
        """The last lines of all containers of a pod.

        Raises:
            KubectlFailure: there are none yet, or nobody may see them.
        """
        what = ("logs", pod, "--namespace", namespace, "--all-containers", "--prefix")
        return self._said((*what, f"--tail={lines}"))

    def _said(self, arguments: Sequence[str]) -> str:
        call = (*self.prefix, f"--request-timeout={PATIENCE}", *arguments)
        try:
            ended = subprocess.run(  # noqa: S603 -- kubectl, with names of the plan
                call, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME, check=False
            )
        except FileNotFoundError as error:
            raise KubectlFailure(
                f"`{PROGRAM}` is not installed, or not on the PATH: clusters are asked through it."
            ) from error
        except subprocess.TimeoutExpired as error:
            raise KubectlFailure(f"{PROGRAM} did not end within {TIME:.0f} s.") from error
        if ended.returncode:
            raise _failure(ended.stderr.decode(errors="replace"), ended.returncode)
        return ended.stdout.decode(errors="replace")


KINDS_OF_FAILURE = (
    (FORBIDDEN, Forbidden),
    (UNKNOWN_KIND, UnknownKind),
    (MISSING, Missing),
    (ENDED_BADLY, ProgramFailed),
)
"""By what kubectl says of each."""


def together(ask: Callable[[A], T], several: Iterable[A]) -> list[T]:
    """The answers to several questions, in order, asked at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(ask, several))


def _failure(told: str, code: int) -> KubectlFailure:
    """What kubectl says went wrong: its last line is the one for people."""
    lines = [line for line in told.splitlines() if line.strip()]
    last = shown(lines[-1].strip()) if lines else f"exit code {code}"
    for signs, kind in KINDS_OF_FAILURE:
        if any(sign in last for sign in signs):
            return kind(last)
    return KubectlFailure(f"the cluster does not answer: {last}")

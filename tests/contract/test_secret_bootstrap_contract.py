"""The compiler's `secret-bootstrap` Jobs, read by the runtime itself: all of it, and no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelops_runtime.__main__ import COMMANDS
from modelops_runtime.secret_bootstrap.command import (
    NAMESPACE_VARIABLE,
    TIMEOUT,
    WAIT,
    parsed,
)
from modelops_runtime.secret_bootstrap.verdicts import LONGEST_PAUSE

ROOT = Path(__file__).parents[2]
CALLED = ["python", "-m", "modelops_runtime", "secret-bootstrap"]
OF_PYTHON = {"HOME"}
"""Variables that Python's own library reads."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """One Job of `generated/`, and what stands beside it in its file."""

    path: str
    job: dict[str, Any]
    beside: tuple[dict[str, Any], ...]

    @property
    def pod(self) -> dict[str, Any]:
        """The pod of the Job."""
        pod: dict[str, Any] = self.job["spec"]["template"]["spec"]
        return pod

    @property
    def container(self) -> dict[str, Any]:
        """Its only container."""
        (container,) = self.pod["containers"]
        return dict(container)

    @property
    def arguments(self) -> list[str]:
        """What the command is given, after its name."""
        called = [*self.container.get("command", []), *self.container.get("args", [])]
        assert called[: len(CALLED)] == CALLED
        return called[len(CALLED) :]

    def found(self, kind: str) -> dict[str, Any]:
        """The object of this kind that bears the name of the Job's service account."""
        name = self.pod["serviceAccountName"]
        (body,) = (
            one for one in self.beside if (one["kind"], one["metadata"]["name"]) == (kind, name)
        )
        return body


def jobs() -> Iterator[Emitted]:
    """Yield every Job of the examples that runs the command."""
    for path in sorted((ROOT / "generated").rglob("*.yaml")):
        documents = tuple(filter(None, yaml.safe_load_all(path.read_text())))
        for body in documents:
            if body["kind"] == "Job" and "secret-bootstrap" in str(body["spec"]):
                yield Emitted(path.relative_to(ROOT).as_posix(), body, documents)


JOBS = list(jobs())
each = pytest.mark.parametrize("emitted", JOBS, ids=[one.path for one in JOBS])


def test_the_examples_make_secrets() -> None:
    assert JOBS
    assert CALLED[-1] in COMMANDS


@each
def test_the_runtime_reads_every_argument(emitted: Emitted) -> None:
    called = parsed(emitted.arguments)
    again = [
        word for one in called.secrets for word in ("--secret", f"{one.name}={','.join(one.keys)}")
    ]
    assert again == emitted.arguments


@each
def test_its_rights_are_those_it_uses(emitted: Emitted) -> None:
    names = [secret.name for secret in parsed(emitted.arguments).secrets]
    assert emitted.found("Role")["rules"] == [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": names, "verbs": ["get"]},
    ]
    assert emitted.found("RoleBinding")["roleRef"]["kind"] == "Role"
    assert emitted.pod["automountServiceAccountToken"] is True


@each
def test_the_runtime_reads_every_variable(emitted: Emitted) -> None:
    variables = {one["name"]: one for one in emitted.container["env"]}
    assert set(variables) - OF_PYTHON == {NAMESPACE_VARIABLE}
    reference = variables[NAMESPACE_VARIABLE]["valueFrom"]["fieldRef"]
    assert reference["fieldPath"] == "metadata.namespace"


@each
def test_it_gives_up_before_it_is_killed(emitted: Emitted) -> None:
    """Its own words about what is missing are worth more than `DeadlineExceeded`."""
    secrets = len(parsed(emitted.arguments).secrets)
    longest = WAIT + LONGEST_PAUSE + 2 * TIMEOUT * secrets
    assert longest < emitted.job["spec"]["activeDeadlineSeconds"]


@each
def test_it_is_given_nothing_that_it_does_not_read(emitted: Emitted) -> None:
    assert "envFrom" not in emitted.container
    mounts = {one["mountPath"] for one in emitted.container["volumeMounts"]}
    assert mounts == {one["value"] for one in emitted.container["env"] if one["name"] == "HOME"}

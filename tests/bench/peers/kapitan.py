"""Kapitan with a Kadet component: one target for each workspace, a function for each family."""

from pathlib import Path

import yaml
from tests.bench.factoring import Family, Parameters, functions
from tests.bench.peers.peer import Peer, Prepared, clearing, packages, put
from tests.bench.runs import Command

COMPONENT = """\
from kapitan.inputs.kadet import BaseObj, inventory

{functions}


def main():
    parameters = inventory().parameters
    output = BaseObj()
    output.root["manifests"] = globals()[parameters.family](parameters.workspace)
    return output
"""
CLASS = {
    "parameters": {
        "kapitan": {
            "compile": [
                {
                    "input_type": "kadet",
                    "input_paths": ["components/workspace"],
                    "output_path": ".",
                    "output_type": "yml",
                }
            ]
        }
    }
}


def _target(family: str, workspace: str, parameters: Parameters) -> str:
    kapitan = {"vars": {"target": workspace}}
    return yaml.safe_dump(
        {
            "classes": ["workspace"],
            "parameters": {"kapitan": kapitan, "family": family, "workspace": parameters},
        }
    )


def _prepare(python: Path, folder: Path, families: tuple[Family, ...]) -> Prepared:
    component = COMPONENT.format(functions=functions(families))
    put(folder / "components" / "workspace" / "__init__.py", component)
    put(folder / "inventory" / "classes" / "workspace.yml", yaml.safe_dump(CLASS))
    targets = folder / "inventory" / "targets"
    for family in families:
        for workspace, parameters in family.workspaces.items():
            put(targets / f"{workspace}.yml", _target(family.name, workspace, parameters))
    out = folder / "compiled"
    program = str(python.with_name("kapitan"))
    return Prepared(Command((program, "compile", "--quiet"), folder, clearing(out)), out)


KAPITAN = Peer(
    "kapitan 0.36.3, kadet",
    lambda: packages("kapitan", "kapitan==0.36.3"),
    _prepare,
    slow=True,
)

"""Jsonnet from Python: a function for each family, and a file of parameters for each workspace.

One evaluation of all workspaces, `std.manifestYamlStream`, one file for each workspace. That is
how Jsonnet is fastest; a process for each workspace would start a thousand times.
"""

from pathlib import Path

from tests.bench.factoring import Family, expression
from tests.bench.peers.peer import Peer, Prepared, clearing, packages, put, put_parameters
from tests.bench.runs import Command

PROGRAM = """\
import json
from pathlib import Path
from {module} import evaluate_file

for name, content in json.loads(evaluate_file("main.jsonnet")).items():
    Path("out", name).write_text(content, encoding="utf-8")
"""


def _main(families: tuple[Family, ...]) -> str:
    lines = [f'local {each.name} = import "{each.name}.libsonnet";' for each in families]
    entries = (
        f'  "{workspace}.yaml": std.manifestYamlStream('
        f'{family.name}(import "{family.name}/{workspace}.json")),'
        for family in families
        for workspace in family.workspaces
    )
    return "\n".join([*lines, "{", *entries, "}", ""])


def _prepare(module: str, python: Path, folder: Path, families: tuple[Family, ...]) -> Prepared:
    put_parameters(folder, families)
    for family in families:
        objects = expression(list(family.objects), "p.{}")
        put(folder / f"{family.name}.libsonnet", f"function(p) {objects}\n")
    put(folder / "main.jsonnet", _main(families))
    put(folder / "build.py", PROGRAM.format(module=module))
    out = folder / "out"
    return Prepared(Command((str(python), "build.py"), folder, clearing(out)), out)


RJSONNET = Peer(
    "rjsonnet 0.5.6",
    lambda: packages("rjsonnet", "rjsonnet==0.5.6"),
    lambda python, folder, families: _prepare("rjsonnet", python, folder, families),
)
GOJSONNET = Peer(
    "gojsonnet 0.22.0",
    lambda: packages("gojsonnet", "gojsonnet==0.22.0"),
    lambda python, folder, families: _prepare("_gojsonnet", python, folder, families),
)

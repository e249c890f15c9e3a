"""Stock cdk8s from Python, as its pages show it: with one App for all, and with one for each.

An object that is not made of cdk8s' own classes is an `ApiObject` and a patch with the rest of it.
The versions are those of our own environment; so is the Node.
"""

from functools import partial
from importlib.metadata import version
from pathlib import Path

from tests.bench.factoring import Family, functions
from tests.bench.peers.peer import Peer, Prepared, clearing, packages, put, put_parameters
from tests.bench.runs import Command

from modelops.synth.toolchain import node

PROGRAM = """\
import json
from pathlib import Path

from cdk8s import ApiObject, ApiObjectMetadata, App, Chart, JsonPatch

import families


def chart(app, file):
    objects = getattr(families, file.parent.name)(json.loads(file.read_text()))
    made = Chart(app, file.stem, disable_resource_name_hashes=True)
    for number, body in enumerate(objects):
        metadata = ApiObjectMetadata(name=body["metadata"]["name"])
        made_object = ApiObject(
            made,
            str(number),
            api_version=body["apiVersion"],
            kind=body["kind"],
            metadata=metadata,
        )
        made_object.add_json_patch(JsonPatch.replace("", body))


files = sorted(Path().glob("family*/*.json"))
"""
ONE_APP = """\
app = App(outdir="out")
for file in files:
    chart(app, file)
app.synth()
"""
APP_EACH = """\
for file in files:
    app = App(outdir="out/" + file.stem)
    chart(app, file)
    app.synth()
"""


def _prepare(ending: str, python: Path, folder: Path, families: tuple[Family, ...]) -> Prepared:
    put_parameters(folder, families)
    put(folder / "families.py", functions(families) + "\n")
    put(folder / "main.py", f"{PROGRAM}{ending}")
    out = folder / "out"
    variables = {"JSII_NODE": node()}
    return Prepared(Command((str(python), "main.py"), folder, clearing(out), variables), out)


def _install() -> Path | None:
    return packages("cdk8s", *(f"{each}=={version(each)}" for each in ("cdk8s", "constructs")))


CDK8S_ONE_APP = Peer(
    f"cdk8s {version('cdk8s')}, Python, one App",
    _install,
    partial(_prepare, ONE_APP),
    slow=True,
)
CDK8S_APP_EACH = Peer(
    f"cdk8s {version('cdk8s')}, Python, App each",
    _install,
    partial(_prepare, APP_EACH),
    slow=True,
)

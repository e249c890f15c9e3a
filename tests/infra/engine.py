"""A project in a folder of its own, and Pulumi's real engine over stand-ins of what needs Azure.

Real are Pulumi's command line, its engine, its state, what runs a Python program, the program, its
command and the compiler. In place of the providers stand those of `stand_ins`, and in place of
`pulumi-language-python` too where it is not installed.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.infra.stand_ins.azure import PLACE
from tests.required import missing

ROOT = Path(__file__).parents[2]

PROGRAMS = ("pulumi", "pulumi-language-python-exec")
BUILT = ROOT / "bin"
ABSENT = (
    "`pulumi` and `pulumi-language-python-exec` are neither on PATH nor in bin/: install Pulumi"
    " (pulumi.com/docs/iac/download-install), or build it with Go: scripts/build_pulumi.sh"
)
OTHERS = shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml")
"""What is made beside the program: by Python, and by Pulumi for stacks that somebody has."""

PLUGINS = {
    "pulumi-resource-azure-native": "azure",
    "pulumi-resource-tls": "tls",
    "pulumi-language-python": "language",
}
PLUGIN = """\
#!{python}
import sys

sys.path.insert(0, {root!r})
from tests.infra.stand_ins.{module} import main

main()
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All of it: Pulumi tells what is wrong on either."""
        return self.out + self.err


@dataclass(frozen=True, slots=True)
class Project:
    """A project with `environments/` and `infra/`, and an Azure that is a file."""

    root: Path
    variables: Mapping[str, str]

    def infra(self, *arguments: str) -> Ended:
        """`modelops-infra`."""
        return self._run("modelops_infra", *arguments)

    def modelops(self, *arguments: str, told: str = "") -> Ended:
        """`modelops`."""
        return self._run("modelops", *arguments, told=told)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Put files into the project."""
        for name, content in files.items():
            file = self.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def azure(self) -> dict[str, Any]:
        """What is in Azure, and what was done there so far."""
        place = Path(self.variables[PLACE])
        kept: dict[str, Any] = {"resources": {}, "done": []}
        return json.loads(place.read_text()) if place.exists() else kept

    def put(self, id_: str, inputs: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        """Put into Azure what somebody made by hand."""
        kept = self.azure()
        kept["resources"][id_.lower()] = {
            "id": id_,
            "inputs": dict(inputs),
            "known": {**inputs, **known},
        }
        Path(self.variables[PLACE]).write_text(json.dumps(kept))

    def _run(self, module: str, *arguments: str, told: str = "") -> Ended:
        ran = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.root,
            env=dict(self.variables),
            input=told,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ended(ran.returncode, ran.stdout, ran.stderr)


def project(folder: Path) -> Project:
    """An empty project; skips where there is no Pulumi."""
    path = os.pathsep.join((os.environ["PATH"], str(BUILT)))
    if not all(shutil.which(name, path=path) for name in PROGRAMS):
        missing(ABSENT)
    root, home = folder / "project", folder / "home"
    home.mkdir(parents=True)
    shutil.copytree(ROOT / "infra", root / "infra", ignore=OTHERS)
    variables = {
        **os.environ,
        "PATH": os.pathsep.join((str(_plugins(folder)), path)),
        "HOME": str(home),
        "PULUMI_HOME": str(home / ".pulumi"),
        "PULUMI_BACKEND_URL": f"file://{home}",
        "PULUMI_CONFIG_PASSPHRASE": "a word",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PYTHONPATH": str(root / "infra"),
        PLACE: str(folder / "azure.json"),
    }
    return Project(root, variables)


def _plugins(folder: Path) -> Path:
    """Programs under the names that Pulumi looks for; its own for Python wins where it is there."""
    place = folder / "plugins"
    place.mkdir()
    for name, module in PLUGINS.items():
        if module == "language" and shutil.which(name):
            continue
        plugin = place / name
        plugin.write_text(PLUGIN.format(python=sys.executable, root=str(ROOT), module=module))
        plugin.chmod(0o755)
    return place

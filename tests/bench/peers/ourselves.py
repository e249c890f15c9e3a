"""ModelOps, three ways: as people start it, without verification, and from decided objects alone.

The first checks everything; the second reads, layers, decides and makes, but does not verify; the
third is given what was decided, as peers are, and does nothing but render it and make YAML. All
of them also make what belongs to the environment and not to one workspace, and the inventory. A
file for each component of a workspace: more files than any peer writes.
"""

import pickle
import sys
from pathlib import Path

from tests.bench.compile import Project
from tests.bench.factoring import Family
from tests.bench.peers.peer import Peer, Prepared, put
from tests.bench.runs import Command
from tests.bench.workload import sources, write_project

from modelops.pipeline import configure
from modelops.plan import plan

UNVERIFIED = """\
import sys
from pathlib import Path

from modelops.disk import Scope, read_sources, write
from modelops.pipeline import configure
from modelops.plan import plan
from modelops.render import render
from modelops.synth import synth

configuration = configure(read_sources(Path(sys.argv[1]))).value
write(Path(sys.argv[2]), synth(render(plan(configuration).value)), Scope.ALL)
"""
DECIDED = """\
import pickle
import sys
from pathlib import Path

from modelops.disk import Scope, write
from modelops.render import render
from modelops.synth import synth

planned = pickle.loads(Path(sys.argv[1]).read_bytes())
write(Path(sys.argv[2]), synth(render(planned)), Scope.ALL)
"""


def _count(families: tuple[Family, ...]) -> int:
    return sum(len(family.workspaces) for family in families)


def _project(folder: Path, families: tuple[Family, ...]) -> Project:
    project = Project(folder)
    write_project(project.root, _count(families))
    return project


def _everything(_python: Path, folder: Path, families: tuple[Family, ...]) -> Prepared:
    project = _project(folder, families)
    return Prepared(project.compile(project.clear), _workspaces(project))


def _unverified(python: Path, folder: Path, families: tuple[Family, ...]) -> Prepared:
    project = _project(folder, families)
    put(folder / "build.py", UNVERIFIED)
    return _script(python, project, project.root)


def _decided(python: Path, folder: Path, families: tuple[Family, ...]) -> Prepared:
    project = Project(folder)
    configuration = configure(sources(_count(families))).value
    if configuration is None:
        raise ValueError("the project of the benchmark is not valid")
    put(folder / "build.py", DECIDED)
    decided = folder / "decided.pickle"
    decided.write_bytes(pickle.dumps(plan(configuration).value))
    return _script(python, project, decided)


def _script(python: Path, project: Project, given: Path) -> Prepared:
    generated = str(project.root / "generated")
    line = (str(python), str(project.folder / "build.py"), str(given), generated)
    return Prepared(Command(line, project.folder, project.clear_generated), _workspaces(project))


def _workspaces(project: Project) -> Path:
    return project.root / "generated" / "dev" / "workspaces"


def _installed() -> Path:
    return Path(sys.executable)


EVERYTHING = Peer("modelops compile, empty cache", _installed, _everything)
UNVERIFIED_PEER = Peer("modelops, without verification", _installed, _unverified)
DECIDED_PEER = Peer("modelops, render and synth alone", _installed, _decided)

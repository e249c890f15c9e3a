"""A small project, and the real command line in this process, for the tests of commands."""

import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from modelops.cli import program

Said = tuple[int, str, str]
"""Exit code, standard output, standard error."""

FILES = {
    "base.yaml": """\
        kind: Defaults
        spec:
          environment:
            flux: {url: "https://git.example.org/models"}
          workspace:
            workers:
              replicas: 2
              processes: 2
              resources: {cpu: "2", memory: 8Gi}
              env: {LOG_LEVEL: info, COUNTRY: no}
        """,
    "images.yaml": """\
        kind: Images
        spec:
          registry: registry.example.org/models
          images:
            dask-scheduler: {repository: dask, digest: DIGEST}
            dask-worker:
              repository: dask
              digest: DIGEST
              executors: [isolated_warm, direct]
        """,
    "profiles/calm.yaml": """\
        kind: Profile
        spec:
          overrides: {workspace: {workers: {threads: 2, env: {COUNTRY: null}}}}
        """,
    "dev/environment.yaml": """\
        kind: Environment
        spec:
          cluster:
            pools: {cpu: {vmSize: Standard_D8s_v5}}
            features: {keda: true, networkPolicy: calico}
          registry: {pullSecret: {name: pull, existing: true}}
        """,
    "dev/workspaces/default.yaml": """\
        kind: Workspace
        spec: {owner: team-a}
        """,
    "dev/workspaces/malaria.yaml": """\
        kind: Workspace
        spec:
          owner: team-malaria
          profile: calm
          workers:
            replicas: 3
            resources: {cpu: "1"}
          accept: {DSK005: threads that wait}
        """,
    "lab/environment.yaml": """\
        kind: Environment
        spec:
          cluster:
            pools: {cpu: {vmSize: Standard_D8s_v5, max: 9}}
            features: {keda: true, networkPolicy: calico}
          registry: {pullSecret: {name: pull, existing: true}}
          defaults: {workspace: {results: {kind: volume}}}
        """,
    "lab/workspaces/climate.yaml": """\
        kind: Workspace
        spec: {workers: {replicas: null, autoscaling: {max: 20}}}
        """,
}


@pytest.fixture(scope="session")
def unpacked() -> Path | None:
    """The JavaScript of cdk8s where an earlier compile has unpacked it; None where none has."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    above = named if named.is_absolute() else Path.home() / ".cache"
    return next((above / "modelops").glob("cdk8s-*"), None)


@pytest.fixture(autouse=True)
def own_cache(
    tmp_path_factory: pytest.TempPathFactory,
    unpacked: Path | None,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A cache for each test, so that none is given what another, with other stages, has made."""
    folder = tmp_path_factory.mktemp("cache")
    (folder / "modelops").mkdir()
    if unpacked:
        (folder / "modelops" / unpacked.name).symlink_to(unpacked)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The root of a project with the environments `dev` and `lab`."""
    root = tmp_path / "project"
    for name, text in FILES.items():
        file = root / "environments" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        spec = dedent(text).replace("DIGEST", f"sha256:{'0123456789abcdef' * 4}")
        file.write_text(f"apiVersion: modelops.io/v1\n{spec}")
    return root


@pytest.fixture
def run(project: Path) -> Callable[..., Said]:
    """`modelops --root PROJECT ARGUMENTS…`, as `run("list", "dev", NO_COLOR="1")`."""
    colourless = dict.fromkeys(("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"))

    def run(*arguments: str, **environment: str) -> Said:
        result = CliRunner().invoke(
            program,
            ["--root", str(project), *arguments],
            prog_name="modelops",
            env=colourless | environment,
            catch_exceptions=False,
        )
        return result.exit_code, result.stdout, result.stderr

    return run

"""The project that is measured: the dev example with as many workspaces and runs as asked.

Half of the workspaces have a fixed number of workers, half are scaled by the queue and keep their
results on a volume. Each has its own name, team, model, number of workers, memory and variables;
all of it follows from the workspace's number, so every run measures the same project. A run is a
calibration on the workspace of its number, with a store of its own. Nothing is warned of: it is the
project that people should have.
"""

from pathlib import Path

ROOT = Path(__file__).parents[2]
BASE = "environments/base.yaml"
MODELS = ("malaria", "measles", "dengue", "cholera", "polio", "typhoid", "rabies")
COUNTRIES = ("ke", "ng", "et", "mz", "in", "bd", "br", "pe", "vn", "ph", "tz")

FIXED = """\
  workers:
    replicas: {workers}
    resources: {{memory: {memory}Gi}}
"""
SCALED = """\
  workers:
    autoscaling: {{mode: queue, min: 0, max: {workers}}}
    processes: 3
    resources: {{cpu: "3", memory: {memory}Gi}}
"""
WORKSPACE = """\
apiVersion: modelops.io/v1
kind: Workspace
spec:
  description: Sweeps of {model} in {country}.
  owner: team-{team:02}
  labels: {{team: team-{team:02}, model: {model}}}
{workers}\
    env: {{COUNTRY: {country}, RELEASE: "{release}"}}
"""
RESULTS = "  results: {{kind: volume, size: {size}Gi}}\n"


RUN = """\
apiVersion: modelops.io/v1
kind: Run
spec:
  workspace: {workspace}
  model: models.{model}/baseline
  objective: {{target: targets.prevalence:loss, direction: minimize}}
  parameters:
    beta: {{type: float, low: 0.05, high: 1.0, log: true}}
    contacts: {{type: int, low: 1, high: 20}}
  trials: {trials}
  store: {{size: 5Gi, retain: false}}
"""


def name(index: int) -> str:
    """The name of a workspace by its number."""
    return f"sweep-{index:05}"


def leaf(index: int) -> str:
    """The path of a workspace's file by its number."""
    return f"environments/dev/workspaces/{name(index)}.yaml"


def workspace(index: int, release: int = 1) -> bytes:
    """The file of a workspace; another release is an edit of it."""
    scaled = index % 2 == 0
    workers = (SCALED if scaled else FIXED).format(
        workers=2 + index % 7, memory=(9 if scaled else 5) + index % 3
    )
    text = WORKSPACE.format(
        model=MODELS[index % len(MODELS)],
        country=COUNTRIES[index % len(COUNTRIES)],
        team=index % 23,
        workers=workers,
        release=release,
    )
    return (text + (RESULTS.format(size=20 + 10 * (index % 5)) if scaled else "")).encode()


def run_leaf(index: int) -> str:
    """The path of a run's file by the number of its workspace."""
    return f"environments/dev/runs/search-{index:05}.yaml"


def run_file(index: int, trials: int = 200) -> bytes:
    """The file of a run; another number of trials is an edit of it."""
    model = MODELS[index % len(MODELS)]
    return RUN.format(workspace=name(index), model=model, trials=trials).encode()


def base(release: int = 0) -> bytes:
    """The base of the examples; with a release, edited so that every workspace changes."""
    text = (ROOT / BASE).read_text(encoding="utf-8")
    level = "        MODELOPS_LOG_LEVEL: info\n"
    if level not in text:
        raise ValueError(f"{BASE} has no line `{level.strip()}` to edit after")
    return text.replace(level, f'{level}        BASE_RELEASE: "{release}"\n').encode()


def sources(count: int, runs: int = 0) -> dict[str, bytes]:
    """Every source file by its path: what all share, dev's environment, workspaces and runs."""
    folder = ROOT / "environments"
    shared = [folder / "images.yaml", *sorted(folder.glob("profiles/*.yaml"))]
    shared.append(folder / "dev" / "environment.yaml")
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in shared}
    workspaces = {leaf(index): workspace(index) for index in range(count)}
    return files | {BASE: base()} | workspaces | {run_leaf(i): run_file(i) for i in range(runs)}


def write_project(root: Path, count: int, runs: int = 0) -> None:
    """Write the project into a new folder."""
    for path, content in sources(count, runs).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

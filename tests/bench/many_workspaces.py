"""How long each stage takes with many workspaces: `python tests/bench/many_workspaces.py 1000`.

The tree is the dev example with its malaria workspace copied; every copy has its own name. Prints
the median of the runs in milliseconds for each stage; then, for the whole program with its cache,
how long it takes with an empty cache, with nothing changed, after an edit of one workspace and one
of the base. Run it on an idle machine, from the root.
"""

import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from modelops.documents import Preview
from modelops.layer import layer
from modelops.load import load
from modelops.plan import plan
from modelops.render import render
from modelops.synth import synth
from modelops.validate import validate
from modelops.verify import verify

ROOT = Path(__file__).parents[2]
RUNS = 3


def sources(count: int) -> dict[str, bytes]:
    """The shared files, dev's environment, and `count` workspaces."""
    folder = ROOT / "environments"
    shared = [folder / "base.yaml", folder / "images.yaml", *sorted(folder.glob("profiles/*"))]
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in [*shared, folder / "dev" / "environment.yaml"]
    }
    one = (folder / "dev" / "workspaces" / "malaria.yaml").read_bytes()
    for index in range(count):
        files[f"environments/dev/workspaces/copy-{index:05}.yaml"] = one
    return files


STAGES: tuple[tuple[str, Callable[[Any], object]], ...] = (
    ("load", load),
    ("layer", lambda documents: layer(documents, Preview())),
    ("validate", validate),
    ("plan", plan),
    ("render", render),
    ("verify", verify),
    ("synth", synth),
)


def stages(tree: dict[str, bytes]) -> None:
    """Time every stage, each on what the one before it made."""
    spent: dict[str, list[float]] = defaultdict(list)
    for _ in range(RUNS):
        value: object = tree
        for name, stage in STAGES:
            start = time.perf_counter()
            found = stage(value)
            spent[name].append(time.perf_counter() - start)
            value = getattr(found, "value", found)
    for name, times in spent.items():
        print(f"{name:10} {statistics.median(times) * 1000:9.1f} ms")
    print(f"{'all':10} {sum(statistics.median(one) for one in spent.values()) * 1000:9.1f} ms")


LEAF = "environments/dev/workspaces/copy-00000.yaml"
BASE = "environments/base.yaml"


def program(tree: dict[str, bytes]) -> None:
    """Time `modelops compile` as people start it, after each kind of change."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        for path, content in tree.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        cache = _cache(Path(folder) / "cache")
        print(f"{'no cache':10} {_median(root, cache, lambda _: None, '--no-cache'):9.1f} ms")
        print(f"{'cold':10} {_compile(root, cache):9.1f} ms")
        print(f"{'unchanged':10} {_median(root, cache, lambda _: None):9.1f} ms")
        print(f"{'one leaf':10} {_median(root, cache, _editing(root / LEAF, 'max: 10')):9.1f} ms")
        print(f"{'the base':10} {_median(root, cache, _editing(root / BASE, ': info')):9.1f} ms")


def _cache(folder: Path) -> Path:
    """An empty cache but for the JavaScript that is unpacked once on a machine."""
    named = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    (folder / "modelops").mkdir(parents=True)
    for unpacked in (named / "modelops").glob("cdk8s-*"):
        (folder / "modelops" / unpacked.name).symlink_to(unpacked)
    return folder


def _editing(file: Path, old: str) -> Callable[[int], None]:
    """An edit that gives a value another content each time."""
    text = file.read_text()
    key = old.partition(":")[0]
    other = ["{}: 7", "{}: 8", "{}: 9"] if key else ["{}: debug", "{}: warning", "{}: error"]

    def edit(run: int) -> None:
        file.write_text(text.replace(old, other[run].format(key)))

    return edit


def _median(root: Path, cache: Path, change: Callable[[int], None], *options: str) -> float:
    times = []
    for run in range(RUNS):
        change(run)
        times.append(_compile(root, cache, *options))
    return statistics.median(times)


def _compile(root: Path, cache: Path, *options: str) -> float:
    """Milliseconds of one process from start to end."""
    command = [sys.executable, "-m", "modelops", "--root", str(root), "compile", *options]
    start = time.perf_counter()
    subprocess.run(
        command,
        env=os.environ | {"XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Both tables, for as many workspaces as the argument says."""
    tree = sources(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    stages(tree)
    program(tree)


if __name__ == "__main__":
    main()

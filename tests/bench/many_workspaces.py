"""How long each stage takes with many workspaces: `python tests/bench/many_workspaces.py 1000`.

The tree is the dev example with its malaria workspace copied; every copy has its own name. Prints
the median of the runs in milliseconds for each stage. Run it on an idle machine, from the root.
"""

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
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


def main() -> None:
    """Time every stage, each on what the one before it made."""
    tree = sources(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
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


if __name__ == "__main__":
    main()

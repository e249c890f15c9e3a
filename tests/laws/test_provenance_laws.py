"""What `explain` says is exact: whatever an edited line changes had that line among its origins."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops.explain import Field, How, fields
from modelops.load import load
from modelops.manifests import Manifests
from modelops.pipeline import judge, remember
from modelops.provenance import DataPath, Span

ROOT = Path(__file__).parents[2]
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in sorted((ROOT / "environments").rglob("*.yaml"))
}

CLOUDS = sorted(
    file.parents[1]
    for file in ROOT.glob("tests/golden/*/environments/*/cloud.yaml")
    if (file.parents[2] / "expected").is_dir()
)
"""The trees of golden cases with what Azure answered, and nothing wrong."""

Place = tuple[str, str, DataPath]


def remembered(sources: dict[str, bytes]) -> Manifests | None:
    return remember(sources).value


def by_place(manifests: Manifests) -> dict[Place, Field]:
    return {(one.file, str(one.owner), one.path): one for one in fields(manifests)}


def test_every_field_of_every_example_has_an_explanation() -> None:
    manifests = remembered(SOURCES)
    assert manifests
    found = list(fields(manifests))
    assert len(found) > 4000
    unknown = [one for one in found if one.how is How.UNKNOWN]
    assert unknown == []
    assert {one.how for one in found} == {How.WRITTEN, How.DERIVED, How.CONSTANT}


def test_remembering_changes_no_value() -> None:
    plain, manifests = judge(SOURCES).value, remembered(SOURCES)
    assert plain
    assert manifests
    for ours, theirs in zip(plain.environments, manifests.environments, strict=True):
        assert ours.units == theirs.units
        assert ours.given == theirs.given


@pytest.mark.parametrize("tree", CLOUDS, ids=lambda tree: tree.parent.name)
def test_what_azure_answered_leads_to_the_line_that_says_so(tree: Path) -> None:
    sources = {
        path.relative_to(tree.parent).as_posix(): path.read_bytes() for path in tree.rglob("*.yaml")
    }
    manifests = remembered(dict(sorted(sources.items())))
    assert manifests
    found = list(fields(manifests))
    assert [one for one in found if one.how is How.UNKNOWN] == []
    clients = [one for one in found if one.path[-1] == "azure.workload.identity/client-id"]
    assert clients
    for one in clients:
        (setting,) = one.settings
        assert setting.at
        assert setting.at.file.endswith("/cloud.yaml")
        line = sources[setting.at.file].decode().splitlines()[setting.at.line - 1]
        assert line.strip() == f"clientId: {one.value}"


def scalars() -> Iterator[tuple[str, DataPath, Span, str]]:
    """Every scalar below a `spec` that stands on one line, with its source text."""
    documents = load(SOURCES).value
    assert documents
    every = [documents.base, documents.images, *documents.profiles.values()]
    for environment in documents.environments.values():
        cloud = [environment.cloud] if environment.cloud else []
        every += [environment.environment, *cloud, *environment.all_units()]
    for document in every:
        assert document
        for path, mark in document.marks.items():
            one_line = mark.value.line == mark.value.end_line
            if path[:1] == ("spec",) and mark.text and one_line:
                yield document.file, path, mark.value, mark.text


def others(text: str) -> Iterator[str]:
    """Values that might be legal in the place of `text`."""
    number = re.fullmatch(r'"?(\d+)([A-Za-z]*)"?', text)
    if number:
        yield (
            f'"{int(number[1]) + 1}{number[2]}"'
            if text[0] == '"'
            else f"{int(number[1]) + 1}{number[2]}"
        )
        yield f"{max(int(number[1]) - 1, 1)}{number[2]}"
    share = re.fullmatch(r"0\.\d+", text)
    if share:
        yield f"{float(text) + 0.01:.4g}"
    if re.fullmatch(r"[a-z][a-z0-9./:-]*", text):
        yield f"{text}x"
    if text.startswith("sha256:"):
        yield text[:-1] + ("0" if text[-1] != "0" else "1")


def around(file: str) -> dict[str, bytes]:
    """All that the file is compiled with: nothing of other environments, where it is of one."""
    _, first, *rest = file.split("/")
    own = ENVIRONMENTS if first == "profiles" or not rest else {first}
    return {
        path: content
        for path, content in SOURCES.items()
        if path.split("/")[1] in own or path.split("/")[1] not in ENVIRONMENTS
    }


ENVIRONMENTS = {path.split("/")[1] for path in SOURCES if path.endswith("/environment.yaml")}


def edited(file: str, at: Span, text: str) -> dict[str, bytes]:
    lines = SOURCES[file].decode().split("\n")
    line = lines[at.line - 1]
    lines[at.line - 1] = line[: at.column - 1] + text + line[at.end_column - 1 :]
    return around(file) | {file: "\n".join(lines).encode()}


def lengths(manifests: Manifests) -> dict[tuple[str, str, DataPath], int]:
    """How long each list of each object is."""
    found: dict[tuple[str, str, DataPath], int] = {}
    for file, owner, path in by_place(manifests):
        for depth, part in enumerate(path):
            if isinstance(part, int):
                place = (file, owner, path[:depth])
                found[place] = max(found.get(place, 0), part + 1)
    return found


def moved(place: Place, before: dict[Place, int], after: dict[Place, int]) -> bool:
    """Whether a list around the field grew or shrank: its items are others then."""
    file, owner, path = place
    around = [(file, owner, path[:d]) for d, part in enumerate(path) if isinstance(part, int)]
    return any(before.get(one) != after.get(one) for one in around)


@pytest.mark.parametrize(
    "file", sorted({file for file, *_ in scalars()}), ids=lambda file: file.rpartition("/")[2]
)
def test_what_a_line_changes_had_that_line_among_its_origins(file: str) -> None:
    manifests = remembered(around(file))
    assert manifests
    before, sizes = by_place(manifests), lengths(manifests)
    tried = 0
    for where, path, at, text in scalars():
        for other in others(text) if where == file else ():
            after = remembered(edited(file, at, other))
            if after is None:
                continue
            tried += 1
            now, new_sizes = by_place(after), lengths(after)
            for place, field in before.items():
                if place not in now or now[place].value == field.value:
                    continue
                if moved(place, sizes, new_sizes):
                    continue
                origins = {(s.at.file, s.at.line) for s in field.settings if s.at}
                told = f"{file}: {path} {text} -> {other}: {place}"
                assert (at.file, at.line) in origins, told
    assert tried or file.endswith(("fresh.yaml", "default.yaml", "cloud.yaml"))

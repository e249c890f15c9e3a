"""The example environments against the schemas that their first lines name."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from modelops.load import load
from modelops.schema import schemas

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "environments").rglob("*.yaml"))


def test_there_are_examples() -> None:
    assert EXAMPLES


def relative(example: Path) -> str:
    return example.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def roots() -> dict[str, dict[str, Any]]:
    """The whole content of each example by its path, as our own loader reads it."""
    documents = load({relative(example): example.read_bytes() for example in EXAMPLES})
    assert documents.value is not None, documents.diagnostics
    found = documents.value
    own = [
        document
        for each in found.environments.values()
        for document in (
            each.environment,
            *((each.cloud,) if each.cloud else ()),
            *each.profiles.values(),
            *each.all_units(),
        )
    ]
    shared = [document for document in (found.base, found.images) if document]
    return {document.file: document.root for document in (*shared, *found.profiles.values(), *own)}


@pytest.mark.parametrize("example", EXAMPLES, ids=relative)
def test_an_example_satisfies_its_schema(example: Path, roots: dict[str, dict[str, Any]]) -> None:
    root = roots[relative(example)]
    schema = json.loads(schemas()[f"{root['kind'].lower()}.json"])
    jsonschema.Draft7Validator(schema).validate(root)


@pytest.mark.parametrize("example", EXAMPLES, ids=relative)
def test_an_example_tells_editors_its_schema(
    example: Path, roots: dict[str, dict[str, Any]]
) -> None:
    schema = ROOT / "schemas" / f"{roots[relative(example)]['kind'].lower()}.json"
    path = Path(os.path.relpath(schema, example.parent)).as_posix()
    first, *_ = example.read_text(encoding="utf-8").splitlines()
    assert first == f"# yaml-language-server: $schema={path}"
    assert schema.is_file()

"""Failing cases that are too large to be files: what the strict reader's limits say to a user."""

import pytest

from modelops.diagnostics.text import full_text
from modelops.pipeline import judge

FILE = "environments/dev/workspaces/malaria.yaml"
HEAD = b"apiVersion: modelops.io/v1\nkind: Workspace\nspec:\n  description: "


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (
            HEAD + b"x" * (1024 * 1024 + 1 - len(HEAD)),
            f"""\
error[CFG010]: the text has 1048577 bytes; at most 1048576 are read
  ┌─ {FILE}:1:1
  │
1 │ apiVersion: modelops.io/v1
  │ ^
  = help: split it, or move data out of it
  = see: modelops rule CFG010
""",
        ),
        (
            HEAD + b"[" * 99,
            f"""\
error[CFG010]: maps and lists are more than 100 deep
  ┌─ {FILE}:4:114
  │
4 │   description: {"[" * 99}
  │ {" " * 113}^
  = help: write it flatter
  = see: modelops rule CFG010
""",
        ),
    ],
    ids=["one byte over a mebibyte", "one level over a hundred"],
)
def test_what_is_over_a_limit_is_refused(content: bytes, finding: str) -> None:
    sources = {FILE: content}
    assert finding in full_text(judge(sources).diagnostics, sources)


@pytest.mark.parametrize(
    "content",
    [HEAD + b"x" * (1024 * 1024 - len(HEAD)), HEAD + b"[" * 98 + b"]" * 98],
    ids=["a mebibyte", "a hundred levels"],
)
def test_what_is_at_a_limit_is_read(content: bytes) -> None:
    found = judge({FILE: content}).diagnostics
    assert "CFG010" not in {finding.rule.code for finding in found}

"""Names that mean harm or come from harm: of folders, of files, of keys and of arguments.

Each is refused at its place or does no harm, and none reaches a terminal as it is.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.faults.trees import (
    PLACE,
    assert_fit_for_terminals,
    modelops,
    outside,
    project,
    put,
    seeded,
    sources,
    standing,
)

from modelops.cli import program

DEV = "environments/dev/environment.yaml"
DEFAULT = "environments/dev/workspaces/default.yaml"
LONGEST = 255
"""Bytes of a file's name on the usual file systems."""

NAMES = {
    "parent": "..\\x",
    "many dots": "...",
    "full stop": "name.",
    "blank": "name ",
    "only a blank": " ",
    "blank before": " name",
    "dash": "-rf",
    "dashes": "--set",
    "device": "CON",
    "device with suffix": "nul.txt",
    "Cyrillic a": "m\N{CYRILLIC SMALL LETTER A}laria",
    "fullwidth": "\N{FULLWIDTH LATIN SMALL LETTER D}ev",
    "composed": "cafe\N{COMBINING ACUTE ACCENT}",
    "emoji": "\N{PILE OF POO}",
    "joined emoji": "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}",
    "no width": "dev\N{ZERO WIDTH SPACE}",
    "right to left": "dev\N{RIGHT-TO-LEFT OVERRIDE}lmay",
    "newline": "two\nlines",
    "carriage return": "error:\rfine",
    "escape": "\x1b[2J\x1b]0;title\x07",
    "C1 escape": "\N{CONTROL SEQUENCE INTRODUCER}2J",
    "delete": "x\x7f",
    "tab": "a\tb",
    "line separator": "a\N{LINE SEPARATOR}b",
    "shell": "$(touch x);`touch y`",
    "Flux": "${HOME}",
    "quotes": "a'b\"c",
    "YAML": "a: {b: c} #",
    "brackets": "[a]*?",
    "percent": "%s%n{0}{x}",
    "tilde": "~root",
    "prototype": "__proto__",
    "constructor": "constructor",
    "number": "1e3",
    "null": "null",
    "long": "a" * (LONGEST - len(".yaml")),
    "long and wide": "\N{PILE OF POO}" * 62,
}
ONLY_KEYS = {
    "up": "../../x",
    "up from root": "/../../etc/x",
    "absolute": "/etc/passwd",
    "windows": "C:\\x",
    "here": ".",
    "above": "..",
    "empty": "",
    "NUL": "a\0b",
    "300 characters": "a" * 300,
    "300 labels": ".".join("a" * 300),
    "no UTF-8": "\udcff",
}
"""What no file system takes for a name, and YAML may hold."""

FILES = {
    "environment": "environments/{}/environment.yaml",
    "workspace": "environments/dev/workspaces/{}.yaml",
    "profile": "environments/profiles/{}.yaml",
    "profile of an environment": "environments/dev/profiles/{}.yaml",
    "stray file": "environments/dev/{}",
    "kind of folder": "environments/dev/{}/x.yaml",
}
CONTENTS = {
    "environment.yaml": DEV,
    "workspaces": DEFAULT,
    "profiles": "environments/profiles/gpu.yaml",
}

KEYS = {
    "env": (DEFAULT, "{workers: {env: {NAME: x}}}"),
    "secret env": (DEFAULT, "{workers: {secretEnv: {X: {secret: NAME, key: NAME}}}}"),
    "labels": (DEFAULT, "{labels: {NAME: x}}"),
    "values of labels": (DEFAULT, "{labels: {x: NAME}}"),
    "secrets": (DEFAULT, "{secrets: {NAME: {existing: true}}}"),
    "keys of secrets": (DEFAULT, "{secrets: {a: {generate: [NAME]}}}"),
    "egress": (DEFAULT, "{network: {egress: {NAME: {cidr: 10.0.0.0/8, ports: [443]}}}}"),
    "pool": (DEFAULT, "{workers: {pool: NAME}}"),
    "profile": (DEFAULT, "{profile: NAME}"),
    "image": (DEFAULT, "{workers: {image: NAME}}"),
    "owner": (DEFAULT, "{owner: NAME}"),
    "field": (DEFAULT, "{NAME: x}"),
    "pools": (DEV, "{cluster: {pools: {cpu: {vmSize: Standard_D8s_v5}, NAME: {vmSize: NAME}}}}"),
    "taints": (DEV, "{cluster: {pools: {cpu: {vmSize: Standard_D8s_v5, taints: {NAME: {}}}}}}"),
    "namespace of Flux": (
        DEV,
        "{cluster: {pools: {cpu: {vmSize: Standard_D8s_v5}}}, flux: {namespace: NAME}}",
    ),
}
"""A spec with names in it, and the file that it stands in."""


def quoted(text: str) -> str:
    """Text in double quotes, as YAML escapes it; NUL and surrogates are refused there."""
    return '"' + "".join(escaped(character) for character in text) + '"'


def escaped(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    if character.isascii() and character.isprintable():
        return character
    return f"\\U{ord(character):08x}"


def written(root: Path, kind: str, name: str) -> bool:
    """Whether the file system took a file of that kind and name."""
    path = root / FILES[kind].format(name)
    content = next((CONTENTS[part] for part in CONTENTS if part in FILES[kind]), DEFAULT)
    try:
        put(path, content_of(content))
    except OSError:
        return False
    return True


def content_of(file: str) -> bytes:
    return sources("default")[file]


def keyed(key: str, name: str) -> tuple[str, bytes]:
    """A file with a name in it, and its content."""
    file, spec = KEYS[key]
    kind = "Workspace" if file == DEFAULT else "Environment"
    body = spec.replace("NAME", quoted(name))
    return file, f"apiVersion: modelops.io/v1\nkind: {kind}\nspec: {body}\n".encode()


def said(root: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and all that the program says, in this process: hundreds of names take seconds."""
    result = CliRunner().invoke(
        program, ["--root", str(root), *arguments], prog_name="modelops", catch_exceptions=False
    )
    return result.exit_code, result.output


def assert_harmless(top: Path, root: Path, arguments: tuple[str, ...]) -> tuple[int, str]:
    """The command ends well or with a place or a reason; it touches nothing but `generated/`."""
    before, generated = outside(top, root), standing(root / "generated")
    code, output = said(root, *arguments)
    assert code in {0, 1}, output
    assert_fit_for_terminals(output)
    assert outside(top, root) == before
    if code:
        assert standing(root / "generated") == generated
        assert PLACE.search(output) or output.startswith("error: `environments/` holds"), output
    return code, output


def assert_plainly_named(root: Path) -> None:
    """What was written has names that every file system and every shell takes."""
    for path in standing(root / "generated"):
        assert path.isascii()
        assert path.replace("/", "").replace("-", "").replace(".", "").isalnum()


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A project within a folder that belongs to the test."""
    yield project(tmp_path / "project", "default")
    assert {path.name for path in tmp_path.iterdir()} == {"project"}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("kind", FILES)
def test_a_name_of_a_file(root: Path, kind: str, name: str) -> None:
    """`constructor` and `null` are good names for a workspace; what they make has plain names."""
    assert written(root, kind, name)

    for command in ("validate", "list", "compile"):
        assert_harmless(root.parent, root, (command,))

    assert_plainly_named(root)


@pytest.mark.parametrize("kind", FILES)
def test_all_names_of_files_together(root: Path, kind: str) -> None:
    """The program as people start it."""
    for name in NAMES.values():
        written(root, kind, name)
    put(
        root / "environments/dev/workspaces" / b"\xff\xfe.yaml".decode(errors="surrogateescape"),
        b"",
    )
    before = standing(root.parent)

    for command in ("validate", "compile"):
        ended = modelops(root, command)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert "Traceback" not in ended.stderr
        assert ended.stderr.startswith("error: `environments/` holds what is not read:")
        assert_fit_for_terminals(ended.stderr)
        assert standing(root.parent) == before


@pytest.mark.parametrize("key", KEYS)
def test_a_name_inside_a_file(root: Path, key: str) -> None:
    """What is refused is refused in its file; some of what is accepted is compiled as well."""
    accepted = []
    for name in (NAMES | ONLY_KEYS).values():
        file, content = keyed(key, name)
        put(root / file, content)
        code, output = assert_harmless(root.parent, root, ("validate",))
        if code:
            assert f" {file}:" in output
            assert "error[" in output
        else:
            accepted.append(content)

    for content in seeded(key).sample(accepted, min(2, len(accepted))):
        put(root / KEYS[key][0], content)
        code, _ = assert_harmless(root.parent, root, ("compile",))
        assert code == 0
        assert_plainly_named(root)


def test_all_names_inside_a_file_together(root: Path) -> None:
    """The program as people start it."""
    names = [quoted(name) for name in (NAMES | ONLY_KEYS).values()]
    maps = {
        "labels": "x",
        "secrets": "{existing: true}",
        "network: {egress": "{cidr: 10.0.0.0/8, ports: [443]}",
        "workers: {env": "x",
    }
    spec = "".join(
        f"  {key}: {{{', '.join(f'{name}: {value}' for name in names)}}}{'}' * key.count('{')}\n"
        for key, value in maps.items()
    )
    put(root / DEFAULT, f"apiVersion: modelops.io/v1\nkind: Workspace\nspec:\n{spec}".encode())
    before = standing(root.parent)

    for command in ("validate", "compile"):
        ended = modelops(root, command)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert "Traceback" not in ended.stderr
        assert ended.stderr.count(f" {DEFAULT}:") >= 2
        assert_fit_for_terminals(ended.stderr)
        assert standing(root.parent) == before


@pytest.mark.parametrize("name", (NAMES | ONLY_KEYS).values(), ids=NAMES | ONLY_KEYS)
def test_a_name_as_an_argument(root: Path, name: str) -> None:
    """Never printed raw either; what is no environment and no target is a wrong invocation."""
    before = standing(root.parent)
    for arguments in (
        ("compile", "--", name),
        ("validate", "--", name),
        ("show", "--", name),
        ("show", "--", f"dev/workspaces/{name}"),
        ("show", "dev/workspaces/default", "--profile", name),
        ("validate", "--profile", name),
        ("validate", "--set", name),
        ("validate", "--set", f"workspaces/{name}:workers.replicas=1"),
        ("validate", "--set", f"workspaces/default:{name}=1"),
        ("validate", "--set", f"workspaces/default:owner={name}"),
        ("rule", "--", name),
        (name,),
    ):
        code, output = said(root, *arguments)
        assert code in {0, 1, 2}, output
        assert_fit_for_terminals(output)
        assert standing(root.parent) == before

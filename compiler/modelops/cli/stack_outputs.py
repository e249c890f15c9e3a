"""What the program in `infra/` says of the stack that it made, as the file that compiles read.

The text of `pulumi stack output --json` comes in; the facts leave, and the digest of the inputs
that they were made from, or everything that is wrong, each at its place in that text. What a fact
may be is said by the model alone. Pure.
"""

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from modelops.diagnostics import Diagnostic, Outcome, did_you_mean, worst_first
from modelops.diagnostics.rulebook import cfg
from modelops.documents import Document, Kind, LayeredSpec
from modelops.layer.fragments import alone
from modelops.load.yaml import Parsed, read
from modelops.model import CloudFactsSpec
from modelops.names import API_VERSION
from modelops.provenance import Span, start_of
from modelops.validate import configured

ENVIRONMENT = "environment"
DIGEST = "inputsDigest"
OURS = (ENVIRONMENT, DIGEST)
"""The outputs that are about the stack, and no facts of Azure."""

SHA256 = re.compile(r"[0-9a-f]{64}")
UP = "make it with `uv run modelops-infra up {environment}`"
OLD = "the stack was made by a program of another version: `uv run modelops-infra up {environment}`"
HEAD = f"""\
# yaml-language-server: $schema=../../schemas/cloudfacts.json
#
# What Azure answered when {{environment}} was made. Nobody writes this by hand:
#   uv run modelops-infra outputs {{environment}} | uv run modelops cloud import {{environment}}
apiVersion: {API_VERSION}
kind: {Kind.CLOUD}
spec:
"""
WIDEST = 1000
"""Columns: no value of ours is ever broken."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a stack says.

    Attributes:
        digest: SHA-256 of the inputs that it was made from.
    """

    facts: CloudFactsSpec
    digest: str


def answered(environment: str, file: str, content: bytes) -> Outcome[Answered]:
    """The facts of an environment, or all that is wrong with a stack's outputs.

    Args:
        environment: whose they have to be.
        file: what the places of what is wrong name.
        content: of it.
    """
    parsed = _json(file, content)
    if parsed.value is None:
        return Outcome(None, parsed.diagnostics)
    if found := tuple(_another(environment, file, parsed.value)):
        return Outcome(None, found)
    missed = tuple(_keys(environment, parsed.value))
    facts = configured(_facts(environment, file, parsed.value), CloudFactsSpec)
    mistyped = () if missed else facts.diagnostics
    found = worst_first((*missed, *_digest(parsed.value), *mistyped))
    if found or facts.value is None:
        return Outcome(None, found)
    return Outcome(Answered(facts.value.spec, parsed.value.value[DIGEST]))


def source_text(environment: str, facts: CloudFactsSpec) -> bytes:
    """The file of an environment's facts: always the same for the same facts."""
    tree = facts.model_dump(mode="json", by_alias=True, exclude_none=True)
    tree["identities"] = dict(sorted(tree["identities"].items()))
    spec = "".join(_setting(key, value) for key, value in tree.items())
    return (HEAD.format(environment=environment) + textwrap.indent(spec, "  ")).encode()


def _setting(key: str, value: object) -> str:
    """A fact below a comment that says what it is."""
    meant = next(
        info.description or "" for info in CloudFactsSpec.model_fields.values() if info.alias == key
    )
    said: str = yaml.safe_dump({key: value}, sort_keys=False, width=WIDEST)
    return f"# {meant.partition(';')[0].rstrip('.')}.\n{said}"


# --- what may be wrong ---------------------------------------------------------------------------


def _json(file: str, content: bytes) -> Outcome[Parsed]:
    """The outputs with their places: JSON is YAML, once it is known to be JSON."""
    if not content.strip():
        remedy = "look at what the command before this one said"
        return _refused("nothing came in: these are no outputs of a stack", start_of(file), remedy)
    try:
        tree = json.loads(content)
    except json.JSONDecodeError as error:
        at = Span(file, error.lineno, error.colno, error.lineno, error.colno)
        return _refused("this is no JSON", at, "write it with `pulumi stack output --json`")
    except (UnicodeDecodeError, RecursionError):
        return Outcome(None, read(file, content).diagnostics)
    if not isinstance(tree, dict):
        return _refused("this is no JSON object", start_of(file), "outputs have names")
    return read(file, content)


def _refused(message: str, at: Span, remedy: str) -> Outcome[Parsed]:
    return Outcome(None, (Diagnostic(cfg.CFG010, message, at, remedy),))


def _another(environment: str, file: str, parsed: Parsed) -> Iterator[Diagnostic]:
    """No outputs at all, or those of another environment: nothing else is worth a word."""
    tree, marks = parsed
    if not tree:
        remedy = UP.format(environment=environment)
        yield Diagnostic(cfg.CFG011, "the stack has no outputs yet", start_of(file), remedy)
    elif tree.get(ENVIRONMENT, environment) != environment:
        yield Diagnostic(
            cfg.CFG011,
            f"these are the outputs of {json.dumps(tree[ENVIRONMENT])}, and not of {environment}",
            marks[ENVIRONMENT,].value,
            f"ask for them with `uv run modelops-infra outputs {environment}`",
        )


def _keys(environment: str, parsed: Parsed) -> Iterator[Diagnostic]:
    """Outputs that nobody knows, and those that are not there."""
    tree, marks = parsed
    old = OLD.format(environment=environment)
    fields = CloudFactsSpec.model_fields.values()
    known = (*OURS, *(str(info.alias) for info in fields))
    for key in (key for key in tree if key not in known):
        at, near = marks[key,].key or marks[key,].value, did_you_mean(key, known)
        yield Diagnostic(cfg.CFG001, f"nobody knows an output `{key}`", at, f"{near}\n{old}")
    needed = (*OURS, *(str(info.alias) for info in fields if info.is_required()))
    for key in (key for key in needed if tree.get(key) is None):
        yield Diagnostic(cfg.CFG011, f"the output `{key}` is missing", marks[()].value, old)


def _digest(parsed: Parsed) -> Iterator[Diagnostic]:
    tree, marks = parsed
    digest = tree.get(DIGEST)
    if digest is not None and not (isinstance(digest, str) and SHA256.fullmatch(digest)):
        message = f"`{DIGEST}` is no SHA-256"
        yield Diagnostic(cfg.CFG011, message, marks[DIGEST,].value, "64 digits and letters a to f")


def _facts(environment: str, file: str, parsed: Parsed) -> LayeredSpec:
    """The outputs as if they stood in the environment's file already, but where they stand."""
    tree = {key: value for key, value in parsed.value.items() if key not in OURS}
    marks = {("spec", *path): mark for path, mark in parsed.marks.items()}
    return alone(Document(file, Kind.CLOUD, environment, {"spec": tree}, marks))

"""Part of stage `load`: what a secret looks like, by itself or by the name that stands before it.

Text comes in; whether it looks like a secret, and of what sort, leaves. Nothing here knows YAML or
places. Every pattern is linear: runs are bounded, or begin at something that cannot repeat itself.
"""

import base64
import binascii
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple


class Found(NamedTuple):
    """A secret in a text: its characters from 0, the end exclusive, and what it is."""

    start: int
    end: int
    what: str


WORD_START = r"(?<![A-Za-z0-9])"

TOKENS = {
    "a GitHub token": r"gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_\w{16,255}",
    "a GitLab token": r"glpat-[\w-]{16,255}",
    "an AWS access key": WORD_START + r"A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}",
    "a Google API key": r"AIza[\w-]{30,255}",
    "a Slack token": r"xox[a-z]-[\w-]{10,255}|hooks\.slack\.com/services/[\w/]{16,255}",
    "an npm token": r"npm_[A-Za-z0-9]{30,255}",
    "a PyPI token": r"pypi-[A-Za-z0-9_-]{50,255}|pypi-AgE[\w-]{16,255}",
    "a key of a web API": WORD_START + r"(?:sk-[\w-]{32,255}|[sr]k_(?:live|test)_\w{16,255})",
    "a JSON web token": r"(?<![\w-])eyJ[\w-]{8,4096}\.[\w-]{8,4096}(?:\.[\w-]{0,4096}){0,3}",
    "a key in a connection string": (
        r"(?i:AccountKey|SharedAccessKey|SharedAccessSignature)\s?=\s?[^\s;'\"]{4,}"
    ),
    "a shared access signature": r"(?i:[?&;]|\b)sig=[\w%+/=-]{16,}",
    "a private key": r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY",
}
SHAPES = re.compile(
    "|".join(f"(?P<t{index}>{pattern})" for index, pattern in enumerate(TOKENS.values()))
)
"""Everything that can be told by its own form. Sources: the documentation of the services."""

TOKEN_HINT = re.compile(
    r"gh[pousr]_|github_|glpat|A[KSBC][IC]A|AIza|xox|hooks|npm_|pypi|sk-|[sr]k_|eyJ|PRIVATE"
    r"|[aA][cC][cC][oOeE]|[sS][iI][gG]="
)
"""A part of each of them. Most lines have none and are spared the rest."""

USER_INFO = re.compile(r"://[^\s/'\"@:]{0,256}:(?!\d{1,5}[/?#])([^\s'\"]{1,512})@")
"""The password of a URL, which may itself hold an `@`; a port is none."""

BARE_USER_INFO = re.compile(r"://([\w.~-]{20,256})@")
"""A user of a URL who is a token."""

REFERENCE = re.compile(
    r"\$\w+|\$\(\w+\)|\$?\{.*\}+|<[^<>]*>|[*•x.…]+|%\w+%|@Microsoft\.KeyVault\(.*|[a-z+]+://.*"
    r"|/[\w.-]+(?:/[\w.-]+)+|(?i:redacted|hidden|true|false|yes|no|on|off|null|none|n/a|~|[01])",
    re.DOTALL,
)
"""What stands where a secret could, and is none: a variable, a placeholder, a path, a URL."""

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SECRET_WORDS = _words(
    "password passwords passwd pwd passphrase passcode secret token credential credentials apikey "
    "accesskey accountkey privatekey secretkey sharedkey pass connectionstring"
)
SECRET_PAIRS = frozenset(
    f"{first} {last}"
    for last, firsts in {
        "key": "api access account private secret shared signing encryption auth master storage "
        "primary secondary function subscription service",
        "string": "connection conn",
        "url": "sas",
    }.items()
    for first in firsts.split()
)
HARMLESS_LAST = _words(
    "file path name ref dir mount url uri endpoint host port id ids type kind mode policy provider "
    "store seconds minutes hours days ttl lifetime expiry expiration timeout age interval rotation "
    "count limit size length max min chars bytes enabled required issuer audience scope algorithm "
    "version namespace label prefix suffix field header"
)
"""Last words of names that speak about a secret and do not hold it."""

NAME_HINT = re.compile("pass|pwd|secret|token|cred|key|conn|sas")
"""A part of each of these names."""

SECRET_FIELDS = frozenset({"secret", "key", "pullSecret", "secretEnv"})
"""Fields of our own whose value is the name of a Secret, or of a key in it."""

RUN = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
COMMIT_FIELDS = frozenset({"commit", "sha", "revision", "ref", "branch", "tag", "digest", "sha256"})
SHORTEST_RANDOM = 32
LEAST_ENTROPY = 4.0
"""Bits a character. 32 random characters of base64 have about 4.5, names and sentences below 4."""


def shaped(text: str, key: str = "") -> Iterator[Found]:
    """Everything in the text that is a secret by its form, whatever stands before it.

    Args:
        text: a line, or a value.
        key: the name that it has, where a commit's hash is to be expected.
    """
    for match in SHAPES.finditer(text) if TOKEN_HINT.search(text) else ():
        what = [*TOKENS][int((match.lastgroup or "t0")[1:])]
        yield Found(match.start(), match.end(), what)
    for pattern in (USER_INFO, BARE_USER_INFO):
        for match in pattern.finditer(text):
            if not REFERENCE.fullmatch(match[1]):
                yield Found(match.start(1), match.end(1), "a password in a URL")
    for match in RUN.finditer(text):
        what = _wrapped(match[0]) or _random(text, match, key)
        if what:
            yield Found(match.start(), match.end(), what)


def is_secret_name(name: str) -> bool:
    """Whether what has this name is a secret: `DB_PASSWORD`, `apiKey`, and not `TOKEN_FILE`."""
    if name in SECRET_FIELDS or not NAME_HINT.search(name.lower()):
        return False
    words = [word.lower() for word in WORDS.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if not words:
        return False
    pairs = {f"{first} {last}" for first, last in pairwise(words)}
    if pairs & SECRET_PAIRS:
        return words[-1] not in HARMLESS_LAST or f"{words[-2]} {words[-1]}" in SECRET_PAIRS
    return words[-1] not in HARMLESS_LAST and not SECRET_WORDS.isdisjoint(words)


def is_literal(value: str) -> bool:
    """Whether a value of such a name is the secret itself, and no reference to it."""
    return bool(value) and not REFERENCE.fullmatch(value)


def _random(text: str, match: re.Match[str], key: str) -> str:
    """What a long run of characters is that nobody would think of; empty for what has a meaning."""
    run = match[0]
    before = text[max(0, match.start() - 8) : match.start()]
    if len(run) < SHORTEST_RANDOM or before.endswith(("sha256:", "sha512:", "sha1:")):
        return ""
    if HEX.fullmatch(run):
        is_commit = len(run) in {40, 64} and (key.lower() in COMMIT_FIELDS or before[-1:] == "@")
        return "" if is_commit or len(set(run)) < 8 else "a long random number"  # noqa: PLR2004
    mixed = all(re.search(part, run) for part in ("[A-Z]", "[a-z]", "[0-9]"))
    if not mixed or _is_path(text, match) or _entropy(run) < LEAST_ENTROPY:
        return ""
    return "a long random text"


def _is_path(text: str, match: re.Match[str]) -> bool:
    """Whether a run is a part of a path or of words with dashes: short pieces between separators.

    A path in a URL is one too.
    """
    pieces = re.split(r"[/_-]", match[0])
    around = text[max(0, match.start() - 3) : match.start()]
    lead = match[0].startswith("/") or around.endswith(("/", "~", ".", "://"))
    average = len(match[0]) / len(pieces)
    return average < 8 or (lead and average < 16)  # noqa: PLR2004


def _entropy(run: str) -> float:
    """Shannon's, in bits a character."""
    counts = Counter(run).values()
    return -sum(count / len(run) * math.log2(count / len(run)) for count in counts)


def _wrapped(run: str) -> str:
    """What base64 hides: one of the forms above, or a name and its value."""
    body = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        text = base64.b64decode(body + "=" * (-len(body) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    hidden = SHAPES.search(text) or USER_INFO.search(text)
    named = any(is_secret_name(name) for name in re.findall(r"([\w.-]{3,64})[\"']?\s?[=:]", text))
    return "a secret in base64" if hidden or named else ""

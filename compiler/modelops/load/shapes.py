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
from functools import lru_cache
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
DIGEST_WORDS = _words(
    "branch checksum commit digest etag fingerprint hash integrity md pin ref rev revision sha tag "
    "thumbprint"
)
"""Last words of names whose value is a digest; numbers such as those of SHA256 are no words."""

ID_WORDS = _words("guid id uuid")
PUBLIC_WORDS = _words("kid")
"""Last words of names whose value identifies something, and opens nothing."""

ALGORITHM = re.compile(r"(?i:(?<![a-z0-9])(?:sha-?(?:1|224|256|384|512)|md5|blake(?:2[bs]|3)))")
BEFORE_DIGEST = re.compile(rf"(?:{ALGORITHM.pattern}[:=]|@)$")
IN_RUN = re.compile(rf"{ALGORITHM.pattern}[/-]{{1,2}}")
"""The algorithm of a digest, before the run of its characters or as the beginning of it."""

DIGEST_BYTES = (16, 20, 28, 32, 48, 64)
DIGEST_LENGTHS = frozenset(-(-8 * size // 6) for size in DIGEST_BYTES)
HEX_LENGTHS = frozenset(2 * size for size in DIGEST_BYTES)
UUID_LENGTH = 32
"""Characters of MD5, SHA-1, SHA-2 and BLAKE in base64 and in hexadecimal, and of a UUID."""

PUBLIC_KEY = re.compile(r"AAAA(?:B3NzaC1yc2E|C3NzaC1lZDI1NTE5|E2VjZHNhLXNoYTI)")
"""How base64 begins that is a public key of SSH (RFC 4253, 5656 and 8709)."""

IMAGE_URL = re.compile(r"data:(?:image|font)/[\w.+-]{1,40};base64,$")
WORD_BEFORE = re.compile(r"([A-Za-z][\w-]{0,40})[ \t:=\"']{1,8}$")
LONGEST_BEFORE = 60
LEAST_WORD = 4
"""Letters of a word on average; in random text of base64 capitals and digits leave about two."""

SHORTEST_RANDOM = 32
LEAST_ENTROPY = 4.0
"""Bits a character. 32 random characters of base64 have about 4.5, names and sentences below 4."""


def shaped(text: str, key: str = "") -> Iterator[Found]:
    """Everything in the text that is a secret by its form, whatever stands before it.

    Args:
        text: a line, or a value.
        key: the name that it has, which may say that it is public; what a line says of it stands
            before it in the text.
    """
    for match in SHAPES.finditer(text) if TOKEN_HINT.search(text) else ():
        what = [*TOKENS][int((match.lastgroup or "t0")[1:])]
        yield Found(match.start(), match.end(), what)
    for pattern in (USER_INFO, BARE_USER_INFO) if "@" in text else ():
        for match in pattern.finditer(text):
            if not REFERENCE.fullmatch(match[1]):
                yield Found(match.start(1), match.end(1), "a password in a URL")
    for match in RUN.finditer(text):
        what = _wrapped(match[0]) or _random(text, match, key)
        if what:
            yield Found(match.start(), match.end(), what)


@lru_cache(maxsize=4096)
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
    if len(run) < SHORTEST_RANDOM or _is_public(text, match, key):
        return ""
    if HEX.fullmatch(run):
        return "" if len(set(run)) < 8 else "a long random number"  # noqa: PLR2004
    mixed = all(re.search(part, run) for part in ("[A-Z]", "[a-z]", "[0-9]"))
    if not mixed or _is_path(text, match) or _is_wordy(run) or _entropy(run) < LEAST_ENTROPY:
        return ""
    return "a long random text"


def _is_public(text: str, match: re.Match[str], key: str) -> bool:
    """Whether a run is public by its form, or by what stands before it says that it is.

    A digest, an identifier, a public key, an image: none of them opens anything.
    """
    before = text[max(0, match.start() - LONGEST_BEFORE) : match.start()]
    run = match[0].rstrip("=")
    algorithm = IN_RUN.match(run)
    if PUBLIC_KEY.match(run) or IMAGE_URL.search(before):
        return True
    if algorithm or BEFORE_DIGEST.search(before):
        return _is_digest(run[algorithm.end() :] if algorithm else run)
    nearest = WORD_BEFORE.search(before)
    last = {_last_word(key), _last_word(nearest[1]) if nearest else ""}
    if last & ID_WORDS:
        return len(run) == UUID_LENGTH and HEX.fullmatch(run) is not None
    return bool(last & PUBLIC_WORDS) or (bool(last & DIGEST_WORDS) and _is_digest(run))


def _is_digest(run: str) -> bool:
    """Whether a run has the length of a digest."""
    return len(run) in (HEX_LENGTHS if HEX.fullmatch(run) else DIGEST_LENGTHS)


def _last_word(name: str) -> str:
    """`sha` of `MODEL_SHA256`."""
    words = [word.lower() for word in WORDS.findall(name) if not word.isdigit()]
    return words[-1] if words else ""


def _is_wordy(run: str) -> bool:
    """Whether a run is words written together: `userAssignedIdentities/ModelopsWorker01`."""
    words = WORDS.findall(run)
    return sum(map(len, words)) >= LEAST_WORD * len(words)


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

"""Texts without the secrets in them, for logs, results and whatever else people read.

Known values are hidden wherever they stand. What nobody told us of is hidden where it looks like a
secret: behind a name for one, in a URL, in a header, as a private key. The first is certain, the
second a net; rather is too much hidden than too little.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

HIDDEN = "***"

LEAST = 4
"""Characters of a value that is worth hiding: the gaps of a shorter one would tell it anyway."""

_WORDS = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|token|credentials?|authorization|dsn|signature"
    r"|(?<![a-z])sig|(?:api|access|account|private)[_-]?key|connection[_-]?string)"
)
_NAME = re.compile(rf"(?i){_WORDS}\Z")
_VALUE = r"""(?:"[^"]{1,1024}"|'[^']{1,1024}'|["']?[^\s"',;&]+)"""
_LOOKS = (
    (re.compile(r"(://[^\s:/@]{0,128}:)[^\s]{1,256}@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s{1,3}[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(rf"""(?i)({_WORDS}["']?\s{{0,3}}[=:]\s{{0,3}}){_VALUE}"""),
        rf"\1{HIDDEN}",
    ),
    (
        re.compile(r"(?s)(-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----).*?(?:(?=-----END)|\Z)"),
        rf"\1{HIDDEN}",
    ),
)
"""What to look for, and what stands there afterwards. All are bounded: texts may be long."""


def names_a_secret(name: str) -> bool:
    """Whether what is called so is to be hidden: `PGPASSWORD`, `api_key`; not `token_count`."""
    return _NAME.search(name) is not None


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, and without whatever looks like one."""
    text = without(text, secrets)
    for look, instead in _LOOKS:
        text = look.sub(instead, text)
    return text


def without(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, however they are spelt in it."""
    spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
    # The longest first: a secret may be part of another one.
    for spelling in sorted(spellings, key=lambda spelling: (-len(spelling), spelling)):
        text = text.replace(spelling, HIDDEN)
    return text


def _spellings(secret: str) -> Iterator[str]:
    """Yield the secret as it is, and as it stands in an encoding, a URL, JSON, or Python."""
    if len(secret) < LEAST:
        return
    yield secret
    yield base64.b64encode(secret.encode(errors="replace")).decode()
    yield quote(secret, safe="", errors="replace")
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]

"""SEC001 as a law: whatever a secret is and wherever it stands, nobody reads it in what is told."""

import string
from base64 import b64encode

from hypothesis import given, settings
from hypothesis import strategies as st

from modelops.diagnostics.text import full_text
from modelops.pipeline import judge

ENVIRONMENT = "environments/dev/environment.yaml"
WORKSPACE = "environments/dev/workspaces/malaria.yaml"
GOOD = {
    ENVIRONMENT: b"""\
apiVersion: modelops.io/v1
kind: Environment
spec:
  flux: {url: "https://git.example.org/models"}
  cluster: {pools: {cpu: {vmSize: Standard_D8s_v5}}}
"""
}
LEAK = 8
"""Characters of a secret that are too many."""

ALNUM = string.ascii_letters + string.digits
BASE64 = ALNUM + "+/"
WORD = ALNUM + "_-"


def run(alphabet: str, fewest: int, most: int | None = None) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=fewest, max_size=most or fewest + 20)


def after(
    prefix: str, alphabet: str, fewest: int, most: int | None = None
) -> st.SearchStrategy[str]:
    return run(alphabet, fewest, most).map(lambda body: prefix + body)


PASSWORDS = run(ALNUM + "-_.!%", 8).filter(
    lambda text: text.strip("-_.!%") == text and not text.isalpha() and "%" not in text
)
SHAPED = st.one_of(
    after("ghp_", ALNUM, 36, 36),
    after("github_pat_", ALNUM + "_", 40),
    after("glpat-", WORD, 20),
    after("AKIA", string.ascii_uppercase + string.digits, 16, 16),
    after("AIza", WORD, 35, 35),
    after("xoxb-", ALNUM + "-", 24),
    after("npm_", ALNUM, 36, 36),
    after("pypi-AgEIcHlwaS5vcmc", WORD, 50),
    after("sk_live_", ALNUM, 24),
    st.builds("eyJ{}.{}.{}".format, run(WORD, 20), run(WORD, 20), run(WORD, 20)),
    run(BASE64, 64).map(lambda key: f"AccountName=models;AccountKey={key}=="),
    run(ALNUM + "%", 40).map(lambda sig: f"https://models.example.org/b?sv=2024&sig={sig}%3D"),
    PASSWORDS.map(lambda password: f"postgres://dask:{password}@db.example.org/queue"),
    after("ghp_", ALNUM, 36, 36).map(lambda token: b64encode(f"a={token}".encode()).decode()),
)
PLACES = st.sampled_from(
    [
        "  # {}\n",
        "  # the old one was {}, I think\n",
        "  description: {}\n",
        "  description: 'see {}'\n",
        "  description: see\n    {}\n    there\n",
        '  workers:\n    env: {{A: "{}", B: b}}\n',
        "  workers: {{env: {{A: b, B: '{}'}}}}    # c\n",
        "  workers:\n    env:\n      A: |\n        b\n        {}\n",
        '  workers:\n    env:\n      ? "{}"\n      : b\n',
        "  workers:\n    env:\n      A: {}\n      A: again\n",
        "  workers:\n    replicas: {}\n",
        "  description: '{}\n",
        "  description: @{}\n",
        "  {}: b\n",
    ]
)
NAMED = st.sampled_from(
    [
        "  workers:\n    env: {{DB_PASSWORD: {}}}\n",
        '  workers:\n    env: {{apiKey: "{}", A: b}}\n',
        "  workers:\n    env:\n      CLIENT_SECRET: '{}'\n",
        "  workers:\n    env:\n      ACCESS_TOKEN:\n        {}\n",
        "  workers:\n    env:\n      ACCESS_TOKEN: >-\n        {}\n",
        '  workers:\n    env:\n      "DB_PASSWORD": {}\n      DB_PASSWORD: x\n',
        "  # password: {}\n",
        "  # mysql --password={} -u root\n",
        "  description: Server=db;Password={};Encrypt=true\n",
        "  password: {}\n",
        "  credentials: {{value: {}}}\n",
    ]
)


def shown(below_spec: str) -> str:
    sources = GOOD | {
        WORKSPACE: f"apiVersion: modelops.io/v1\nkind: Workspace\nspec:\n{below_spec}".encode()
    }
    return full_text(judge(sources).diagnostics, sources)


SAID_ANYWAY = shown("  password: a-b-c-d-e-f\n")
"""What is said of any secret: one may be a word of it by chance."""


def leaks(secret: str, text: str) -> list[str]:
    parts = (secret[start : start + LEAK] for start in range(len(secret) - LEAK + 1))
    return [part for part in parts if part in text and part not in SAID_ANYWAY]


@settings(max_examples=300, deadline=None)
@given(SHAPED, PLACES)
def test_a_secret_of_a_known_form_is_found_and_not_shown(secret: str, place: str) -> None:
    text = shown(place.format(secret))
    assert "error[SEC001]" in text
    # What an address or a name says openly is no secret.
    open_parts = ("AccountName=models;AccountKey=", "https://models.example.org/b?sv=2024&sig=")
    for part in (*open_parts, "postgres://dask:", "@db.example.org/queue"):
        secret = secret.replace(part, "")
    assert leaks(secret, text) == []


@settings(max_examples=300, deadline=None)
@given(PASSWORDS, NAMED)
def test_what_a_name_calls_a_secret_is_found_and_not_shown(secret: str, place: str) -> None:
    text = shown(place.format(secret))
    assert "error[SEC001]" in text
    assert leaks(secret, text) == []


@settings(max_examples=100, deadline=None)
@given(SHAPED)
def test_escapes_hide_nothing(secret: str) -> None:
    escaped = "".join(f"\\x{ord(character):02x}" for character in secret)
    text = shown(f'  workers:\n    env: {{A: "{escaped}"}}\n')
    assert "error[SEC001]" in text
    assert escaped[:LEAK] not in text


@settings(max_examples=200, deadline=None)
@given(st.text(string.printable + "•ü", max_size=200))
def test_any_text_is_read_to_its_end(text: str) -> None:
    shown(text)

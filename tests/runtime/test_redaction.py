"""Secrets are not left in texts: known ones anywhere, others where they look like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_runtime.redaction import HIDDEN, LEAST, names_a_secret, redacted, without

WORDS = st.text(st.sampled_from("abcdef"), min_size=LEAST, max_size=6)


@given(st.lists(WORDS), st.text(st.sampled_from("abcdef ")))
def test_no_known_value_is_left(secrets: list[str], text: str) -> None:
    left = without(text + " ".join(secrets), secrets)
    assert not any(secret in left for secret in secrets)


def test_a_secret_that_is_part_of_another_leaves_nothing_of_it() -> None:
    assert without("abcdefgh abcd", ["abcd", "abcdefgh"]) == "*** ***"


@given(st.text(st.sampled_from("abc"), max_size=LEAST - 1), st.text())
def test_a_value_too_short_to_be_a_secret_hides_nothing(short: str, text: str) -> None:
    assert without(text, [short]) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("postgresql+psycopg://u:p@ss/w@host:5432/db", "postgresql+psycopg://u:***@host:5432/db"),
        ("password=hunter2 host=x", "password=*** host=x"),
        ('{"apiKey": "two words", "n": 1}', '{"apiKey": ***, "n": 1}'),
        ("PGPASSWORD='two words'", "PGPASSWORD=***"),
        ("password: 'not closed", "password: *** closed"),
        ("AccountName=a;AccountKey=abc==;B=c", "AccountName=a;AccountKey=***;B=c"),
        ("https://h/c?sv=1&sig=abc%3D&x=1", "https://h/c?sv=1&sig=***&x=1"),
        ("sent Bearer abc.def-ghi~1 there", "sent Bearer *** there"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----",
        ),
        ("-----BEGIN PRIVATE KEY-----\nabc", "-----BEGIN PRIVATE KEY-----***"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, left: str) -> None:
    assert redacted(text, []) == left


@pytest.mark.parametrize(
    "text",
    ["design=3", "exceeded quota: secrets=10", "https://host:80/x", "tokens: 5", "a basic idea"],
)
def test_what_does_not_is_left(text: str) -> None:
    assert redacted(text, []) == text


@pytest.mark.parametrize("name", ["password", "PGPASSWORD", "api_key", "dbToken", "sas.sig", "DSN"])
def test_names_of_secrets(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize("name", ["token_count", "design", "passwords", "", "rmse", HIDDEN])
def test_other_names(name: str) -> None:
    assert not names_a_secret(name)

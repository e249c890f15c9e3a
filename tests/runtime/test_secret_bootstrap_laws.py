"""What `secret-bootstrap` decides, for every declaration and every reply."""

import itertools
import json
import logging
from base64 import b64encode
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.json_logs import JsonFormatter
from modelops_runtime.kubernetes_api.replies import Answer, Silence
from modelops_runtime.secret_bootstrap.declared import (
    DeclaredSecret,
    declared_secret,
    named_twice,
)
from modelops_runtime.secret_bootstrap.objects import redacted, secret_object
from modelops_runtime.secret_bootstrap.verdicts import (
    LONGEST_PAUSE,
    RIGHTS_PATIENCE,
    Verdict,
    exit_status,
    is_final,
    of_creation,
    of_existing,
    pauses,
)

KEYS = st.lists(st.from_regex(r"[-._a-zA-Z0-9]{1,9}", fullmatch=True), min_size=1, unique=True)
NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,9}[a-z0-9])?(\.[a-z0-9]{1,5})?", fullmatch=True)
STATUSES = st.integers(min_value=100, max_value=599)
DOCUMENTS = st.dictionaries(
    st.sampled_from(["kind", "reason", "message", "data", "code"]),
    st.none() | st.text() | st.sampled_from(["Status", "AlreadyExists"]),
)
REPLIES = st.builds(Answer, STATUSES, DOCUMENTS) | st.builds(Silence, st.text())
EXISTS = Answer(409, {"kind": "Status", "reason": "AlreadyExists"})


@given(NAMES, KEYS)
def test_what_is_declared_is_read(name: str, keys: list[str]) -> None:
    assert declared_secret(f"{name}={','.join(keys)}") == DeclaredSecret(name, tuple(sorted(keys)))


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    with suppress(ValueError):
        secret = declared_secret(text)
        assert secret == declared_secret(f"{secret.name}={','.join(secret.keys)}")


@given(st.lists(st.sampled_from("abc")))
def test_names_given_twice_are_found(names: list[str]) -> None:
    found = named_twice(DeclaredSecret(name, ("k",)) for name in names)
    assert found == sorted({name for name in names if names.count(name) > 1})


@given(REPLIES)
def test_only_two_replies_mean_that_a_secret_is_there(reply: Answer | Silence) -> None:
    finding = of_creation(reply)
    made = isinstance(reply, Answer) and reply.status in {200, 201, 202}
    assert (finding.verdict is Verdict.MADE) == made
    exists = isinstance(reply, Answer) and (reply.status, reply.reason) == (409, "AlreadyExists")
    assert (finding.verdict is Verdict.THERE) == exists


@given(REPLIES, KEYS)
def test_a_secret_that_is_shown_is_there_or_lacks_something(
    reply: Answer | Silence, keys: list[str]
) -> None:
    assert of_existing(reply, keys).verdict is not Verdict.MADE


@given(KEYS, KEYS)
def test_the_lacking_keys_are_named(declared: list[str], there: list[str]) -> None:
    finding = of_existing(Answer(200, {"data": dict.fromkeys(there, "eA==")}), declared)
    lacking = sorted(set(declared) - set(there))
    assert (finding.verdict is Verdict.REFUSED) == bool(lacking)
    assert f"without {', '.join(lacking)}, and" in finding.why or not lacking


def test_a_reply_is_refused_waited_for_or_good() -> None:
    found: dict[Verdict, list[int]] = {verdict: [] for verdict in Verdict}
    for status in range(100, 600):
        found[of_creation(Answer(status, {})).verdict].append(status)
    assert found[Verdict.MADE] == [200, 201, 202]
    assert found[Verdict.FORBIDDEN] == [401, 403]
    assert found[Verdict.UNANSWERED] == [408, 409, 429, *range(500, 600)]
    assert found[Verdict.THERE] == []


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_waiting_ends(elapsed: float, wait: float) -> None:
    assert is_final(Verdict.UNANSWERED, elapsed, wait) == (elapsed > wait)
    assert is_final(Verdict.FORBIDDEN, elapsed, wait) == (elapsed > min(wait, RIGHTS_PATIENCE))
    for verdict in (Verdict.MADE, Verdict.THERE, Verdict.REFUSED):
        assert is_final(verdict, elapsed, wait)


def test_pauses_grow_up_to_a_longest() -> None:
    found = list(itertools.islice(pauses(), 20))
    assert found == sorted(found)
    assert found[0] < found[-1] == LONGEST_PAUSE


@given(st.lists(st.sampled_from(Verdict)))
def test_the_exit_code_is_that_of_the_worst(verdicts: list[Verdict]) -> None:
    status = exit_status(verdicts)
    if {Verdict.REFUSED, Verdict.FORBIDDEN} & set(verdicts):
        assert status == ExitStatus.REFUSED
    else:
        waiting = Verdict.UNANSWERED in verdicts
        assert status == (ExitStatus.TRY_AGAIN if waiting else ExitStatus.DONE)


@given(NAMES, KEYS, st.text())
def test_no_value_survives_in_a_message(name: str, keys: list[str], around: str) -> None:
    values = (f"value-of-a-secret-{number}-" for number in itertools.count())
    body = secret_object(DeclaredSecret(name, tuple(keys)), "space", lambda: next(values))
    stored = [b64encode(value.encode()).decode() for value in body["stringData"].values()]
    told = redacted(around + json.dumps(body) + json.dumps(stored), body)
    assert "value-of-a-secret" not in told
    assert not any(value in told for value in stored)


@given(st.text(), st.text())
def test_a_log_line_is_one_line_of_json(message: str, field: str) -> None:
    record = logging.makeLogRecord({"msg": message, "levelname": "INFO", "secret": field})
    line = JsonFormatter().format(record)
    assert len(line.splitlines()) == 1
    assert line.encode()
    assert {"message": message, "secret": field, "level": "info"}.items() <= json.loads(
        line
    ).items()

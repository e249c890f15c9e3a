"""The field types that the models share: what they take, what they refuse, what they write."""

import re
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from modelops.model.fields import (
    Bytes,
    Count,
    Cpu,
    Duration,
    EnvName,
    Flag,
    FrozenMap,
    Headroom,
    Labels,
    Namespace,
    ObjectName,
    Port,
    Positive,
    Saturation,
    Share,
    SourceText,
    Spec,
    Uid,
    bytes_text,
    cpu_text,
    duration_text,
    quantity,
)
from modelops.model.images import PORT

Ki, Mi, Gi = 1024, 1024**2, 1024**3


def taken(annotation: Any, value: object) -> Any:  # noqa: ANN401 -- any field type
    return TypeAdapter(annotation).validate_python(value)


def refusal(annotation: Any, value: object) -> tuple[str, str, str]:  # noqa: ANN401 -- as above
    """The code, message and remedy of the one refusal."""
    with pytest.raises(ValidationError) as caught:
        taken(annotation, value)
    (error,) = caught.value.errors()
    context = error.get("ctx", {})
    return error["type"], context.get("message", ""), context.get("help", "")


# The grammar and the vectors are k8s.io/apimachinery's (pkg/api/resource).


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1", 1),
        ("1.5", Fraction(3, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("+3", 3),
        ("-3", -3),
        ("1000m", 1),
        ("100n", Fraction(1, 10**7)),
        ("250u", Fraction(1, 4000)),
        ("2k", 2000),
        ("3M", 3 * 10**6),
        ("4G", 4 * 10**9),
        ("5T", 5 * 10**12),
        ("6P", 6 * 10**15),
        ("7E", 7 * 10**18),
        ("0.5Ki", 512),
        ("1024Mi", Gi),
        ("1.5Gi", 1536 * Mi),
        ("1.1Gi", Fraction(11, 10) * Gi),
        ("2Ti", 2048 * Gi),
        ("1Pi", 1024**5),
        ("1Ei", 1024**6),
        ("1e3", 1000),
        ("1E3", 1000),
        ("12e-1", Fraction(6, 5)),
        ("1e+2", 100),
    ],
)
def test_a_quantity_has_its_exact_value(text: str, value: Fraction) -> None:
    assert quantity(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "K",
        "1K",
        "1ki",
        "1mi",
        "1GB",
        "1 Gi",
        " 1",
        "1\n",
        "1e",
        "1.2.3",
        "--1",
        "Gi",
        ".",
        "0x1",
    ],
)
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert quantity(text) is None


@pytest.mark.parametrize(
    ("written", "millicores"),
    [
        ("2", 2000),
        (2, 2000),
        ("500m", 500),
        (0.5, 500),
        ("1.5", 1500),
        ("1m", 1),
        ("2k", 2_000_000),
    ],
)
def test_cpu_is_thousandths(written: object, millicores: int) -> None:
    assert taken(Cpu, written) == millicores


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0.5m", "`0.5m` is finer than a thousandth of a CPU"),
        ("1u", "`1u` is finer than a thousandth of a CPU"),
        ("-1", "`-1` is out of range"),
        ("1e30", "`1e30` is out of range"),
        (0, "`0` is no CPU at all"),
        ("two", "`two` is not a Kubernetes quantity"),
        (True, "`True` is not a Kubernetes quantity"),
        (float("nan"), "`nan` is not a Kubernetes quantity"),
        ({}, "`{}` is not a Kubernetes quantity"),
    ],
)
def test_other_cpus_are_refused(written: object, said: str) -> None:
    code, message, remedy = refusal(Cpu, written)
    assert (code, message) == ("CFG011", said)
    assert remedy


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("8Gi", 8 * Gi),
        ("1.5Gi", 1536 * Mi),
        ("8G", 8 * 10**9),
        ("1024Ki", Mi),
        (2147483648, 2 * Gi),
        ("1e9", 10**9),
        (1e9, 10**9),
    ],
)
def test_bytes_are_whole(written: object, amount: int) -> None:
    assert taken(Bytes, written) == amount


@pytest.mark.parametrize(
    ("written", "said", "remedy"),
    [
        ("500m", "`500m` is 0.5 bytes to Kubernetes: `m` means a thousandth", "write 500Mi"),
        ("8", "`8` is 8 bytes: the unit is missing", "write 8Gi"),
        (8, "`8` is 8 bytes: the unit is missing", "write 8Gi"),
        ("1.1Gi", "`1.1Gi` is not a whole number of bytes", "use a smaller unit"),
        ("-1Gi", "`-1Gi` is out of range", "write it like"),
        ("16Ei", "`16Ei` is out of range", "write it like"),
        ("8GB", "`8GB` is not a Kubernetes quantity", "write it like"),
        ("0", "`0` is nothing at all", "ask for"),
        (0, "`0` is nothing at all", "ask for"),
        (None, "`None` is not a Kubernetes quantity", "write it like"),
    ],
)
def test_other_bytes_are_refused(written: object, said: str, remedy: str) -> None:
    code, message, told = refusal(Bytes, written)
    assert (code, message) == ("DSK002", said)
    assert told.startswith(remedy)


@pytest.mark.parametrize(
    ("millicores", "text"), [(0, "0"), (500, "500m"), (1000, "1"), (1500, "1500m"), (64000, "64")]
)
def test_cpu_text_is_canonical(millicores: int, text: str) -> None:
    assert cpu_text(millicores) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0"),
        (1, "1"),
        (512, "512"),
        (Ki, "1Ki"),
        (1024 * Mi, "1Gi"),
        (1536 * Mi, "1536Mi"),
        (8 * 10**9, "7812500Ki"),
        (10**7 + 1, "10000001"),
        (1500, "1500"),
        (3000, "3k"),
        (5 * 1024**6, "5Ei"),
    ],
)
def test_bytes_text_is_canonical(amount: int, text: str) -> None:
    assert bytes_text(amount) == text


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("15m", 900), ("12h", 43200), ("1h30m", 5400), ("1h0m0s", 3600), ("0s", 0)],
)
def test_a_duration_is_seconds(written: str, seconds: int) -> None:
    assert taken(Duration, written) == seconds


@pytest.mark.parametrize(
    "written", ["", "90", 90, "1d", "1m1h", "1.5h", "-1s", "1 h", "10ms", True, [], "1h\n"]
)
def test_what_is_no_duration_is_refused(written: object) -> None:
    assert refusal(Duration, written)[0] == "CFG011"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (90, "1m30s"), (900, "15m0s"), (3600, "1h0m0s"), (86461, "24h1m1s")],
)
def test_duration_text_is_go_s(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("annotation", "lowest", "highest"),
    [
        (Count, 0, 100_000),
        (Positive, 1, 100_000),
        (Port, 1, 65_535),
        (Uid, 1, 4_294_967_294),
    ],
)
def test_whole_numbers_have_bounds_and_are_never_converted(
    annotation: object, lowest: int, highest: int
) -> None:
    assert taken(annotation, lowest) == lowest
    assert taken(annotation, highest) == highest
    assert refusal(annotation, lowest - 1)[0] == "greater_than_equal"
    assert refusal(annotation, highest + 1)[0] == "less_than_equal"
    others: tuple[object, ...] = ("3", 3.0, True)
    for other in others:
        assert refusal(annotation, other)[0] == "int_type"


def test_a_flag_is_true_or_false_and_nothing_like_it() -> None:
    assert taken(Flag, True) is True  # noqa: FBT003 -- the value that is tested
    for other in ("true", "yes", 1, 0):
        assert refusal(Flag, other)[0] == "bool_type"


def test_a_share_is_above_none_and_at_most_all() -> None:
    assert [taken(Share, value) for value in (0.5, 1, 1e-9)] == [0.5, 1.0, 1e-9]
    for other in (0, -0.1, 1.01, "0.5", True, float("nan"), float("inf")):
        refusal(Share, other)


def test_a_headroom_may_be_none_but_never_all() -> None:
    assert [taken(Headroom, value) for value in (0, 0.99)] == [0.0, 0.99]
    for other in (1, -0.1, "0.1", float("nan")):
        refusal(Headroom, other)


def test_a_saturation_may_be_infinite_in_words_and_in_yaml() -> None:
    infinite = float("inf")
    assert [taken(Saturation, value) for value in ("inf", ".inf", infinite)] == [infinite] * 3
    assert taken(Saturation, 1.1) == 1.1
    assert TypeAdapter(Saturation).dump_python(infinite) == "inf"
    assert TypeAdapter(Saturation).dump_python(1.1) == 1.1
    others: tuple[object, ...] = (0, -1, "much", float("nan"), None, [])
    for other in others:
        refusal(Saturation, other)


def test_labels_are_held_against_the_grammar_of_kubernetes() -> None:
    longest = "a" * 63
    fine = {"team": "malaria", "a.b/c": "", "x_Y.z": "1.0", longest: longest, f"{'p' * 253}/n": "v"}
    assert taken(Labels, fine) == fine


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("-team", "x"),
        ("", "x"),
        ("a/b/c", "x"),
        ("/a", "x"),
        ("a/", "x"),
        ("UP/a", "x"),
        ("a" * 64, "x"),
        (f"{'p' * 254}/n", "x"),
        ("team", "-x"),
        ("team", "a b"),
        ("team", "x" * 64),
        ("team", "x\n"),
    ],
)
def test_other_labels_are_refused(key: str, value: str) -> None:
    assert refusal(Labels, {key: value})[0] == "NAM007"


@pytest.mark.parametrize(
    ("annotation", "fine", "wrong", "code"),
    [
        (
            ObjectName,
            ["a", "0", "a.b-c", "a" * 253],
            ["", "A", "a_b", "-a", "a.", "a" * 254, "a\n"],
            "CFG011",
        ),
        (Namespace, ["a", "0-9", "a" * 63], ["", "A", "a.b", "a-", "a" * 64], "CFG011"),
        (EnvName, ["A", "_x", "DASK_1"], ["", "1A", "A-B", "A.B", "A B", "É"], "SEC006"),
    ],
)
def test_names_are_what_kubernetes_takes(
    annotation: object, fine: list[str], wrong: list[str], code: str
) -> None:
    assert [taken(annotation, name) for name in fine] == fine
    assert {refusal(annotation, name)[0] for name in wrong} == {code}


def test_source_text_is_text_alone() -> None:
    assert taken(SourceText, "no") == "no"
    assert refusal(SourceText, 12)[0] == "string_type"


class Holder(Spec):
    """A model with a map and a name of two words."""

    some_ports: FrozenMap[ObjectName, Port] = Field(description="Ports.")


def test_a_map_keeps_its_order_and_cannot_be_changed() -> None:
    ports = Holder.model_validate({"somePorts": {"b": 1, "a": 2}}).some_ports
    assert list(ports) == ["b", "a"]
    assert isinstance(ports, MappingProxyType)
    assert Holder.model_validate({}).some_ports == {}


def test_a_map_is_no_view_of_what_came_in() -> None:
    written = {"a": 1}
    holder = Holder.model_validate({"somePorts": written})
    written["b"] = 2
    assert holder.some_ports == {"a": 1}
    assert holder.model_dump(by_alias=True) == {"somePorts": {"a": 1}}


@pytest.mark.parametrize("key", ["some_ports", "SomePorts", "ports"])
def test_a_key_has_one_spelling(key: str) -> None:
    assert refusal(Holder, {key: {}})[0] == "extra_forbidden"


def test_a_model_cannot_be_changed() -> None:
    holder = Holder.model_validate({})
    with pytest.raises(ValidationError):
        holder.some_ports = MappingProxyType({})  # type: ignore[misc] # frozen: that is the test


@pytest.mark.parametrize("number", [1, 9, 80, 5000, 9999, 10_000, 59_999, 65_535])
def test_a_registry_may_be_at_any_port(number: int) -> None:
    assert re.fullmatch(PORT, str(number))


@pytest.mark.parametrize("number", ["0", "00", "0443", "65536", "65540", "65600", "66000", "70000"])
def test_a_registry_is_at_no_other_port(number: str) -> None:
    assert not re.fullmatch(PORT, number)

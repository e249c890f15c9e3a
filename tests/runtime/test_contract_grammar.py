"""How code is named: what is read is what is written, and nothing else is read."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_runtime.contracts.bundle import BundleReference, bundle_reference
from modelops_runtime.contracts.entrypoint import (
    Entrypoint,
    ObjectiveTarget,
    entrypoint,
    objective_target,
)
from modelops_runtime.contracts.violation import ContractViolation

MODULES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,3}", fullmatch=True)
SCENARIOS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True)
TEXTS = st.text(st.sampled_from("aB0_./:-@é \n"))
HEX = "0123456789abcdef" * 4


@given(MODULES, SCENARIOS, NAMES)
def test_what_is_written_is_read(module: str, scenario: str, name: str) -> None:
    assert entrypoint(f"{module}/{scenario}") == Entrypoint(module, scenario)
    assert objective_target(f"{module}:{name}") == ObjectiveTarget(module, name)


@given(TEXTS)
def test_what_is_read_is_what_was_written(text: str) -> None:
    for read in (entrypoint, objective_target, bundle_reference):
        with suppress(ContractViolation):
            assert str(read(text)) == text


@given(TEXTS)
def test_no_text_is_both(text: str) -> None:
    def reads(read: object) -> bool:
        with suppress(ContractViolation):
            return bool(read(text))  # type: ignore[operator]
        return False

    assert not (reads(entrypoint) and reads(objective_target))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "models.sir",
        "models.sir/",
        "/baseline",
        "models.sir:baseline",
        "models.sir/base/line",
        "models.sir:Sir/baseline",
        "models..sir/baseline",
        "1models/baseline",
        "models.sir/baseline\n",
        "models.sir/.baseline",
        "m" * 254 + "/b",
    ],
)
def test_what_is_no_entrypoint(text: str) -> None:
    with pytest.raises(ContractViolation, match="no entrypoint"):
        entrypoint(text)


@pytest.mark.parametrize(
    "text", ["", "targets", "targets:", ":loss", "targets/loss", "a:b:c", "a:b.c", "a:1", "a:b\n"]
)
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(ContractViolation, match="no target"):
        objective_target(text)


@given(st.from_regex(r"[a-z0-9./:-]*", fullmatch=True))
def test_a_bundle_is_its_digest(repository: str) -> None:
    reference = bundle_reference(f"{repository}@sha256:{HEX}" if repository else f"sha256:{HEX}")
    assert reference.repository == repository
    assert reference == BundleReference(f"sha256:{HEX}")
    assert hash(reference) == hash(BundleReference(f"sha256:{HEX}"))


@pytest.mark.parametrize(
    "text",
    ["", "a/b:1.0", "a/b@sha256:12", "sha256:" + HEX.upper(), f"sha512:{HEX}", f"sha256:{HEX}\n"],
)
def test_what_is_no_bundle(text: str) -> None:
    with pytest.raises(ContractViolation, match="names no bundle"):
        bundle_reference(text)

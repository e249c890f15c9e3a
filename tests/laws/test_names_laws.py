"""The laws of names: they fit, they are legal, and two things never share one."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from modelops import names
from modelops.plan.identities import Purpose, identity_name

ENVIRONMENTS = st.one_of(
    st.from_regex(names.ENVIRONMENT, fullmatch=True), st.sampled_from(["a", "ab", "dev"])
)
WORKSPACES = st.one_of(
    st.just("default"),
    st.from_regex(names.UNIT, fullmatch=True),
    st.from_regex(r"[ab](?:[ab-]{0,8}[ab])?", fullmatch=True),  # few letters: many near misses
    st.integers(40, 63).map(lambda length: "a" * length),  # on both sides of the cut
)
PAIRS = st.tuples(ENVIRONMENTS, WORKSPACES)
LONG = st.text("ab-", min_size=64, max_size=120).map(lambda text: f"a{text}b")


def is_label(name: str) -> bool:
    """RFC 1123: what a namespace takes, and with it a label's value."""
    return re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name) is not None


@given(st.text("ab-.", max_size=300).map(lambda text: f"a{text}b"), st.integers(12, 253))
def test_a_fitted_name_fits_and_one_that_fits_stays(name: str, limit: int) -> None:
    fitted = names.fitted(name, limit)
    assert len(fitted) <= limit
    assert (fitted == name) is (len(name) <= limit)


@given(LONG)
def test_a_cut_name_is_a_legal_label(name: str) -> None:
    assert is_label(names.fitted(name))
    assert names.is_label_value(names.fitted(name))


@given(st.text("ab.", min_size=254, max_size=300).map(lambda text: f"a{text}b"))
def test_a_cut_object_name_ends_no_part_badly(name: str) -> None:
    fitted = names.fitted(name, names.SUBDOMAIN_LIMIT)
    assert ".-" not in fitted
    assert names.is_object_name(fitted) is (".." not in fitted)


@given(st.sets(LONG, min_size=2, max_size=20))
def test_two_names_that_are_cut_stay_two(long: set[str]) -> None:
    assert len({names.fitted(name) for name in long}) == len(long)


@given(st.text("a", min_size=60, max_size=60), st.sets(st.text("ab", max_size=8), min_size=2))
def test_a_common_beginning_does_not_make_two_names_one(start: str, ends: set[str]) -> None:
    whole = {f"{start}{end}" for end in ends}
    assert len({names.fitted(name) for name in whole}) == len(whole)


@given(PAIRS, PAIRS)
@example(("a", "b-default"), ("ab", "default"))
@example(("a", "default"), ("a", "default-a"))
def test_two_workspaces_never_share_a_namespace(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    same = names.workspace_namespace(*first) == names.workspace_namespace(*second)
    assert same is (first == second)


@given(PAIRS)
def test_a_namespace_is_legal_and_bears_its_environment(pair: tuple[str, str]) -> None:
    namespace = names.workspace_namespace(*pair)
    assert is_label(namespace)
    assert namespace.startswith(f"modelops-dask-{pair[0]}")


@given(PAIRS, PAIRS)
def test_two_units_never_share_a_kustomization(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    one, other = (names.flux_kustomization(env, f"ws-{name}") for env, name in (first, second))
    assert is_label(one)
    assert (one == other) is (first == second)
    assert one != names.flux_kustomization(second[0], "platform")


@given(st.text("ab-", max_size=80).map(lambda text: f"a{text}b"), st.binary(), st.binary())
def test_a_name_by_content_is_legal_and_follows_the_content(
    name: str, first: bytes, second: bytes
) -> None:
    one, other = names.content_named(name, first), names.content_named(name, second)
    assert is_label(one)
    assert (one == other) is (first == second)


ACCOUNTS = st.one_of(
    st.sampled_from([names.WORKER, names.RUN_WORKER, names.KEY_VAULT_ACCOUNT]),
    st.from_regex(names.NAMESPACE, fullmatch=True),
)
LOGINS = st.tuples(
    st.one_of(
        st.from_regex(names.NAMESPACE, fullmatch=True), st.integers(40, 63).map(lambda n: "a" * n)
    ),
    ACCOUNTS,
)


@given(LOGINS)
@example(("a" * 63, "b" * 63))
def test_azure_takes_the_name_of_a_credential(login: tuple[str, str]) -> None:
    """3 to 120 letters, digits, dashes and underscores, the first no dash and no underscore."""
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}", names.credential(*login))


@given(LOGINS, LOGINS)
@example(("a", "b-c"), ("a-b", "c"))
@example(("a" * 63, f"{'b' * 62}c"), ("a" * 63, f"{'b' * 62}d"))
def test_two_accounts_never_share_a_credential(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    same = names.credential(*first) == names.credential(*second)
    assert same is (first == second)


@given(ENVIRONMENTS, ENVIRONMENTS, st.sampled_from(Purpose), st.sampled_from(Purpose))
def test_two_identities_never_share_a_name(
    first: str, second: str, one: Purpose, other: Purpose
) -> None:
    """3 to 128 letters, digits, dashes and underscores, the first a letter or digit."""
    name = identity_name(first, one)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}", name)
    assert (name == identity_name(second, other)) is ((first, one) == (second, other))

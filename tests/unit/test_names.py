"""Every name that the compiler decides."""

import hashlib

import pytest

from modelops import names

# --- what people may call things -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["d", "dev", "prod2", "a23456789012"])
def test_an_environment_is_letters_and_digits(name: str) -> None:
    assert names.is_environment(name)


@pytest.mark.parametrize(
    "name", ["", "Dev", "dev-a", "2dev", "dev_a", "a234567890123", "dév", "dev\n", "dev "]
)
def test_an_environment_has_no_dash_and_at_most_twelve_characters(name: str) -> None:
    assert not names.is_environment(name)


@pytest.mark.parametrize("name", ["a", "a-b", "malaria-2026", "a--b", "x" * 63])
def test_a_workspace_may_have_dashes_inside(name: str) -> None:
    assert names.is_unit(name)


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "A", "1a", "a_b", "a.b", "a/b", "..", "x" * 64, "a\n"]
)
def test_a_workspace_is_a_label_that_begins_with_a_letter(name: str) -> None:
    assert not names.is_unit(name)


@pytest.mark.parametrize("key", ["team", "a.org/team", "A_b.c-9", "x" * 63, f"{'a' * 253}/b"])
def test_label_keys(key: str) -> None:
    assert names.is_label_key(key)


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "a/b/c", "-a", "a b", "A.org/team", "x" * 64, f"{'a' * 254}/b", "a\n"]
)
def test_keys_that_are_no_labels(key: str) -> None:
    assert not names.is_label_key(key)


@pytest.mark.parametrize(("value", "fine"), [("", True), ("a.B_c-1", True), ("x" * 63, True)])
def test_label_values(value: str, fine: bool) -> None:  # noqa: FBT001 -- a table's column
    assert names.is_label_value(value) is fine
    assert not names.is_label_value(f"{value}-")
    assert not names.is_label_value(f"-{value}")
    assert not names.is_label_value(f"{value} ")


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        ("a", True),
        ("a.b-c.9", True),
        ("a" * 253, True),
        ("a" * 254, False),
        ("a..b", False),
        ("a.", False),
        ("A", False),
        ("a_b", False),
        ("", False),
    ],
)
def test_object_names(name: str, fine: bool) -> None:  # noqa: FBT001 -- a table's column
    assert names.is_object_name(name) is fine


# --- what is cut, and what is named by its content -----------------------------------------------


def test_a_name_that_fits_stays() -> None:
    assert names.fitted("a" * 63) == "a" * 63
    assert names.fitted("abc", 3) == "abc"


def test_a_name_that_does_not_fit_ends_in_a_hash_of_all_of_it() -> None:
    # printf %s aaa…(64) | sha256sum | xxd -r -p | base32 | tr A-Z a-z | cut -c1-10
    assert names.fitted("a" * 64) == "a" * 52 + "-77qfj7t24d"
    assert names.fitted("a" * 64) != names.fitted("a" * 65)


@pytest.mark.parametrize("end", ["-", "--", ".", "-.-"])
def test_a_cut_name_has_no_dash_or_dot_before_its_hash(end: str) -> None:
    cut = names.fitted("a" * (52 - len(end)) + end + "b" * 30)
    assert cut.startswith("a" * (52 - len(end)) + "-")
    assert len(cut) == 63 - len(end)
    assert names.is_object_name(cut)


def test_a_name_by_content_ends_in_eight_digits_of_its_hash() -> None:
    digits = hashlib.sha256(b"content").hexdigest()[:8]
    assert names.content_named("config", b"content") == f"config-{digits}"
    assert names.content_named("config", b"other") != f"config-{digits}"
    long = names.content_named("c" * 80, b"content")
    assert len(long) == 63
    assert long.endswith(f"-{digits}")


# --- what things are called ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "workspace", "namespace"),
    [
        ("dev", "default", "modelops-dask-dev"),
        ("dev", "malaria", "modelops-dask-dev-malaria"),
        ("dev", "defaults", "modelops-dask-dev-defaults"),
        ("a", "b-c", "modelops-dask-a-b-c"),
    ],
)
def test_a_workspace_s_namespace(environment: str, workspace: str, namespace: str) -> None:
    assert names.workspace_namespace(environment, workspace) == namespace


def test_units_are_folders_below_the_environment() -> None:
    assert names.platform_unit("dev") == "dev/platform"
    assert names.workspace_unit("dev", "malaria") == "dev/workspaces/malaria"
    assert names.flux_unit("dev") == "dev/flux"
    assert names.bootstrap_unit("dev") == "dev/bootstrap"


def test_what_belongs_to_an_environment_bears_its_name() -> None:
    assert names.priority_class("dev", "batch") == "modelops-dev-batch"
    assert names.retained_class("dev") == "modelops-dev-retained"
    assert names.retained_class("dev").startswith(names.OUR_CLASS_PREFIX)
    assert names.flux_kustomization("dev", "ws-malaria") == "dev-ws-malaria"


def test_a_service_s_host_is_the_same_from_every_namespace() -> None:
    assert names.service_host("dask-scheduler", "ns") == "dask-scheduler.ns.svc.cluster.local"

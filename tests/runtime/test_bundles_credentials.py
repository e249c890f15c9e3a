"""Who we are to a registry, and which registry a repository is in."""

import json
import os
from pathlib import Path

import pytest

from modelops_runtime.bundles.credentials import IDENTITY_USER, Credentials, credentials
from modelops_runtime.bundles.place import Place, place, speaks_http
from modelops_runtime.bundles.unavailable import BundleUnavailable

GHCR = Place("ghcr.io", "team/models/sir")
SECRET = Credentials("robot", "pass")


def known(folder: Path, settings: object, **more: str) -> dict[str, str]:
    """An environment with docker's settings."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(settings))
    return {"DOCKER_CONFIG": str(folder), "PATH": os.environ["PATH"]} | more


def entry(username: str = "robot", password: str = "pass") -> dict[str, str]:  # noqa: S107 -- none
    return {"username": username, "password": password}


def helper(folder: Path, script: str) -> str:
    """A PATH with one of docker's credential helpers."""
    program = folder / "docker-credential-test"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize(
    "name",
    [
        "ghcr.io",
        "https://ghcr.io",
        "https://ghcr.io/v2/",
        "ghcr.io/v1",
        "ghcr.io/team",
        "ghcr.io/team/models/sir",
    ],
)
def test_entries_that_lead_to_a_repository(name: str, tmp_path: Path) -> None:
    environment = known(tmp_path, {"auths": {name: entry()}})
    assert credentials(GHCR, "", environment) == SECRET


@pytest.mark.parametrize("name", ["ghcr.io.evil.com", "hcr.io", "ghcr.io/tea", "ghcr.io:443", ""])
def test_entries_that_do_not(name: str, tmp_path: Path) -> None:
    environment = known(tmp_path, {"auths": {name: entry()}})
    assert credentials(GHCR, "", environment) is None


def test_the_most_specific_entry_is_chosen(tmp_path: Path) -> None:
    auths = {"ghcr.io": entry("all"), "ghcr.io/team": entry("team"), "ghcr.io/other": entry("x")}
    found = credentials(GHCR, "", known(tmp_path, {"auths": auths}))
    assert found == Credentials("team", "pass")


def test_docker_hub_has_another_name_there(tmp_path: Path) -> None:
    environment = known(tmp_path, {"auths": {"https://index.docker.io/v1/": entry()}})
    assert credentials(Place("docker.io", "library/sir"), "", environment) == SECRET


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ({"auth": "cm9ib3Q6cGE6c3M="}, Credentials("robot", "pa:ss")),
        ({"auth": "cm9ib3Q6AA==", "identitytoken": "t"}, Credentials(IDENTITY_USER, "t")),
        ({}, None),
        ("cm9ib3Q=", None),
        ({"auth": ""}, None),
    ],
)
def test_how_an_entry_may_be_written(
    written: object, found: Credentials | None, tmp_path: Path
) -> None:
    environment = known(tmp_path, {"auths": {"ghcr.io": written}})
    assert credentials(GHCR, "", environment) == found


@pytest.mark.parametrize("settings", [[], {"auths": []}, {"credHelpers": 7}, {}, "text"])
def test_settings_that_say_nothing(settings: object, tmp_path: Path) -> None:
    assert credentials(GHCR, "", known(tmp_path, settings)) is None


def test_settings_that_cannot_be_read_are_said_to_be(tmp_path: Path) -> None:
    environment = known(tmp_path, {})
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(BundleUnavailable, match=r"config\.json: cannot be read"):
        credentials(GHCR, "", environment)
    with pytest.raises(BundleUnavailable, match=r"`auth` of ghcr\.io is not base64"):
        credentials(GHCR, "", known(tmp_path, {"auths": {"ghcr.io": {"auth": "!"}}}))


def test_where_settings_are_looked_for(tmp_path: Path) -> None:
    assert credentials(GHCR, "", {"HOME": str(tmp_path)}) is None
    known(tmp_path / ".docker", {"auths": {"ghcr.io": entry()}})
    assert credentials(GHCR, "", {"HOME": str(tmp_path)}) == SECRET


@pytest.mark.parametrize("key", ["credsStore", "credHelpers"])
def test_a_helper_of_docker_is_asked(key: str, tmp_path: Path) -> None:
    script = 'read host; [ $host = ghcr.io ] && echo \'{"Username":"robot","Secret":"pass"}\''
    path = helper(tmp_path, script)
    settings = {"credsStore": "test"} if key == "credsStore" else {key: {"ghcr.io": "test"}}
    environment = known(tmp_path, settings) | {"PATH": path}
    assert credentials(GHCR, "", environment) == SECRET
    assert credentials(Place("quay.io", "sir"), "", environment) is None


def test_a_helper_may_know_a_token(tmp_path: Path) -> None:
    path = helper(tmp_path, 'echo \'{"Username":"<token>","Secret":"t"}\'')
    environment = known(tmp_path, {"credsStore": "test"}) | {"PATH": path}
    assert credentials(GHCR, "", environment) == Credentials(IDENTITY_USER, "t")


@pytest.mark.parametrize("script", ["exit 1", "echo nothing", "echo '[]'", "echo '{}'"])
def test_where_a_helper_knows_nothing_the_entries_count(script: str, tmp_path: Path) -> None:
    path = helper(tmp_path, script)
    settings = {"credsStore": "test", "auths": {"ghcr.io": entry()}}
    assert credentials(GHCR, "", known(tmp_path, settings) | {"PATH": path}) == SECRET


def test_a_helper_is_a_name_and_no_path(tmp_path: Path) -> None:
    with pytest.raises(BundleUnavailable, match="no credential helper"):
        credentials(GHCR, "", known(tmp_path, {"credsStore": "../../bin/sh"}))


def test_variables_come_first_and_for_their_registry_alone(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("pass\n")
    environment = known(tmp_path, {"auths": {"quay.io": entry("other")}}) | {
        "MODELOPS_REGISTRY_USERNAME": "robot",
        "MODELOPS_REGISTRY_PASSWORD_FILE": str(tmp_path / "password"),
    }
    quay = Place("quay.io", "sir")
    assert credentials(GHCR, "ghcr.io/team", environment) == SECRET
    assert credentials(quay, "ghcr.io/team", environment) == Credentials("other", "pass")
    assert credentials(quay, "", environment) == SECRET


def test_a_password_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    environment = {"MODELOPS_REGISTRY_USERNAME": "robot"}
    with pytest.raises(BundleUnavailable, match="MODELOPS_REGISTRY_PASSWORD_FILE names no file"):
        credentials(GHCR, "", environment)


def test_no_password_gets_into_a_log() -> None:
    assert "pass" not in repr(SECRET)


@pytest.mark.parametrize(
    ("written", "registry", "found"),
    [
        ("ghcr.io/team/sir", "", Place("ghcr.io", "team/sir")),
        ("ghcr.io/team/sir", "quay.io/x", Place("ghcr.io", "team/sir")),
        ("ghcr.io/team/sir:v1.2", "", Place("ghcr.io", "team/sir", "v1.2")),
        ("localhost/sir", "", Place("localhost", "sir")),
        ("localhost:5000/sir:v1", "", Place("localhost:5000", "sir", "v1")),
        ("[::1]:5000/sir", "", Place("[::1]:5000", "sir")),
        ("sir", "ghcr.io/team", Place("ghcr.io", "team/sir")),
        ("models/sir:v1", "ghcr.io", Place("ghcr.io", "models/sir", "v1")),
        ("sir:v1", "ghcr.io", Place("ghcr.io", "sir", "v1")),
    ],
)
def test_where_a_repository_is(written: str, registry: str, found: Place) -> None:
    assert place(written, registry) == found


@pytest.mark.parametrize(
    ("written", "registry"),
    [
        ("", "ghcr.io"),
        ("sir", ""),
        ("team/sir", ""),
        ("ghcr.io/", ""),
        ("ghcr.io/Team/sir", ""),
        ("ghcr.io/../sir", ""),
        ("ghcr.io/team//sir", ""),
        ("https://ghcr.io/team/sir", ""),
        ("ghcr.io/sir:.v1", ""),
        ("user@ghcr.io/sir", ""),
    ],
)
def test_what_is_no_repository(written: str, registry: str) -> None:
    with pytest.raises(BundleUnavailable):
        place(written, registry)


def test_plain_http_is_for_this_machine_unless_somebody_says_otherwise() -> None:
    here = {"localhost", "localhost:5000", "127.0.0.1:5000", "127.9.9.9", "[::1]:5000", "[::1]"}
    elsewhere = {
        "ghcr.io",
        "localhost.evil.com",
        "10.0.0.1:5000",
        "registry.svc:5000",
        "127.0.0.1.x",
    }
    for host in here | elsewhere:
        assert speaks_http(host, None) is (host in here)
        assert speaks_http(host, ["registry.svc:5000"]) is (host == "registry.svc:5000")
        assert not speaks_http(host, [""])

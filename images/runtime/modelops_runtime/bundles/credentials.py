"""Part of `bundles`: who we are to a registry: from the environment, else from docker's settings.

What `docker login`, `az acr login` or a mounted Secret of the type `dockerconfigjson` has left is
enough. Nothing is written, and no value ever gets into a message.
"""

import base64
import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelops_runtime.bundles.place import Place
from modelops_runtime.bundles.unavailable import BundleUnavailable

USERNAME_VARIABLE = "MODELOPS_REGISTRY_USERNAME"
PASSWORD_FILE_VARIABLE = "MODELOPS_REGISTRY_PASSWORD_FILE"  # noqa: S105 -- the name of a variable
DOCKER_VARIABLE = "DOCKER_CONFIG"
"""The folder with docker's `config.json`; `~/.docker` where it is not set."""

IDENTITY_USER = "00000000-0000-0000-0000-000000000000"
"""Whoever comes with a token instead of a password, as Azure's registries have it."""

DOCKER_HUB = {"docker.io": "index.docker.io", "registry-1.docker.io": "index.docker.io"}
"""Under which name docker keeps what it knows of these hosts."""

HELPER = re.compile(r"[A-Za-z0-9._-]+")
HELPER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is shown to a registry.

    Attributes:
        username: of whom.
        password: or a token in its place.
    """

    username: str
    password: str = field(repr=False)


def credentials(place: Place, registry: str, environment: Mapping[str, str]) -> Credentials | None:
    """What to show to a registry where it asks; None: nobody told us.

    Args:
        place: where something is fetched or pushed.
        registry: the one that the variables are for; empty: any. Others never see them.
        environment: the variables of the process.

    Raises:
        BundleUnavailable: something is set, but cannot be used.
    """
    of_variables = not registry or registry.partition("/")[0] == place.host
    if of_variables and environment.get(USERNAME_VARIABLE):
        return _of_environment(environment)
    return _of_docker(place, _docker_settings(environment), environment)


def _of_environment(environment: Mapping[str, str]) -> Credentials:
    file = environment.get(PASSWORD_FILE_VARIABLE, "")
    try:
        password = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise BundleUnavailable(
            f"{USERNAME_VARIABLE} is set, but {PASSWORD_FILE_VARIABLE} names no file"
            f" that can be read: `{file}`"
        ) from error
    return Credentials(environment[USERNAME_VARIABLE], password)


def _docker_settings(environment: Mapping[str, str]) -> Mapping[str, Any]:
    folder = environment.get(DOCKER_VARIABLE) or f"{environment.get('HOME', '')}/.docker"
    file = Path(folder) / "config.json"
    try:
        settings = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise BundleUnavailable(f"{file}: cannot be read as JSON") from error
    return settings if isinstance(settings, dict) else {}


def _of_docker(
    place: Place, settings: Mapping[str, Any], environment: Mapping[str, str]
) -> Credentials | None:
    host = DOCKER_HUB.get(place.host, place.host)
    helper = _entries(settings, "credHelpers").get(host) or settings.get("credsStore")
    if isinstance(helper, str) and helper:
        found = _of_helper(helper, _server(host), environment)
        if found:
            return found
    entry = _most_specific(_entries(settings, "auths"), f"{host}/{place.repository}")
    return _of_entry(entry, host) if entry else None


def _entries(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    entries = settings.get(name)
    return entries if isinstance(entries, dict) else {}


def _most_specific(auths: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    """The entry with the longest name that leads to the path, as Kubernetes chooses it."""
    fitting = {
        name: entry
        for written, entry in auths.items()
        if f"{path}/".startswith(f"{(name := _bare(written))}/") and isinstance(entry, dict)
    }
    return fitting[max(fitting, key=len)] if fitting else None


def _bare(written: str) -> str:
    """`https://host/v1/` and `host` are one."""
    return re.sub(r"(/v[12])?/*\Z", "", re.sub(r"\Ahttps?://", "", written))


def _of_entry(entry: Mapping[str, Any], host: str) -> Credentials | None:
    if token := entry.get("identitytoken"):
        return Credentials(IDENTITY_USER, str(token))
    if "username" in entry and "password" in entry:
        return Credentials(str(entry["username"]), str(entry["password"]))
    if not entry.get("auth"):
        return None
    try:
        username, _, password = (
            base64.b64decode(str(entry["auth"]), validate=True).decode().partition(":")
        )
    except ValueError as error:
        raise BundleUnavailable(f"docker's config.json: `auth` of {host} is not base64") from error
    return Credentials(username, password.rstrip("\0"))


def _server(host: str) -> str:
    """What docker calls a host when it asks a helper."""
    return f"https://{host}/v1/" if host in DOCKER_HUB.values() else host


def _of_helper(name: str, server: str, environment: Mapping[str, str]) -> Credentials | None:
    """What docker's own helper knows, such as that of a desktop's keychain."""
    if not HELPER.fullmatch(name):
        raise BundleUnavailable(f"docker's config.json: `{name}` is no credential helper")
    command = [f"docker-credential-{name}", "get"]
    try:
        told = subprocess.run(  # noqa: S603 -- docker starts it in the same way
            command,
            input=server.encode(),
            env=environment,
            capture_output=True,
            timeout=HELPER_SECONDS,
            check=True,
        )
        found = json.loads(told.stdout)
        username, secret = str(found["Username"]), str(found["Secret"])
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError):
        return None
    return Credentials(IDENTITY_USER if username == "<token>" else username, secret)

"""Part of `local`: a container becomes a process: its volumes folders, its addresses local ones."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelops.local.launch import Launch, Machine, StoreAddress
from modelops.local.pods import Container
from modelops.local.rewriting import Rewriting

STORE_PASSWORD = "MODELOPS_STORE_PASSWORD_FILE"  # noqa: S105 -- the name of a variable
STORE_LOGIN = "MODELOPS_STORE_LOGIN"
"""By which the runtime learns to log in at a store without a password; here there is one."""

SHARED = {
    "/var/cache/modelops": "cache",
    "/var/lib/modelops/results": "results",
}
"""Folders that outlive the processes."""

LOGINS = ("DOCKER_CONFIG",)
"""How the user's own machine logs in at registries."""

JSON = ".json"

DISK = 1 << 40
"""Bytes: more than a run makes; nobody holds its results to it here."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every process of the run has around it.

    Attributes:
        hosts: `host:port` here, by `host:port` in the cluster.
        config_maps: the entries of each, by its name.
        store: where trials are kept; None where they are not.
    """

    machine: Machine
    hosts: Mapping[str, str]
    config_maps: Mapping[str, Mapping[str, str]]
    store: StoreAddress | None

    @property
    def results(self) -> str:
        """Where results are kept, wherever the cluster keeps them."""
        return f"{self.machine.state}/results"

    def folder(self, name: str, mount: str) -> str:
        """Where a process finds what its container has at this path."""
        match SHARED.get(mount):
            case "cache":
                return self.machine.cache
            case "results":
                return self.results
        return f"{self.machine.state}/processes/{name}{mount}"


def launch(
    container: Container,
    name: str,
    options: Mapping[str, str | None],
    surroundings: Surroundings,
) -> Launch:
    """The process of a container.

    Args:
        container: as the manifest has it.
        name: of the process.
        options: what the machine decides: values of options, and None for options it has none for.
        surroundings: of all processes.
    """
    rewriting = _rewriting(container, name, surroundings)
    environment = _environment(container, name, rewriting, surroundings)
    arguments = tuple(
        rewriting.text(_expanded(argument, environment)) for argument in container.arguments
    )
    return Launch(
        name=name,
        arguments=_started(_with_options(arguments, options), surroundings.machine.python),
        environment=environment,
        files=_files(container, rewriting, surroundings),
        folders=tuple(sorted(rewriting.folders[mount] for mount in container.mounts)),
    )


def missing_variables(container: Container, machine: Machine) -> tuple[str, ...]:
    """The variables that come from Secrets, and that the user's own environment does not have."""
    return tuple(
        str(entry["name"])
        for entry in container.env
        if "secretKeyRef" in entry.get("valueFrom", {}) and entry["name"] not in machine.variables
    )


def _rewriting(container: Container, name: str, surroundings: Surroundings) -> Rewriting:
    folders = {mount: surroundings.folder(name, mount) for mount in container.mounts}
    return Rewriting(surroundings.hosts, folders)


# --- arguments -----------------------------------------------------------------------------------

REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
"""How an argument of a container names an environment variable."""


def _expanded(argument: str, environment: Mapping[str, str]) -> str:
    """The argument as Kubernetes would hand it on: an unknown reference stays as it is."""
    return REFERENCE.sub(lambda found: environment.get(found[1], found[0]), argument)


def _with_options(arguments: tuple[str, ...], options: Mapping[str, str | None]) -> tuple[str, ...]:
    """The arguments with some options set anew, or left out together with their values."""
    kept: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument in options:
            next(rest)
        else:
            kept.append(argument)
    added = (part for name, value in options.items() if value is not None for part in (name, value))
    return (*kept, *added)


def _started(arguments: tuple[str, ...], python: str) -> tuple[str, ...]:
    """The program of an image, as this machine has it: a module of the interpreter."""
    program, *rest = arguments
    return (python, *rest) if program == "python" else (python, "-m", program, *rest)


# --- environment ---------------------------------------------------------------------------------


def _environment(
    container: Container, name: str, rewriting: Rewriting, surroundings: Surroundings
) -> dict[str, str]:
    own = {
        str(entry["name"]): value
        for entry in container.env
        if (value := _value(entry, name, rewriting, surroundings)) is not None
    }
    home = own.get("HOME")
    store = _store_variables(surroundings.store) if "PGHOST" in own else {}
    return {
        **surroundings.machine.variables,
        **own,
        **_kept(surroundings.machine),
        **store,
        **({"TMPDIR": home} if home else {}),
    }


def _kept(machine: Machine) -> dict[str, str]:
    """What the user has in the place of Secrets of the cluster."""
    return {name: machine.variables[name] for name in LOGINS if name in machine.variables}


def _value(
    entry: Mapping[str, Any], name: str, rewriting: Rewriting, surroundings: Surroundings
) -> str | None:
    """The value of a variable here; None where only the cluster knows it, or has a use for it."""
    if entry["name"] == STORE_LOGIN:
        return None
    match entry.get("valueFrom"):
        case None:
            return rewriting.text(entry.get("value", ""))
        case {"fieldRef": {"fieldPath": "metadata.name"}}:
            return name
        case {"configMapKeyRef": {"name": config_map, "key": key}}:
            return rewriting.text(surroundings.config_maps[config_map][key])
    return None


def _store_variables(store: StoreAddress | None) -> dict[str, str]:
    """Where libpq connects to, and the password."""
    if store is None:
        return {}
    return {
        "PGHOST": store.host,
        "PGPORT": str(store.port),
        "PGDATABASE": store.database,
        "PGUSER": store.user,
        "PGSSLMODE": store.sslmode,
        STORE_PASSWORD: store.password_file,
    }


# --- files ---------------------------------------------------------------------------------------


def _files(
    container: Container, rewriting: Rewriting, surroundings: Surroundings
) -> dict[str, str]:
    """What is in the ConfigMaps that are mounted, as it holds here."""
    files = {}
    for mount, volume in container.mounts.items():
        if "configMap" not in volume:
            continue
        for key, text in surroundings.config_maps[volume["configMap"]["name"]].items():
            content = _content(key, text, rewriting, surroundings)
            files[f"{rewriting.folders[mount]}/{key}"] = content
    return files


def _content(key: str, text: str, rewriting: Rewriting, surroundings: Surroundings) -> str:
    if not key.endswith(JSON):
        return rewriting.text(text)
    document, store = rewriting.document(text), surroundings.store
    if document.get("results", {}).get("kind") == "blob":
        document["results"] = {
            "kind": "volume",
            "directory": surroundings.results,
            "sizeBytes": DISK,
        }
    if store and document.get("store", {}).get("kind") == "postgres":
        document["store"] = {
            "kind": "postgres",
            "host": store.host,
            "port": store.port,
            "database": store.database,
            "user": store.user,
            "sslmode": store.sslmode,
            "passwordFile": store.password_file,
        }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"

"""Part of `bundles`: which registry a repository is in, and whether it is asked over plain HTTP."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

from modelops_runtime.bundles.unavailable import BundleUnavailable

HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9A-Fa-f:]+\](:[0-9]+)?")
REPOSITORY = re.compile(r"[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


@dataclass(frozen=True, slots=True)
class Place:
    """A repository of a registry.

    Attributes:
        host: of the registry, perhaps with a port.
        repository: its path there.
        tag: empty where none was written.
    """

    host: str
    repository: str
    tag: str = ""

    def __str__(self) -> str:
        return f"{self.host}/{self.repository}"


def place(repository: str, registry: str) -> Place:
    """Where a repository is, with or without a tag.

    Args:
        repository: `host/path` or, of the registry, `path`.
        registry: `host[:port][/path]`, before a repository that names no host; may be
            empty.

    Raises:
        BundleUnavailable: it is nowhere.
    """
    if not repository:
        raise BundleUnavailable(
            "this bundle is not in the cache, and names no repository to fetch it from:"
            " write `HOST/REPOSITORY@sha256:…`"
        )
    if not _begins_with_host(repository):
        repository = f"{registry}/{repository}" if registry else repository
    host, _, path = repository.partition("/")
    path, _, tag = path.partition(":")
    if not (_begins_with_host(repository) and HOST.fullmatch(host) and REPOSITORY.fullmatch(path)):
        raise BundleUnavailable(
            f"`{repository}` is no HOST/REPOSITORY: nothing can be fetched there"
        )
    if tag and not TAG.fullmatch(tag):
        raise BundleUnavailable(f"`{tag}` is no tag")
    return Place(host, path, tag)


def speaks_http(host: str, insecure: Collection[str] | None) -> bool:
    """Whether a registry is asked without TLS.

    Args:
        host: of the registry, perhaps with a port.
        insecure: the hosts that are; None: those of this machine's loopback.
    """
    if insecure is not None:
        return host in insecure
    name = re.sub(r":[0-9]+\Z", "", host).strip("[]")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _begins_with_host(repository: str) -> bool:
    """As docker tells it: by a dot or a port in the first part, or its being `localhost`."""
    first, slash, _ = repository.partition("/")
    return bool(slash) and (first == "localhost" or "." in first or ":" in first)

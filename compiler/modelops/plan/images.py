"""From the name of an image to the reference that is pulled, and where registries are."""

import re
from dataclasses import dataclass

from modelops.model import Configured, EnvironmentSpec, ImagesSpec
from modelops.model.images import DIGEST, REPOSITORY, TAG, Image
from modelops.plan.azure import login_server
from modelops.plan.scope import AnyScope, Scope
from modelops.planned import ImagePlan
from modelops.provenance import carried, derived

HTTPS_PORT = 443

PULL_ENTRY = ".dockerconfigjson"
"""The entry of a Secret that images are pulled with: Kubernetes' own name for it."""

_REFERENCE = re.compile(
    rf"(?P<repository>{REPOSITORY})(?::(?P<tag>{TAG}))?(?:@(?P<digest>{DIGEST}))?"
)


@dataclass(frozen=True, slots=True)
class ResolvedImage:
    """An image with its repository in full.

    Attributes:
        entry: its entry in images.yaml; None where a file gave the reference itself.
    """

    repository: str
    tag: str | None
    digest: str | None
    user: int
    entry: Image | None

    @property
    def plan(self) -> ImagePlan:
        """What a container is given: tag and digest where there are both, the digest decides."""
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        reference = derived(
            "<repository>:<tag>@<digest>",
            f"{self.repository}{tag}{digest}",
            self.repository,
            self.tag,
            self.digest,
        )
        return ImagePlan(reference, self.user)


def has_host(repository: str) -> bool:
    """Whether a repository begins with a registry's host (distribution/reference's rule)."""
    first, slash, _ = repository.partition("/")
    return bool(slash) and (
        "." in first or ":" in first or first == "localhost" or first != first.lower()
    )


def prefix(images: ImagesSpec, environment: Configured[EnvironmentSpec]) -> str | None:
    """The prefix of relative repositories: the environment's, or its Azure's, or everybody's."""
    spec = environment.spec
    return spec.registry.prefix or login_server(environment.name, spec.azure) or images.registry


def bundle_registry(scope: Scope) -> str | None:
    """Where a workspace's bundles are: `host[:port][/path]`; None where nobody says so."""
    written = scope.spec.bundles.registry
    return written or prefix(scope.images.spec, scope.environment)


def planned_image(scope: AnyScope, name: str) -> ImagePlan:
    """The image of this name; that it exists has been checked."""
    found = resolve(name, scope.images.spec, scope.environment)
    if found is None:
        raise LookupError(name)
    plan = found.plan
    return ImagePlan(
        carried(plan.reference, name, plan.reference), carried(plan.user, name, plan.user)
    )


def pull_secrets(scope: AnyScope) -> tuple[str, ...]:
    """The Secrets that images are pulled with."""
    secret = scope.environment.spec.registry.pull_secret
    return (secret.name,) if secret else ()


def registry_port(registry: str | None) -> int:
    """The TCP port of `host[:port][/path]`: of HTTPS where none is written."""
    host = (registry or "").partition("/")[0]
    _, colon, port = host.partition(":")
    return int(port) if colon else HTTPS_PORT


def resolve(
    name: str, images: ImagesSpec, environment: Configured[EnvironmentSpec]
) -> ResolvedImage | None:
    """The image that `name` means, or None where it means none.

    A name of images.yaml comes first; else `name` must be a reference that begins with a host. A
    relative repository without any prefix means none.
    """
    entry = images.images.get(name)
    if entry is not None:
        return from_entry(entry, prefix(images, environment))
    match = _REFERENCE.fullmatch(name)
    if match is None or not has_host(match["repository"]):
        return None
    default_user: int = Image.model_fields["user"].default
    return ResolvedImage(match["repository"], match["tag"], match["digest"], default_user, None)


def from_entry(entry: Image, registry: str | None) -> ResolvedImage | None:
    """An entry of images.yaml below a prefix; None where its repository needs one and has none."""
    repository = entry.repository
    if not has_host(repository):
        if registry is None:
            return None
        repository = derived(
            "<registry>/<repository>", f"{registry}/{repository}", registry, repository
        )
    return ResolvedImage(repository, entry.tag, entry.digest, entry.user, entry)

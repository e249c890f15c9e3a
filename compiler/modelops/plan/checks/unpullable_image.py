"""IMG006: an image from a registry that wants a login, and nothing to log in with."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import img
from modelops.model.cluster import Provider
from modelops.plan.facts.image_compatibility import IDENTITY_REGISTRIES, PUBLIC_REGISTRIES
from modelops.plan.images import ResolvedImage, has_host, resolve
from modelops.plan.parts import Part
from modelops.plan.scope import AnyScope
from modelops.provenance import Span


def unpullable_image(scope: AnyScope) -> Iterator[Diagnostic]:
    """Warn once for each registry; whether an image is public cannot be seen from here."""
    if scope.environment.spec.registry.pull_secret is not None:
        return
    images, environment = scope.images.spec, scope.environment
    told: set[str] = set()
    for part in scope.parts:
        image = resolve(part.image, images, environment)
        host = image.repository.partition("/")[0] if image else ""
        if image is not None and host not in told and not _open(scope, host):
            told.add(host)
            yield scope.breach(
                img.IMG006,
                f"images come from {host}, and {scope.environment.name} has no Secret to pull them "
                "with",
                _place(scope, part, image),
                "add `registry: {pullSecret: {name: …, existing: true}}` to the environment\n"
                'or accept it in the workspace: `accept: {IMG006: "the images are public"}`',
            )


def _open(scope: AnyScope, host: str) -> bool:
    """Whether nodes can pull from there without a Secret."""
    by_identity = scope.cluster.provider is Provider.AKS and host.endswith(IDENTITY_REGISTRIES)
    return host in PUBLIC_REGISTRIES or by_identity


def _place(scope: AnyScope, part: Part, image: ResolvedImage) -> Span:
    """Where the registry is written."""
    images = scope.images
    if image.entry is None:
        return scope.at(*part.image_at)
    if has_host(image.entry.repository):
        return images.at("images", part.image, "repository")
    if scope.environment.spec.registry.prefix is not None:
        return scope.environment.at("registry", "prefix")
    return images.at("registry")

"""IMG002: an image that is not in images.yaml, has no registry, or is an example's placeholder."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import img
from modelops.plan.images import ResolvedImage, resolve
from modelops.plan.parts import Part
from modelops.plan.scope import AnyScope

PLACEHOLDER_COMPONENTS = frozenset({"you", "your-org", "example"})
"""What documentation writes where the name of an organisation belongs."""


def unknown_image(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse images that nothing can pull."""
    images, environment = scope.images.spec, scope.environment
    for part in scope.parts:
        name = part.image
        image = resolve(name, images, environment)
        if image is not None and _placeholder(image):
            yield _placeholder_breach(scope, part, name, image)
        elif image is None and name in images.images:
            yield _breach(
                scope,
                part,
                name,
                "has a relative repository, and neither `registry` in images.yaml nor the "
                "environment's `registry.prefix` says of which registry",
                "set one of the two, or begin the repository with its host",
            )
        elif image is None:
            yield _breach(
                scope,
                part,
                name,
                "is neither in images.yaml nor a full reference",
                f"{did_you_mean(name, images.images)}\n"
                "or write a reference that begins with its registry, such as docker.io/library/…",
            )


def _breach(scope: AnyScope, part: Part, name: str, what: str, remedy: str) -> Diagnostic:
    return scope.breach(
        img.IMG002, f"the image `{name}` {what}", scope.at(*part.image_at), remedy.lstrip("\n")
    )


def _placeholder_breach(scope: AnyScope, part: Part, name: str, image: ResolvedImage) -> Diagnostic:
    """At the entry of images.yaml where there is one: the mistake is written once."""
    images = scope.images
    field = "digest" if "digest" in _placeholder(image) else "repository"
    at = scope.at(*part.image_at) if image.entry is None else images.at("images", name, field)
    what = f"the image `{name}` {_placeholder(image)}"
    return scope.breach(img.IMG002, what, at, "put the real one")


def _placeholder(image: ResolvedImage) -> str:
    """What is a placeholder in it; empty where nothing is."""
    if PLACEHOLDER_COMPONENTS & set(image.repository.split("/")):
        return f"is a placeholder: {image.repository}"
    if image.digest is not None and set(image.digest.removeprefix("sha256:")) == {"0"}:
        return "has a digest of nothing but zeros, which no image has"
    return ""

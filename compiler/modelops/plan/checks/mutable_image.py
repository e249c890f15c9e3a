"""IMG001: an image that can become another one without a commit."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Severity
from modelops.diagnostics.rulebook import img
from modelops.plan.bootstrap_image import bootstrap_image
from modelops.plan.images import ResolvedImage, resolve
from modelops.plan.pull_secret import shell_image
from modelops.plan.scope import AnyScope

_ACCEPT = '\nor accept it in the file: `accept: {IMG001: "why it is fine"}`'


def mutable_image(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse in production, and warn elsewhere, of an image without a digest."""
    images = scope.images
    named = [(part.image, part.image_at) for part in scope.parts]
    beside = [(name, ()) for name in (shell_image(scope), bootstrap_image(scope)) if name]
    for name, path in (*named, *beside):
        image = resolve(name, images.spec, scope.environment)
        if image is None or image.digest is not None:
            continue
        entry = image.entry is not None
        yield scope.breach(
            img.IMG001,
            f"the image `{name}` {_told(image)}",
            images.at_key("images", name) if entry else scope.at(*path),
            f"add its digest: `docker buildx imagetools inspect {image.plan.reference}` shows it"
            + (_ACCEPT if img.IMG001.severity_in(scope.tier) is Severity.WARNING else ""),
        )


def _told(image: ResolvedImage) -> str:
    if image.tag is None:
        return "has neither tag nor digest: what runs is whatever `latest` is that day"
    if image.tag == "latest":
        return "is `latest`: two pods may run two versions"
    return f"is pinned by its tag `{image.tag}` alone: a tag can be moved"

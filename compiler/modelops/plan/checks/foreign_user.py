"""IMG008: an image that is run as another user than it was built for."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import img
from modelops.model import Configuration
from modelops.model.images import Image
from modelops.plan.facts.image_compatibility import ALPINE, KNOWN_USERS


def foreign_user(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse users that differ from what is known of an image."""
    images = configuration.images
    for name, image in images.spec.images.items():
        known = _known(image)
        if known is not None and known != image.user:
            yield Diagnostic(
                img.IMG008,
                f"the image `{name}` is run as user {image.user}, and {_told(image)} is built for "
                f"user {known}",
                images.at("images", name, "user"),
                f"set `user: {known}`",
            )


def _known(image: Image) -> int | None:
    """The user that an image is built for, where its name tells."""
    row = KNOWN_USERS.get(image.repository)
    if row is None or (image.tag is None and row.user != row.on_alpine):
        return None
    return row.on_alpine if ALPINE in (image.tag or "") else row.user


def _told(image: Image) -> str:
    return f"{image.repository}:{image.tag}" if image.tag else image.repository

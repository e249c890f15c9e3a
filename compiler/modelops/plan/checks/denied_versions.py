"""IMG004: an image with versions of Python and Dask that do not work together."""

import re
from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import img
from modelops.model import Configuration
from modelops.model.images import Image
from modelops.plan.facts.image_compatibility import DENIED, Denied, Version


def denied_versions(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse every image that states such a pair, whether it is used or not."""
    images = configuration.images
    for name, image in images.spec.images.items():
        for denied in DENIED:
            if _holds(image, denied):
                version = image.packages[denied.package]
                yield Diagnostic(
                    img.IMG004,
                    f"the image `{name}` has Python {image.python} and {denied.package} {version}: "
                    "such workers accept tasks and never run one",
                    images.at("images", name, "packages", denied.package),
                    f"take {denied.package} after {_text(denied.last)}, or Python before "
                    f"{_text(denied.python)}",
                    notes=(Note(images.at("images", name, "python"), "the Python"),),
                )


def _holds(image: Image, denied: Denied) -> bool:
    package = _version(image.packages.get(denied.package, ""))
    python = _version(image.python or "")
    return bool(package) and python >= denied.python and package[: len(denied.last)] <= denied.last


def _version(text: str) -> Version:
    """The numbers that a version begins with; none where it begins otherwise."""
    match = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def _text(version: Version) -> str:
    return ".".join(map(str, version))

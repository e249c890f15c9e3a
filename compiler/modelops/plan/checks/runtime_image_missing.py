"""IMG002: Secrets that a service has made, and no image that could make them."""

from collections.abc import Iterator

from modelops import names
from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import img
from modelops.model.environment import SecretProvider
from modelops.plan.images import resolve
from modelops.plan.scope import ServiceScope
from modelops.plan.service import RUNTIME_IMAGE

IMAGES = (names.TOOLS_IMAGE, RUNTIME_IMAGE)
"""Either of them can."""


def runtime_image_missing(scope: ServiceScope) -> Iterator[Diagnostic]:
    """Refuse generated Secrets where images.yaml has no image that carries the runtime."""
    environment = scope.environment
    by_job = environment.spec.secrets.provider is SecretProvider.GENERATE
    made = [name for name, secret in sorted(scope.spec.secrets.items()) if secret.generate]
    known = (resolve(name, scope.images.spec, environment) for name in IMAGES)
    if by_job and made and not any(known):
        yield scope.breach(
            img.IMG002,
            f"the Secret `{made[0]}` is made by a Job of the image `{names.TOOLS_IMAGE}`, which is "
            "not in images.yaml",
            scope.unit.at_key("secrets", made[0]),
            f"add `{names.TOOLS_IMAGE}`, an image with the runtime, to images.yaml",
        )

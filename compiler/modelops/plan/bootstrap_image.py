"""Which image makes the Secrets of a unit, where images.yaml has one for that.

A scope comes in; the image's name leaves, for the checks that look at every image in use.
"""

from modelops.model.environment import SecretProvider
from modelops.plan.scope import AnyScope, RunScope
from modelops.plan.secrets import generated_secrets, tools_image
from modelops.plan.store import generated as of_store


def bootstrap_image(scope: AnyScope) -> str | None:
    """The image; None where no Job makes a Secret here, or one of the unit's own images does."""
    made = generated_secrets(scope) or (of_store(scope) if isinstance(scope, RunScope) else ())
    by_job = scope.environment.spec.secrets.provider is SecretProvider.GENERATE
    return tools_image(scope) if by_job and made else None

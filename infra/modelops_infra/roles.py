"""Part of the program: rights, each given under a name that follows from what it is.

A role assignment's name is a GUID. Left to itself the provider makes one up, and another one the
next time.
"""

from uuid import UUID, uuid5

import pulumi
from pulumi_azure_native import authorization

from modelops_infra.shapes import Inputs

NAMES = UUID("6f6c2d5a-5a4e-4d0c-9d2e-6d6f64656c6f")
"""The name space of these GUIDs: ours, and never changed."""

ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
VAULT_SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
"""Azure's built-in roles, by their ids; the same in every tenant."""


def granted(
    inputs: Inputs,
    what: str,
    role: str,
    principal: pulumi.Input[str],
    scope: pulumi.Input[str],
    *,
    subscription: str | None = None,
) -> authorization.RoleAssignment:
    """The right of a principal, on a scope.

    Args:
        inputs: of the environment.
        what: names it in the program: the same words give the same right.
        role: the id of a built-in role.
        principal: the object id of an identity.
        scope: the id of a resource.
        subscription: of the resource, where it is another one than the environment's.
    """
    name = uuid5(NAMES, f"{inputs.subscription_id}/{inputs.environment}/{what}")
    return authorization.RoleAssignment(
        what,
        role_assignment_name=str(name),
        principal_id=principal,
        principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        role_definition_id=(
            f"/subscriptions/{subscription or inputs.subscription_id}"
            f"/providers/Microsoft.Authorization/roleDefinitions/{role}"
        ),
        scope=scope,
        # A right cannot be changed, and two of one name cannot be there at once.
        opts=pulumi.ResourceOptions(delete_before_replace=True),
    )

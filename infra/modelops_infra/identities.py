"""Part of the program: identities of pods: who logs in as what, and what that may do."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import dbforpostgresql, managedidentity

from modelops_infra.roles import BLOB_CONTRIBUTOR, VAULT_SECRETS_USER, granted
from modelops_infra.shapes import Identity, Inputs

AUDIENCE = "api://AzureADTokenExchange"
"""Whom a token of the cluster is for that Entra takes."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What identities may be given rights on: ids; None where there is none."""

    storage: pulumi.Output[str] | None
    vault: pulumi.Output[str] | None
    postgres: dbforpostgresql.Server | None


def identities(
    inputs: Inputs, group: pulumi.Input[str], issuer: pulumi.Input[str], given: Resources
) -> Mapping[str, managedidentity.UserAssignedIdentity]:
    """Every identity, by its name."""
    return {each.name: _identity(inputs, each, group, issuer, given) for each in inputs.identities}


def _identity(
    inputs: Inputs,
    wanted: Identity,
    group: pulumi.Input[str],
    issuer: pulumi.Input[str],
    given: Resources,
) -> managedidentity.UserAssignedIdentity:
    made = managedidentity.UserAssignedIdentity(
        f"identity-{wanted.purpose}",
        resource_name_=wanted.name,
        resource_group_name=group,
        location=inputs.location,
        tags=inputs.tags,
    )
    _credentials(wanted, group, issuer, made)
    _rights(inputs, wanted, made, group, given)
    return made


def _credentials(
    wanted: Identity,
    group: pulumi.Input[str],
    issuer: pulumi.Input[str],
    made: managedidentity.UserAssignedIdentity,
) -> None:
    """One after the other: Azure refuses two changes of one identity at a time."""
    before: list[pulumi.Resource] = []
    for each in wanted.credentials:
        credential = managedidentity.FederatedIdentityCredential(
            f"identity-{wanted.purpose}-{each.name}",
            federated_identity_credential_resource_name=each.name,
            resource_name_=made.name,
            resource_group_name=group,
            issuer=issuer,
            subject=f"system:serviceaccount:{each.namespace}:{each.service_account}",
            audiences=[AUDIENCE],
            opts=pulumi.ResourceOptions(depends_on=list(before)),
        )
        before = [credential]


def _rights(
    inputs: Inputs,
    wanted: Identity,
    made: managedidentity.UserAssignedIdentity,
    group: pulumi.Input[str],
    given: Resources,
) -> None:
    """What an identity of this purpose may do; a purpose without its resource gives none."""
    what = f"identity-{wanted.purpose}-rights"
    match wanted.purpose:
        case "results" if given.storage is not None:
            granted(inputs, what, BLOB_CONTRIBUTOR, made.principal_id, given.storage)
        case "secrets" if given.vault is not None:
            granted(inputs, what, VAULT_SECRETS_USER, made.principal_id, given.vault)
        case "store" if given.postgres is not None:
            dbforpostgresql.Administrator(
                what,
                object_id=made.principal_id,
                principal_name=made.name,
                principal_type=dbforpostgresql.PrincipalType.SERVICE_PRINCIPAL,
                server_name=given.postgres.name,
                resource_group_name=group,
                tenant_id=inputs.tenant_id,
            )

"""The kind CloudFacts: what only Azure knows of an environment, and answered when it was made.

Nobody writes these by hand: `modelops cloud import` does, from the outputs of the program in
`infra/`. Whether they are those of the environment as it is described now is judged by `plan`.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from modelops.diagnostics.rulebook import azr
from modelops.model.azure import (
    GUID,
    AccountName,
    ClusterName,
    GroupName,
    Location,
)
from modelops.model.fields import FrozenMap, HostName, Spec, refuse


def _answered(value: str) -> str:
    if GUID.fullmatch(value) is None or not value.strip("0-"):
        refuse(
            azr.AZR004,
            f"`{value}` is no id that Azure gives",
            "take it over from the stack again: `modelops cloud import`",
        )
    return value


Id = Annotated[
    str,
    AfterValidator(_answered),
    WithJsonSchema({"type": "string", "pattern": f"^{GUID.pattern}$"}),
]
"""An id that Azure gave, in lower case."""

Address = Annotated[
    str,
    StringConstraints(
        pattern=r"^https://[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+(/[A-Za-z0-9._-]+)*/?$",
        max_length=2048,
    ),
]
"""Where something answers, by HTTPS and nothing else."""

IdentityName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$")]


class CloudIdentity(Spec):
    """A managed identity, as others have to name it."""

    client_id: Id = Field(description="What pods that log in as it are given.")
    principal_id: Id = Field(description="What rights are given to.")


class CloudFactsSpec(Spec):
    """What Azure answered when an environment was made; written by `modelops cloud import`."""

    subscription_id: Id = Field(description="Where everything was made.")
    tenant_id: Id = Field(description="Who may log in.")
    location: Location = Field(description="The region.")
    resource_group: GroupName = Field(description="The group of everything.")
    cluster_name: ClusterName = Field(description="The cluster.")
    oidc_issuer: Address = Field(description="Who vouches for the cluster's service accounts.")
    kubelet_object_id: Id = Field(description="Who the nodes are when they pull images.")
    registry_login_server: HostName | None = Field(
        None, description="The host of the registry; absent: there is none."
    )
    storage_account: AccountName | None = Field(
        None, description="The storage account; absent: there is none."
    )
    blob_endpoint: Address | None = Field(None, description="Where that account keeps blobs.")
    key_vault_uri: Address | None = Field(
        None, description="Where the key vault answers; absent: there is none."
    )
    postgres_host: HostName | None = Field(
        None, description="The host of the Flexible Server; absent: there is none."
    )
    identities: FrozenMap[IdentityName, CloudIdentity] = Field(
        description="The identities of pods, by name."
    )

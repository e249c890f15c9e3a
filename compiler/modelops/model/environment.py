"""Kind Environment: one cluster's worth of settings that its workspaces share."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from modelops.diagnostics import Tier
from modelops.diagnostics.rulebook import cfg
from modelops.model.azure import Azure
from modelops.model.cluster import Cluster
from modelops.model.fields import Duration, Name, Namespace, ObjectName, Spec, Text, refuse
from modelops.model.images import Repository
from modelops.model.layers import LayerSpecs
from modelops.model.secrets import External


class PullSecret(Spec):
    """The Secret that images are pulled with, in every namespace that pulls: one of the two."""

    name: ObjectName = Field(description="The Secret's name.")
    existing: Literal[True] | None = Field(
        None,
        description="Someone else makes it in every namespace: `kubectl create secret "
        "docker-registry`. A Job waits for it.",
    )
    external: External | None = Field(
        None, description="Its content, a docker config.json, fetched from an external store."
    )


def _one_way(secret: PullSecret) -> PullSecret:
    if bool(secret.existing) == bool(secret.external):
        refuse(
            cfg.CFG011,
            f"nothing says how the pull secret `{secret.name}` comes to be"
            if secret.external is None
            else f"the pull secret `{secret.name}` comes to be in two ways",
            "keep one of `existing: true` and `external: {key: …}`",
        )
    return secret


class Registry(Spec):
    """Where relative image repositories are, and how they are pulled."""

    prefix: Repository | None = Field(
        None, description="Prefix of relative repositories; absent: the one of images.yaml."
    )
    pull_secret: Annotated[PullSecret, AfterValidator(_one_way)] | None = Field(
        None, description="Absent: images are public, or nodes pull by their own identity."
    )


GitUrl = Annotated[
    str,
    StringConstraints(pattern=r"^(https://[^\s@/]+(/\S*)?|ssh://([A-Za-z0-9._-]+@)?[^\s@/]+/\S+)$"),
]


class Flux(Spec):
    """How the cluster reads this repository."""

    namespace: Namespace = Field(
        "modelops-system", description="Where Flux's objects for this environment live."
    )
    source: ObjectName = Field("modelops", description="The GitRepository's name.")
    url: GitUrl = Field(description="The repository that the cluster reads.")
    branch: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/-]{1,200}$")] = Field(
        "main", description="The branch that the cluster follows."
    )
    secret: ObjectName | None = Field(
        None,
        description="A Secret in `namespace`, which somebody makes, with the login of the "
        "repository; absent: everybody may read it.",
    )
    interval: Duration = Field(
        "1h", validate_default=True, description="How often drift is mended."
    )
    service_account: ObjectName = Field(
        "flux-applier", description="Who applies: an account in `namespace`."
    )


class SecretProvider(StrEnum):
    """Who makes `generate` secrets."""

    GENERATE = "generate"
    EXTERNAL_SECRETS = "externalSecrets"


class Secrets(Spec):
    """How secrets come to be in this environment."""

    provider: SecretProvider = Field(
        SecretProvider.GENERATE,
        description="generate: a Job makes them once in the cluster | externalSecrets: External "
        "Secrets does.",
    )
    store: ObjectName | None = Field(
        None, description="The ClusterSecretStore of `external` secrets that name none."
    )


class EnvironmentSpec(Spec):
    """One environment."""

    description: Text = Field("", description="For people.")
    tier: Tier = Field(
        Tier.DEVELOPMENT,
        description="development | staging | production: decides which warnings are errors.",
    )
    profiles: tuple[Name, ...] = Field((), description="The profiles of files that name none.")
    cluster: Cluster = Field(description="The cluster it lives on.")
    registry: Registry = Field(default_factory=Registry, description="Where images come from.")
    flux: Flux = Field(description="How the cluster reads this repository.")
    secrets: Secrets = Field(default_factory=Secrets, description="How secrets come to be.")
    azure: Azure | None = Field(
        None,
        description="What the cluster stands on, made by the program in infra/; absent: somebody "
        "else makes it.",
    )
    defaults: LayerSpecs = Field(
        default_factory=LayerSpecs, description="The environment's layer of other kinds."
    )

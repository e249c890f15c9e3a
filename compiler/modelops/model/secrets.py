"""Variables of containers and the Secrets of a unit: never a value, only where one comes from."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from modelops.diagnostics.rulebook import cfg
from modelops.model.fields import EnvName, FrozenMap, Name, ObjectName, SourceText, Spec, refuse

KeyName = Annotated[str, StringConstraints(pattern=r"^[-._a-zA-Z0-9]{1,253}$")]
"""A key of a Secret."""

EnvText = FrozenMap[EnvName, SourceText]
"""Environment variables; what was typed stays what it was."""


class SecretKey(Spec):
    """One key of one Secret of the unit."""

    secret: ObjectName = Field(description="A name under `secrets`.")
    key: KeyName = Field(description="The key inside it.")


SecretEnv = FrozenMap[EnvName, SecretKey]
"""Environment variables read from Secrets of the unit."""


class External(Spec):
    """A value in an external store, fetched by External Secrets."""

    store: ObjectName | None = Field(
        None, description="A ClusterSecretStore; absent: the environment's secrets.store."
    )
    key: Name = Field(description="The value's name in the store, and its key in the Secret.")


class Secret(Spec):
    """How one Secret comes to be: exactly one of the three."""

    generate: tuple[KeyName, ...] = Field(
        (), description="Keys whose random values are made once, in the cluster."
    )
    external: External | None = Field(None, description="Fetched from an external store.")
    existing: Literal[True] | None = Field(None, description="Someone else makes it.")


def _one_way(secret: Secret) -> Secret:
    ways = bool(secret.generate) + bool(secret.external) + bool(secret.existing)
    if ways != 1:
        refuse(
            cfg.CFG011,
            f"a secret comes to be in exactly one way, and this one has {ways}",
            "keep one of `generate: [KEY]`, `external: {key: …}` and `existing: true`",
        )
    return secret


Secrets = FrozenMap[ObjectName, Annotated[Secret, AfterValidator(_one_way)]]
"""Every Secret that a unit needs, by name."""

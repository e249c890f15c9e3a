"""The store of a run: where its trials are kept."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from modelops.diagnostics.rulebook import cfg
from modelops.model.fields import Bytes, Flag, ObjectName, Port, Positive, Spec, refuse


class StoreKind(StrEnum):
    """What keeps the trials of a run."""

    POSTGRES = "postgres"
    NONE = "none"


class StoreMode(StrEnum):
    """Who runs the Postgres."""

    IN_CLUSTER = "inCluster"
    CLOUD_NATIVE_PG = "cloudNativePg"
    AZURE_FLEXIBLE = "azureFlexible"
    EXTERNAL = "external"


class SslMode(StrEnum):
    """What a client demands of the connection (libpq's sslmode)."""

    DISABLE = "disable"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


class PostgresVersion(StrEnum):
    """The major versions of Postgres that a store can be."""

    V15 = "15"
    V16 = "16"
    V17 = "17"
    V18 = "18"


Cron = Annotated[
    str,
    StringConstraints(
        pattern=r"^(@(hourly|daily|weekly|monthly|yearly)|[0-9A-Z*/,?-]+( [0-9A-Z*/,?-]+){4})$"
    ),
]
"""Five fields, or one of the names (robfig/cron v3); checked in full by the cluster."""

_LONGEST_NAME = 63


def _sql_name(value: str) -> str:
    size = len(value.encode())
    if size > _LONGEST_NAME:
        refuse(
            cfg.CFG011,
            f"`{value}` has {size} bytes, and Postgres cuts names after {_LONGEST_NAME}",
            "shorten it: letters beyond ASCII are several bytes",
        )
    if not value.isprintable():
        refuse(cfg.CFG011, "the name has characters that nobody can see", "write it without them")
    return value


SqlName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=_LONGEST_NAME),
    AfterValidator(_sql_name),
]
"""A database or a role: any text that Postgres does not cut."""


class Backup(Spec):
    """Dumps of the database, on a volume of their own."""

    schedule: Cron = Field("0 3 * * *", description="When, as five fields of cron, in UTC.")
    keep: Annotated[Positive, Field(le=1000)] = Field(7, description="How many dumps are kept.")


class Store(Spec):
    """Where the trials of a run are kept."""

    kind: StoreKind = Field(
        StoreKind.POSTGRES, description="postgres | none: in the memory of the one worker."
    )
    mode: StoreMode = Field(
        StoreMode.IN_CLUSTER,
        description="inCluster: a StatefulSet | cloudNativePg: the operator's Cluster | "
        "azureFlexible: the environment's `azure.postgres`, without passwords | external: one that "
        "exists.",
    )
    version: PostgresVersion = Field(
        PostgresVersion.V17, description='The major version: "15" to "18", quoted.'
    )
    size: Bytes = Field("10Gi", validate_default=True, description="The volume's size.")
    storage_class: ObjectName | None = Field(
        None, description="Absent: storageClasses.retained where it is retained, else standard."
    )
    database: SqlName = Field("optuna", description="The database.")
    user: SqlName = Field("optuna_user", description="The role that owns the database.")
    retain: Flag = Field(default=True, description="Whether the data outlives the file.")
    backup: Backup | None = Field(None, description="Absent: no dumps.")
    host: ObjectName | None = Field(None, description="With mode external: where it listens.")
    port: Port = Field(5432, description="With mode external: the port.")
    secret: ObjectName | None = Field(
        None, description="With mode external: a name under `secrets` with a key `password`."
    )
    sslmode: SslMode = Field(
        SslMode.REQUIRE, description="With mode external: disable | require | verify-ca | …-full."
    )

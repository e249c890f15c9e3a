"""Where Postgres' own image keeps its data, what it keeps to itself, and how many it lets in.

As of 2026-11-20. Source: docker-library/postgres (from 18 on the volume is one folder higher, and
the old mount point is an error); PostgreSQL 17, runtime-config-connection, libpq-envars and CREATE
ROLE; CloudNativePG 1.30, docs/src/security.md and networking.md; Azure Database for PostgreSQL,
limits of the flexible server and its server parameters.
"""

import re

from modelops.model.store import PostgresVersion, StoreMode

PORT = 5432
ADMIN = "postgres"

DIRECTORY = {
    PostgresVersion.V15: "/var/lib/postgresql/data",
    PostgresVersion.V16: "/var/lib/postgresql/data",
    PostgresVersion.V17: "/var/lib/postgresql/data",
    PostgresVersion.V18: "/var/lib/postgresql",
}
"""Where the volume is mounted."""

DATA = {
    PostgresVersion.V15: "/var/lib/postgresql/data/pgdata",
    PostgresVersion.V16: "/var/lib/postgresql/data/pgdata",
    PostgresVersion.V17: "/var/lib/postgresql/data/pgdata",
    PostgresVersion.V18: "/var/lib/postgresql/18/docker",
}
"""PGDATA: below the mount, because the root of a disk holds `lost+found` and initdb refuses it."""

SOCKET_DIRECTORY = "/var/run/postgresql"
SHARED_MEMORY = "/dev/shm"  # noqa: S108 -- in the container, where Postgres looks for it

MAX_CONNECTIONS = 200
"""Of a Postgres of ours."""

CONNECTIONS = {
    StoreMode.IN_CLUSTER: MAX_CONNECTIONS,
    StoreMode.CLOUD_NATIVE_PG: 100,
    StoreMode.EXTERNAL: 100,
}
"""`max_connections`: where we do not set it, Postgres' own default."""

FLEXIBLE_KEPT = 15
"""Connections that a Flexible Server of Azure keeps for itself."""

_FLEXIBLE_SMALL = {"B_Standard_B1ms": 50, "B_Standard_B2s": 429}
_FLEXIBLE_BY_GIB = {8: 859, 16: 1718, 32: 3437, 48: 5000}
_GIB_PER_CPU = {"B": 4, "GP": 4, "MO": 8}
_CPUS = re.compile(r"_Standard_[A-Z]+(\d+)")


def flexible_connections(sku: str) -> int:
    """`max_connections` of a Flexible Server of this size: by its memory, but for the smallest."""
    if sku in _FLEXIBLE_SMALL:
        return _FLEXIBLE_SMALL[sku]
    tier, cpus = sku.partition("_")[0], _CPUS.search(sku)
    memory = _GIB_PER_CPU[tier] * int(cpus[1]) if cpus else 0
    known = (most for gib, most in _FLEXIBLE_BY_GIB.items() if gib <= memory)
    return max(known, default=min(_FLEXIBLE_SMALL.values()))


RESERVED_CONNECTIONS = 10
"""Those that Postgres keeps for its administrator, those of the Jobs around it, and a person's."""

WORKER_CONNECTIONS = 3
"""What one worker of a run may open: one that it keeps, and two for moments."""

VARIABLES = frozenset(
    {
        "PGDATABASE",
        "PGHOST",
        "PGHOSTADDR",
        "PGPASSFILE",
        "PGPASSWORD",
        "PGPORT",
        "PGSERVICE",
        "PGSSLMODE",
        "PGUSER",
    }
)
"""By which clients find and enter a database (libpq)."""

RESERVED_ROLES = frozenset({ADMIN, "none", "public"})
RESERVED_PREFIX = "pg_"
RESERVED_DATABASES = frozenset({"postgres", "template0", "template1"})
FLEXIBLE_DATABASES = frozenset({"azure_maintenance", "azure_sys"})
"""Further ones, of Azure's servers."""

OPERATOR_NAMESPACE = "cnpg-system"
OPERATOR_POD_LABELS = {"app.kubernetes.io/name": "cloudnative-pg"}
STATUS_PORT = 8000
"""Where the operator asks each pod how it is."""

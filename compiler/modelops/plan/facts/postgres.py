"""Where Postgres' own image keeps its data, and what CloudNativePG needs of the network.

As of 2026-11-20. Source: docker-library/postgres (from 18 on the volume is one folder higher, and
the old mount point is an error); CloudNativePG 1.30, docs/src/security.md and networking.md.
"""

from modelops.model.store import PostgresVersion

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

OPERATOR_NAMESPACE = "cnpg-system"
OPERATOR_POD_LABELS = {"app.kubernetes.io/name": "cloudnative-pg"}
STATUS_PORT = 8000
"""Where the operator asks each pod how it is."""

"""A Postgres that lets in whoever shows the last token that Entra ID gave, and nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import LiteralString

from psycopg import sql
from tests.runtime import postgres_store
from tests.runtime.entra_server import Entra
from tests.store.postgres import Server

from modelops_runtime.central_store.connection import Settings, settings
from modelops_runtime.central_store.login import LOGIN

NUMBERS = count(1)


@dataclass(frozen=True)
class Door:
    """A role that enters with tokens, and what a pod finds that is to enter as it.

    Attributes:
        server: which keeps it.
        entra: whose tokens they are.
        variables: of the pod.
    """

    server: Server
    entra: Entra
    variables: dict[str, str]

    @property
    def settings(self) -> Settings:
        """As the pod has them: they keep the tokens of a process."""
        return settings(self.variables)

    @property
    def user(self) -> str:
        """The role's name."""
        return self.variables["PGUSER"]

    def change(self, token: str) -> None:
        """Let nobody in any more but who shows this one."""
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        with postgres_store.admin(self.server) as connection:
            connection.execute(statement.format(sql.Identifier(self.user), sql.Literal(token)))

    def renew(self) -> None:
        """Let tokens be good for a moment only: each connection has to show another one."""
        self.entra.state.expires_in = 0


@contextmanager
def door(
    server: Server, database: Settings, entra: Entra, attributes: LiteralString = "NOCREATEDB"
) -> Iterator[Door]:
    """Within: one more role may enter a database as its owner may."""
    user = f"id-sh@red/store {next(NUMBERS)}"
    statement = sql.SQL("CREATE ROLE {} LOGIN {} IN ROLE {}").format(
        sql.Identifier(user), sql.SQL(attributes), sql.Identifier(database.user)
    )
    with postgres_store.admin(server) as connection:
        connection.execute(statement)
    variables = {**postgres_store.environment(database), **entra.variables}
    variables |= {"PGUSER": user, "PGPASSWORD": "not this one", LOGIN: "entra"}
    made = Door(server, entra, variables)
    entra.state.on_token = made.change
    yield made

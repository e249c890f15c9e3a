"""Part of `central_store`: what a server is shown by whoever enters.

A password stays as it is. A token of Entra is good for an hour or so, and the server looks at it
when somebody enters and not later: so each new connection asks for one, and the login behind it
keeps a token as long as it is good.
"""

import psycopg

from modelops_runtime.azure_login.refusal import NO_SUCH_CREDENTIAL, LoginRefused
from modelops_runtime.azure_login.workload import WorkloadLogin

LOGIN = "MODELOPS_STORE_LOGIN"
"""The variable with one of the words of `StoreLogin`."""

SCOPE = "https://ossrdbms-aad.database.windows.net/.default"
"""Of Azure's databases for Postgres and MySQL:
https://learn.microsoft.com/azure/postgresql/flexible-server/how-to-configure-sign-in-azure-ad-authentication."""


class NoToken(psycopg.OperationalError):
    """There is nothing to enter with; for whoever connects the same as a server that is not there.

    Attributes:
        passes: whether there may be a token later, with nothing changed here.
    """

    def __init__(self, error: LoginRefused) -> None:
        """Take what the login said."""
        super().__init__(str(error))
        # A credential is made while the pods that need it are, and known some minutes later.
        self.passes = error.passes or error.code in NO_SUCH_CREDENTIAL


def token(login: WorkloadLogin) -> str:
    """What is shown instead of a password, now.

    Raises:
        NoToken: there is none.
    """
    try:
        return login.get_token(SCOPE).token
    except LoginRefused as error:
        raise NoToken(error) from error

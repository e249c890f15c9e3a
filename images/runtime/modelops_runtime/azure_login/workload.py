"""Part of `azure_login`: the login of a pod, by the workload identity of AKS.

A webhook gives the pod the variables below, and a file with a token of its service account, which
the kubelet renews. Entra ID exchanges that for tokens of the identity, one for each resource:
https://learn.microsoft.com/azure/aks/workload-identity-overview.

The extra `azure` is imported when a login is made, and not before.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelops_runtime.azure_login.refusal import Answer, LoginRefused, refused

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from azure.core.exceptions import AzureError
    from azure.identity import ClientAssertionCredential

CLIENT = "AZURE_CLIENT_ID"
TENANT = "AZURE_TENANT_ID"
TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE"  # noqa: S105 -- the name of a variable
AUTHORITY = "AZURE_AUTHORITY_HOST"

TIMEOUT = 10.0
"""Seconds until a silent connection to Entra ID is given up."""

LOUD = {
    "azure.core.pipeline.policies.http_logging_policy": logging.WARNING,
    "azure.identity": logging.ERROR,
}
"""Loggers with lines for every request, and the level from which they are heard."""


class NoWorkloadIdentity(ValueError):  # noqa: N818 -- named for what is so, as its message says it
    """The pod cannot log in to Azure; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class WorkloadLogin:
    """Gets tokens, keeps them, and renews them in time; for any number of threads.

    It is what Azure's packages call a `TokenCredential`.

    Attributes:
        client: the identity's client id.
        file: with the token of the service account.
    """

    client: str
    file: Path
    _credential: "ClientAssertionCredential"

    def get_token(self, *scopes: str, **options: Any) -> "AccessToken":  # noqa: ANN401 -- Azure's
        """A token for the scopes, such as `https://storage.azure.com/.default`.

        Raises:
            LoginRefused: there is none.
        """
        from azure.core.exceptions import AzureError  # noqa: PLC0415 -- of the extra `azure`

        try:
            return self._credential.get_token(*scopes, **options)
        except AzureError as error:
            raise refused(_answer(error), self.client, _assertion(self.file)) from error


def workload_login(environment: Mapping[str, str], *, retries: int = 0) -> WorkloadLogin:
    """The login of this pod.

    Args:
        environment: of the process.
        retries: how often Entra ID is asked again at once where it does not answer.

    Raises:
        NoWorkloadIdentity: the pod has none, or it is not set up.
    """
    try:
        from azure.identity import (  # noqa: PLC0415 -- of the extra
            AzureAuthorityHosts,
            ClientAssertionCredential,
        )
    except ImportError as error:
        raise NoWorkloadIdentity(
            f"this image cannot log in to Azure: it lacks the extra `azure` ({error})"
        ) from error
    client, tenant, file = (_variable(environment, name) for name in (CLIENT, TENANT, TOKEN_FILE))
    if not Path(file).is_file():
        raise NoWorkloadIdentity(f"{TOKEN_FILE} is `{file}`: there is no such file")
    for name, level in LOUD.items():
        logging.getLogger(name).setLevel(level)
    try:
        credential = ClientAssertionCredential(
            tenant,
            client,
            lambda: _assertion(Path(file)),
            authority=environment.get(AUTHORITY) or AzureAuthorityHosts.AZURE_PUBLIC_CLOUD,
            retry_total=retries,
            connection_timeout=TIMEOUT,
            read_timeout=TIMEOUT,
        )
    except ValueError as error:
        raise NoWorkloadIdentity(f"{AUTHORITY} is wrong: {error}") from error
    return WorkloadLogin(client, Path(file), credential)


def _variable(environment: Mapping[str, str], name: str) -> str:
    if value := environment.get(name):
        return value
    raise NoWorkloadIdentity(
        f"{name} is not set: AKS sets it in pods with the label `azure.workload.identity/use` whose"
        " service account names a client id, where the cluster has workload identity"
    )


def _assertion(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, ValueError) as error:
        raise LoginRefused(f"the service account's token: {error}", passes=True) from error


def _answer(error: "AzureError") -> Answer:
    response = getattr(error, "response", None)
    return Answer(getattr(response, "status_code", 0) or 0, error.message)

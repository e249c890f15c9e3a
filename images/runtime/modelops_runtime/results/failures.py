"""Part of `results`: why a container of blobs is of no use, and what to do about it."""

from modelops_runtime.azure_login.refusal import LoginRefused

NO_BLOB = "BlobNotFound"
NO_CONTAINER = frozenset({"ContainerNotFound", "ContainerBeingDeleted"})
"""Codes of https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes."""

HTTP_UNAUTHORIZED, HTTP_FORBIDDEN = 401, 403


class ContainerUnusable(OSError):  # noqa: N818 -- named for what is so, as its message says it
    """A container of blobs cannot be read or written; the message says why, and what to do."""


def is_missing(error: Exception) -> bool:
    """Whether all that is wrong is that there is no such blob."""
    return _code(error) == NO_BLOB


def unusable(error: Exception, url: str) -> ContainerUnusable:
    """Why the container with this URL cannot be used."""
    return ContainerUnusable(f"{url}: {_why(error)}")


def _why(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    if isinstance(error, LoginRefused) or status is None:
        return f"{'no login' if isinstance(error, LoginRefused) else 'no answer'}: {error}"
    code = _code(error) or "no code"
    if code in NO_CONTAINER:
        return (
            f"there is no such container ({code}): it is made with the environment's resources in"
            " Azure, where `azure.storage.containers` names it"
        )
    if status in {HTTP_UNAUTHORIZED, HTTP_FORBIDDEN}:
        return (
            f"we are refused ({status} {code}): the workspace's identity needs the role `Storage"
            " Blob Data Contributor` there, which is known some minutes after it was given, and"
            " the account's firewall has to let the cluster's network in"
        )
    return f"the answer is {status} ({code})"


def _code(error: Exception) -> str:
    """Azure's own code: an enumeration's value, or a text that it does not know."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")

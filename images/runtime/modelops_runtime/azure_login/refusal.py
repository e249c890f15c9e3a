"""Part of `azure_login`: why there is no token, and what to do about it."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

CODE = re.compile(r"AADSTS\d+")
"""Of Entra ID: https://learn.microsoft.com/entra/identity-platform/reference-error-codes."""

NO_SUCH_CREDENTIAL = frozenset({"AADSTS70021", "AADSTS700211", "AADSTS700213"})
"""The identity trusts no service account of that issuer and name."""

PASSING = frozenset({"AADSTS90033", "AADSTS700024"})
"""Entra ID is busy; or the pod's own token is too old, which the kubelet renews."""

HTTP_TOO_MANY, HTTP_SERVER_ERROR = 429, 500


class LoginRefused(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """There is no token; the message says why, and what to do.

    Attributes:
        code: Entra ID's, such as AADSTS700213; empty where it gave none.
        passes: whether the same request may succeed another time, with nothing changed.
    """

    def __init__(self, message: str, *, code: str = "", passes: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.passes = passes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came instead of a token.

    Attributes:
        status: of HTTP; 0 where nobody answered, or with nothing that can be read.
        text: what was said.
    """

    status: int
    text: str


def refused(answer: Answer, client: str, assertion: str) -> LoginRefused:
    """Why the identity got no token.

    Args:
        answer: of Entra ID.
        client: the identity's client id.
        assertion: the token of the service account that was shown.
    """
    found = CODE.search(answer.text)
    code = found[0] if found else ""
    passes = (
        code in PASSING or answer.status in {0, HTTP_TOO_MANY} or answer.status >= HTTP_SERVER_ERROR
    )
    return LoginRefused(_message(answer, code, client, assertion), code=code, passes=passes)


def _message(answer: Answer, code: str, client: str, assertion: str) -> str:
    if code in NO_SUCH_CREDENTIAL:
        known = claims(assertion)
        return (
            f"the identity {client} has no federated credential for the subject"
            f" `{known.get('sub', 'unknown')}` of the issuer `{known.get('iss', 'unknown')}`"
            f" ({code}): it is made with the environment's resources in Azure, and known to Entra"
            " ID some minutes later"
        )
    if not answer.status:
        return f"Entra ID does not answer, or not as it should: {answer.text}"
    said = answer.text.partition("Trace ID")[0].strip()
    return f"Entra ID gives the identity {client} no token (status {answer.status}): {said}"


def claims(token: str) -> Mapping[str, object]:
    """What a JSON Web Token says of itself, not verified; nothing where it is none."""
    _, _, rest = token.partition(".")
    payload = rest.partition(".")[0]
    try:
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

"""The command `secret-bootstrap`: arguments and environment come in, an exit code leaves.

The only part of it that reaches the API, waits or logs.
"""

import argparse
import logging
import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.kubernetes_api.client import SERVICE_ACCOUNT, Client, NotInAPod, client
from modelops_runtime.secret_bootstrap.declared import (
    DeclaredSecret,
    declared_secret,
    named_twice,
)
from modelops_runtime.secret_bootstrap.objects import random_value, redacted, secret_object
from modelops_runtime.secret_bootstrap.verdicts import (
    Finding,
    Verdict,
    exit_status,
    is_final,
    of_creation,
    of_existing,
    pauses,
)

NAMESPACE_VARIABLE = "POD_NAMESPACE"
"""Where the pod is told its namespace."""

WAIT, TIMEOUT = 600.0, 10.0
"""Seconds for the whole command, and for one request."""

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Where the Secrets are made, and until when.

    Attributes:
        api: the cluster's API.
        namespace: of all Secrets.
        started: when the command began, on the monotonic clock.
        wait: seconds from then on for which it goes on asking.
    """

    api: Client
    namespace: str
    started: float
    wait: float


def run(arguments: Sequence[str]) -> ExitStatus:
    """Make what is not there yet; each is tried, whatever became of the others."""
    called = parsed(arguments)
    try:
        bootstrap = _bootstrap(called)
        findings = [_ensured(secret, bootstrap) for secret in called.secrets]
    except NotInAPod as error:
        LOG.error(str(error))  # noqa: TRY400 -- the message says it all
        return ExitStatus.WRONG_INVOCATION
    return exit_status(finding.verdict for finding in findings)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, taken apart; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime secret-bootstrap",
        description="Make each declared Secret once, with random values, in the pod's namespace.",
    )
    parser.add_argument(
        "--secret",
        dest="secrets",
        metavar="NAME=KEY[,KEY…]",
        action="append",
        required=True,
        type=_secret,
        help="a Secret that has to be there, and its keys; may be given several times",
    )
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=WAIT,
        metavar="SECONDS",
        help="how long to go on asking an API that does not answer (default: %(default)g)",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=TIMEOUT,
        metavar="SECONDS",
        help="how long to wait for one answer (default: %(default)g)",
    )
    parser.add_argument(
        "--service-account",
        type=Path,
        default=SERVICE_ACCOUNT,
        metavar="FOLDER",
        help="where `token` and `ca.crt` are mounted (default: where Kubernetes does)",
    )
    called = parser.parse_args(arguments)
    if shared := named_twice(called.secrets):
        parser.error(f"declared twice: {', '.join(shared)}")
    return called


def _secret(text: str) -> DeclaredSecret:
    try:
        return declared_secret(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of seconds above zero")
    return seconds


def _bootstrap(called: argparse.Namespace) -> Bootstrap:
    namespace = os.environ.get(NAMESPACE_VARIABLE, "")
    if not namespace:
        raise NotInAPod(f"{NAMESPACE_VARIABLE} names no namespace")
    api = client(os.environ, called.service_account, called.timeout)
    return Bootstrap(api, namespace, time.monotonic(), called.wait)


def _ensured(secret: DeclaredSecret, bootstrap: Bootstrap) -> Finding:
    """What has become of a Secret in the end."""
    for pause in pauses():
        finding = _tried(secret, bootstrap)
        if is_final(finding.verdict, _elapsed(bootstrap) + pause, bootstrap.wait):
            break
        LOG.warning(finding.why, extra={"secret": secret.name, "pause": pause})
        time.sleep(pause)
    level = logging.ERROR if exit_status([finding.verdict]) else logging.INFO
    LOG.log(level, finding.why, extra={"secret": secret.name, "verdict": finding.verdict.value})
    return finding


def _elapsed(bootstrap: Bootstrap) -> float:
    return time.monotonic() - bootstrap.started


def _tried(secret: DeclaredSecret, bootstrap: Bootstrap) -> Finding:
    """Ask once for the Secret to be made, and look at it where it was there before."""
    body = secret_object(secret, bootstrap.namespace, random_value)
    path = f"/api/v1/namespaces/{quote(bootstrap.namespace, safe='')}/secrets"
    finding = of_creation(bootstrap.api.send("POST", path, body))
    if finding.verdict is Verdict.THERE:
        finding = of_existing(bootstrap.api.send("GET", f"{path}/{secret.name}"), secret.keys)
    return Finding(finding.verdict, redacted(finding.why, body))

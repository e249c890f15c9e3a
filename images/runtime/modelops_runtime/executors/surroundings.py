"""Part of `executors`: what of the worker's environment a bundle's code may see.

Code gets what somebody may have meant for it: paths, the language, proxies and certificates, the
numbers of threads, the addresses of services, the context of a workspace, and the variables that a
workspace sets itself. It does not get

- what Kubernetes, Dask, Postgres and this runtime are told: it is not the code's business, and a
  simulation that reads it gives another result elsewhere;
- with what the pod logs in to Azure: as who may replace results;
- what directs an interpreter of Python: it would be meant for the worker's, not for the bundle's;
- what looks like a secret, by its name or by its value. A workspace that means one for its code
  names it in `MODELOPS_MODEL_VARIABLES`, names divided by commas.
"""

import re
from collections.abc import Iterable, Mapping

from modelops_runtime.redaction import names_a_secret, redacted

NAMED = "MODELOPS_MODEL_VARIABLES"
CONTEXT = "MODELOPS_CONTEXT_"

WITHHELD = re.compile(
    r"((MODELOPS|DASK|KUBERNETES|POD|VIRTUAL_ENV|UV|PIP)(_.*)?|PYTHON.*|PG[A-Z]+"
    r"|AZURE_FEDERATED_TOKEN_FILE)\Z"
)

THREADS = ("MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""One each, unless somebody says otherwise: the worker counts a task as one thread, and a sum that
is split another way is another number."""


def allowed(environment: Mapping[str, str]) -> dict[str, str]:
    """What a bundle's code may see of the environment, sorted."""
    named = _named(environment)
    kept = {
        name: value
        for name, value in environment.items()
        if name in named or _harmless(name, value)
    }
    return dict(sorted({**dict.fromkeys(THREADS, "1"), **kept}.items()))


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values in the environment that look like secrets, sorted."""
    named = _named(environment)
    found = {
        value
        for name, value in environment.items()
        if value and (names_a_secret(name) or (name in named and not _harmless(name, value)))
    }
    return tuple(sorted(found))


def _named(environment: Mapping[str, str]) -> frozenset[str]:
    names: Iterable[str] = environment.get(NAMED, "").split(",")
    return frozenset(name.strip() for name in names)


def _harmless(name: str, value: str) -> bool:
    if name.startswith(CONTEXT):
        return True
    return not (WITHHELD.match(name) or names_a_secret(name) or redacted(value, ()) != value)

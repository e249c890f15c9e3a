"""Every name that the compiler decides: one function each, from parts to a legal name.

Names are derived and never parsed. What does not fit its limit is cut and gets a hash of the whole
name, so that two long names stay two. Called by `load` (what a person may call things), `plan`
(what things are called) and `synth` (where files lie).
"""

import base64
import hashlib
import re

from modelops.provenance import carried, derived

API_VERSION = "modelops.io/v1"
"""Of every file that people write, and of every file of ours that is no Kubernetes object."""

ENVIRONMENT = re.compile(r"[a-z][a-z0-9]{0,11}")
"""No dash: so `modelops-dask-<env>-<name>` is ambiguous for no pair of names."""

UNIT = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""Units and profiles: what a namespace, a label value and a file name all take."""

LABEL_LIMIT = 63
"""Characters in a namespace, a label value, a Service or a Flux Kustomization's name."""

LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
LABEL_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
SUBDOMAIN_LIMIT = 253
NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

HASH_LENGTH = 10
"""Characters of the hash that a cut name ends in: 50 bits."""

DASK = "dask"
"""What a Dask plane is a part of: the value of `app.kubernetes.io/name` of its pods."""

SCHEDULER = "dask-scheduler"
WORKER = "dask-worker"
RUNTIME_CONFIG = "modelops-runtime"
RESULTS_CLAIM = "results"
SERVICE = "service"
"""What the pods of services are a part of: the value of `app.kubernetes.io/name`."""

COMPONENT = "component"
"""What the pods of a workspace's components are a part of."""

CONTEXT = "context"
"""The beginning of the name of the ConfigMap that components read their workspace's context in."""

RUN = "run"
"""What the pods of a run are a part of: the value of `app.kubernetes.io/name`."""

RUN_WORKER = "run-worker"
STORE = "store"
STORE_ADMIN = "store-admin"
STORE_INIT = "store-init"
STORE_BACKUP = "store-backup"
STORE_RESTORE = "store-restore"
STORE_SCRIPTS = "store-scripts"
"""The parts of a run; `store` and `store-admin` are also the Secrets of its Postgres."""

OPERATED = ("postgresql", "database")
"""`app.kubernetes.io/name` and `…/component` of the pods that CloudNativePG makes (v1.30)."""

PULL_CHECK = "pull-secret-check"
SHELL_IMAGE = "shell"
"""The image of images.yaml that small scripts run in: one that needs no Secret to be pulled."""

TOOLS_IMAGE = "tools"
"""The image of images.yaml that makes Secrets: one that carries the runtime, and little else."""

SECRET_BOOTSTRAP = "secret-bootstrap"  # noqa: S105 -- the name of a Job, not a password
OUR_CLASS_PREFIX = "modelops-"
"""A retained storage class so named is made by the compiler; any other is someone else's."""

KEY_VAULT_ACCOUNT = "key-vault"
"""Who External Secrets is when it reads an environment's key vault."""

DEFAULT_WORKSPACE = "default"
ROLE_LABEL = "modelops.io/role"
"""The node label that pools carry and pods select."""


def is_environment(name: str) -> bool:
    """Whether `name` can be an environment's folder."""
    return ENVIRONMENT.fullmatch(name) is not None


def is_unit(name: str) -> bool:
    """Whether `name` can be a workspace, run, service or profile."""
    return UNIT.fullmatch(name) is not None


def is_label_key(key: str) -> bool:
    """Whether Kubernetes takes `key` as a label's key: `[prefix/]name`."""
    prefix, slash, name = key.rpartition("/")
    prefix_fits = not slash or (
        len(prefix) <= SUBDOMAIN_LIMIT and SUBDOMAIN.fullmatch(prefix) is not None
    )
    return prefix_fits and LABEL_NAME.fullmatch(name) is not None


def is_label_value(value: str) -> bool:
    """Whether Kubernetes takes `value` as a label's value; the empty one is fine."""
    return LABEL_VALUE.fullmatch(value) is not None


def is_object_name(name: str) -> bool:
    """Whether Kubernetes takes `name` for a Secret, a class or another object (RFC 1123)."""
    return len(name) <= SUBDOMAIN_LIMIT and SUBDOMAIN.fullmatch(name) is not None


def fitted(name: str, limit: int = LABEL_LIMIT) -> str:
    """`name` where it fits, else its beginning and a hash of all of it; at most `limit` long."""
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).digest()
    suffix = base64.b32encode(digest).decode().lower()[:HASH_LENGTH]
    return f"{name[: limit - HASH_LENGTH - 1].rstrip('-.')}-{suffix}"


def content_named(name: str, content: bytes, limit: int = LABEL_LIMIT) -> str:
    """`name` with eight digits of the hash of what it holds: a change makes a new object."""
    return f"{fitted(name, limit - 9)}-{hashlib.sha256(content).hexdigest()[:8]}"


def workspace_namespace(environment: str, workspace: str) -> str:
    """`modelops-dask-<env>` for the workspace `default`, else `modelops-dask-<env>-<name>`."""
    plain = f"modelops-dask-{environment}"
    name = plain if workspace == DEFAULT_WORKSPACE else fitted(f"{plain}-{workspace}")
    formula = "modelops-dask-<environment>, and -<workspace> unless that is `default`"
    return derived(formula, name, environment, workspace)


def priority_class(environment: str, purpose: str) -> str:
    """A priority class of one environment: two environments may share a cluster."""
    name = f"modelops-{environment}-{purpose}"
    return derived("modelops-<environment>-<purpose>", name, environment)


def retained_class(environment: str) -> str:
    """The storage class that is made for an environment which names none."""
    name = f"{OUR_CLASS_PREFIX}{environment}-retained"
    return derived("modelops-<environment>-retained", name, environment)


def run_namespace(environment: str, run: str) -> str:
    """`modelops-run-<env>-<name>`."""
    name = fitted(f"modelops-run-{environment}-{run}")
    return derived("modelops-run-<environment>-<run>", name, environment, run)


def services_namespace(environment: str) -> str:
    """`modelops-shared-<env>`: of all services of an environment."""
    name = f"modelops-shared-{environment}"
    return derived("modelops-shared-<environment>", name, environment)


def platform_unit(environment: str) -> str:
    """The unit of what an environment's other units share."""
    return carried(f"{environment}/platform", environment)


def workspace_unit(environment: str, workspace: str) -> str:
    """The unit of one workspace; also its folder below `generated/`."""
    return carried(f"{environment}/workspaces/{workspace}", environment, workspace)


def run_unit(environment: str, run: str, stage: str) -> str:
    """The unit of one stage of a run; also its folder below `generated/`."""
    return carried(f"{environment}/runs/{run}/{stage}", environment, run)


def service_unit(environment: str, service: str) -> str:
    """The unit of one service; also its folder below `generated/`."""
    return carried(f"{environment}/services/{service}", environment, service)


def flux_unit(environment: str) -> str:
    """The unit of the Flux Kustomizations themselves."""
    return carried(f"{environment}/flux", environment)


def bootstrap_unit(environment: str) -> str:
    """The unit that is applied once, by hand, to connect a cluster."""
    return carried(f"{environment}/bootstrap", environment)


def flux_kustomization(environment: str, unit: str) -> str:
    """The Flux Kustomization of a unit: `dev-platform`, `dev-ws-malaria`."""
    name = fitted(f"{environment}-{unit}")
    return derived("<environment>-<unit>", name, environment, unit)


def run_config(namespace: str) -> str:
    """The ConfigMap of a run's specification."""
    name = fitted(f"{namespace}-run", SUBDOMAIN_LIMIT)
    return derived("<namespace>-run", name, namespace)


def service_host(service: str, namespace: str) -> str:
    """The DNS name under which every namespace of the cluster reaches a Service."""
    return carried(f"{service}.{namespace}.svc.cluster.local", namespace)


def camel(name: str) -> str:
    """A field's name as it is written in files: `subscription_id` is `subscriptionId`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


# --- Azure ---------------------------------------------------------------------------------------

GLOBAL_HASH = 8
"""Hexadecimal digits that names end in which the whole world shares: 32 bits."""


def azure_name(environment: str, what: str) -> str:
    """A name within a subscription or a group: `modelops-dev-aks`."""
    return derived("modelops-<environment>-<kind>", f"modelops-{environment}-{what}", environment)


def cluster_prefix(environment: str) -> str:
    """The beginning of the API server's DNS name."""
    return derived("modelops-<environment>", f"modelops-{environment}", environment)


def global_name(prefix: str, environment: str, subscription: str, separator: str = "") -> str:
    """A name that the whole world shares: at most 25 characters longer than its prefix.

    Args:
        prefix: of the kind.
        environment: its name, uncut.
        subscription: the id that tells environments of one name apart.
        separator: where the kind takes a dash.
    """
    digest = hashlib.sha256(f"{subscription}/{environment}".encode()).hexdigest()[:GLOBAL_HASH]
    name = separator.join((prefix, environment, digest))
    formula = "the kind, the environment, and a hash of the subscription and the environment"
    return derived(formula, name, environment, subscription)


CREDENTIAL_LIMIT = 120
"""Characters of a federated credential's name: letters, digits, dashes and underscores."""


def credential(namespace: str, account: str) -> str:
    """The federated credential of an account; no namespace has the underscore between the two."""
    name = fitted(f"{namespace}_{account}", CREDENTIAL_LIMIT)
    return derived("<namespace>_<service account>", name, namespace, account)


def login_server(registry: str) -> str:
    """The host of a registry of Azure."""
    return carried(f"{registry}.azurecr.io", registry)


def infra_unit(environment: str) -> str:
    """The folder of what the program that makes the infrastructure reads."""
    return carried(f"{environment}/infra", environment)

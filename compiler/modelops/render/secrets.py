"""Part of `render`: how Secrets come to be. No object here holds a secret value.

Generated ones are made once, by a Job of ours or by External Secrets; others are fetched from a
store by External Secrets.
"""

import json
from typing import Protocol

from modelops.model.fields import duration_text
from modelops.names import content_named
from modelops.planned import (
    BootstrapPlan,
    ExternalSecret,
    FieldValue,
    GeneratedSecret,
    SecretsPlan,
)
from modelops.provenance import carried, derived, scalars
from modelops.render.accounts import account
from modelops.render.metadata import KEPT, Housed, Object, of_unit
from modelops.render.pods import container, pod_spec, pod_template

RBAC = "rbac.authorization.k8s.io"
ESO = "external-secrets.io/v1"
GENERATORS = "generators.external-secrets.io/v1alpha1"

ATTEMPTS = 10
"""Restarts of the bootstrap container: its rights may come into force after its pod does."""

REFRESH = 3600
"""Seconds between two looks into the external store."""


class Secretive(Housed, Protocol):
    """A unit's plan with its Secrets."""

    @property
    def secrets(self) -> SecretsPlan: ...  # noqa: D102 -- told above


def secrets(unit: Secretive) -> list[Object]:
    """Whatever makes the unit's Secrets; nothing where there are none to make."""
    planned = unit.secrets
    bootstrap = _bootstrap(unit, planned.bootstrap) if planned.bootstrap else []
    passwords = [each for secret in planned.passwords for each in _password(unit, secret)]
    return [*bootstrap, *passwords, *(_external(unit, each) for each in planned.external)]


# --- the bootstrap Job ---------------------------------------------------------------------------


def _bootstrap(unit: Housed, plan: BootstrapPlan) -> list[Object]:
    return [
        account(unit, plan.pod),
        _role(unit, plan),
        _role_binding(unit, plan),
        _job(unit, plan),
    ]


def _role(unit: Housed, plan: BootstrapPlan) -> Object:
    """To make Secrets, and to look at its own; `create` cannot be narrowed to names."""
    core: Object = {"apiGroups": [""], "resources": ["secrets"]}
    mine: Object = {"apiGroups": [""], "resources": ["secrets"]}
    names = [secret.name for secret in plan.secrets]
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "Role",
        "metadata": of_unit(
            unit, plan.pod.service_account, plan.pod.component, product=plan.pod.product
        ),
        "rules": [
            core | {"verbs": ["create"]},
            mine | {"resourceNames": names, "verbs": ["get"]},
        ],
    }


def _role_binding(unit: Housed, plan: BootstrapPlan) -> Object:
    name = plan.pod.service_account
    subject = {"kind": "ServiceAccount", "name": name, "namespace": unit.namespace}
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": of_unit(unit, name, plan.pod.component, product=plan.pod.product),
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": name},
        "subjects": [subject],
    }


def _job(unit: Housed, plan: BootstrapPlan) -> Object:
    """Named by its template, which nobody can change in place: a change makes a new Job.

    No `ttlSecondsAfterFinished`: Flux would make a removed Job anew at each interval.
    """
    spec = pod_spec(plan.pod, _container(plan)) | {
        "restartPolicy": "OnFailure",
        "automountServiceAccountToken": True,
    }
    skipped = {"checkov.io/skip1": "CKV_K8S_38=it makes Secrets, so it needs its token"}
    template = pod_template(plan.pod, spec, {})
    name = derived(
        "secret-bootstrap-<hash of the pod template>",
        content_named(plan.name, json.dumps(template, sort_keys=True).encode()),
        *scalars(template),
    )
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": of_unit(unit, name, plan.pod.component, skipped, product=plan.pod.product),
        "spec": {
            "backoffLimit": ATTEMPTS,
            "activeDeadlineSeconds": plan.deadline,
            "completions": 1,
            "parallelism": 1,
            "template": template,
        },
    }


def _container(plan: BootstrapPlan) -> Object:
    args = ["python", "-m", "modelops_runtime", "secret-bootstrap"]
    for secret in plan.secrets:
        wanted = f"{secret.name}={','.join(secret.keys)}"
        args += ["--secret", carried(wanted, secret.name, *secret.keys)]
    return container(plan.pod, args, {"POD_NAMESPACE": FieldValue("metadata.namespace")})


# --- External Secrets ----------------------------------------------------------------------------


def _password(unit: Housed, secret: GeneratedSecret) -> list[Object]:
    """A generator and the ExternalSecret that asks it once.

    `CreatedOnce` alone writes new values when the ExternalSecret itself is made anew; with an
    orphaned and immutable Secret it cannot (External Secrets v2.9.0, docs/api/externalsecret.md).
    """
    generator = {"apiVersion": GENERATORS, "kind": "Password", "name": secret.name}
    once = {
        "apiVersion": ESO,
        "kind": "ExternalSecret",
        "metadata": of_unit(unit, secret.name, annotations=KEPT),
        "spec": {
            "refreshPolicy": "CreatedOnce",
            "target": {"name": secret.name, "creationPolicy": "Orphan", "immutable": True},
            "dataFrom": [{"sourceRef": {"generatorRef": generator}}],
        },
    }
    return [_generator(unit, secret), once]


def _generator(unit: Housed, secret: GeneratedSecret) -> Object:
    """Forty letters and digits for each key; no symbols, for they break connection strings."""
    return {
        "apiVersion": GENERATORS,
        "kind": "Password",
        "metadata": of_unit(unit, secret.name),
        "spec": {
            "length": 40,
            "digits": 10,
            "symbols": 0,
            "noUpper": False,
            "allowRepeat": True,
            "secretKeys": list(secret.keys),
        },
    }


def _external(unit: Housed, secret: ExternalSecret) -> Object:
    """One value of the store; when the store no longer has it, the Secret stays as it was."""
    return {
        "apiVersion": ESO,
        "kind": "ExternalSecret",
        "metadata": of_unit(unit, secret.name),
        "spec": {
            "refreshPolicy": "Periodic",
            "refreshInterval": duration_text(REFRESH),
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": secret.store},
            "target": {
                "name": secret.name,
                "creationPolicy": "Owner",
                "deletionPolicy": "Retain",
                **({"template": {"type": secret.type}} if secret.type else {}),
            },
            "data": [{"secretKey": secret.entry or secret.key, "remoteRef": {"key": secret.key}}],
        },
    }

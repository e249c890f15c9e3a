"""VER002: an environment variable from a Secret, or a key of it, that nothing declares."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import ver
from modelops.model.secrets import Secret, SecretKey
from modelops.plan.scope import AnyScope
from modelops.provenance import DataPath


def undeclared_secret(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse `secretEnv` of Secrets that are not under `secrets`, and of keys they will lack."""
    for part in scope.parts:
        for name, wanted in part.secret_env.items():
            at = (*part.secret_env_at, name)
            declared = scope.spec.secrets.get(wanted.secret)
            if declared is None:
                yield _unknown_secret(scope, at, wanted)
            elif not _holds(declared, wanted.key):
                yield _unknown_key(scope, at, wanted, declared)


def _keys(secret: Secret) -> tuple[str, ...]:
    return (secret.external.key,) if secret.external else secret.generate


def _holds(secret: Secret, key: str) -> bool:
    return bool(secret.existing) or key in _keys(secret)


def _unknown_secret(scope: AnyScope, path: DataPath, wanted: SecretKey) -> Diagnostic:
    declared = sorted(scope.spec.secrets)
    near = did_you_mean(wanted.secret, declared)
    return scope.breach(
        ver.VER002,
        f"the Secret `{wanted.secret}` is not declared: the pod would never start",
        scope.at(*path, "secret"),
        (f"{near}\n" if near else "")
        + f"or declare it: `secrets: {{{wanted.secret}: {{existing: true}}}}`",
    )


def _unknown_key(scope: AnyScope, path: DataPath, wanted: SecretKey, secret: Secret) -> Diagnostic:
    return scope.breach(
        ver.VER002,
        f"the Secret `{wanted.secret}` has no key `{wanted.key}`",
        scope.at(*path, "key"),
        did_you_mean(wanted.key, _keys(secret)),
        scope.note("its keys", "secrets", wanted.secret),
    )

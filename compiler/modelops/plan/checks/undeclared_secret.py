"""VER002: an environment variable from a Secret, or a key of it, that nothing declares."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import ver
from modelops.model.workspace import Secret, SecretKey
from modelops.plan.scope import PARTS, Scope


def undeclared_secret(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse `secretEnv` of Secrets that are not under `secrets`, and of keys they will lack."""
    for part in PARTS:
        spec = scope.part(part)
        for name, wanted in spec.secret_env.items():
            declared = scope.spec.secrets.get(wanted.secret)
            if declared is None:
                yield _unknown_secret(scope, (part, "secretEnv", name), wanted)
            elif not _holds(declared, wanted.key):
                yield _unknown_key(scope, (part, "secretEnv", name), wanted, declared)


def _keys(secret: Secret) -> tuple[str, ...]:
    return (secret.external.key,) if secret.external else secret.generate


def _holds(secret: Secret, key: str) -> bool:
    return bool(secret.existing) or key in _keys(secret)


def _unknown_secret(scope: Scope, path: tuple[str, ...], wanted: SecretKey) -> Diagnostic:
    declared = sorted(scope.spec.secrets)
    near = did_you_mean(wanted.secret, declared)
    return scope.breach(
        ver.VER002,
        f"the Secret `{wanted.secret}` is not declared: the pod would never start",
        scope.at(*path, "secret"),
        (f"{near}\n" if near else "")
        + f"or declare it: `secrets: {{{wanted.secret}: {{existing: true}}}}`",
    )


def _unknown_key(
    scope: Scope, path: tuple[str, ...], wanted: SecretKey, secret: Secret
) -> Diagnostic:
    return scope.breach(
        ver.VER002,
        f"the Secret `{wanted.secret}` has no key `{wanted.key}`",
        scope.at(*path, "key"),
        did_you_mean(wanted.key, _keys(secret)),
        scope.note("its keys", "secrets", wanted.secret),
    )

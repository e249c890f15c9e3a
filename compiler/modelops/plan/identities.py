"""Who logs in to Azure: identities by what they are for, and the accounts of pods that have them.

An identity is there where what it is for is there, whether a unit needs it yet or not: so Azure can
be made before the first unit asks for what only Azure knows. A login follows from a unit alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from modelops import names
from modelops.model import Configuration, ConfiguredEnvironment
from modelops.model.azure import Azure
from modelops.model.workspace import BlobResults
from modelops.plan.scope import AnyScope, RunScope, Scope, units_of
from modelops.planned.azure import CredentialInputs, IdentityInputs


class Purpose(StrEnum):
    """What an identity is for."""

    RESULTS = "results"
    SECRETS = "secrets"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the cluster whose pods are an identity."""

    purpose: Purpose
    credential: CredentialInputs


def identity_name(environment: str, purpose: Purpose) -> str:
    """What an environment's identity of this purpose is called."""
    return names.azure_name(environment, purpose)


def identities(
    configuration: Configuration, held: ConfiguredEnvironment, azure: Azure
) -> tuple[IdentityInputs, ...]:
    """The identities of an environment, and who has them; sorted by name."""
    logged_in = tuple(login for _, login in environment_logins(configuration, held))
    return tuple(
        IdentityInputs(identity_name(held.name, purpose), purpose, _credentials(purpose, logged_in))
        for purpose in purposes(azure)
    )


def purposes(azure: Azure) -> tuple[Purpose, ...]:
    """The purposes that there is something for, sorted."""
    wanted = {
        Purpose.RESULTS: azure.storage,
        Purpose.SECRETS: azure.key_vault.secret_store,
        Purpose.STORE: azure.postgres,
    }
    return tuple(sorted(purpose for purpose, what in wanted.items() if what is not None))


def environment_logins(
    configuration: Configuration, held: ConfiguredEnvironment
) -> Iterator[tuple[str, Login]]:
    """Every login of an environment, with the file that asks for it."""
    for login in own_logins(held):
        yield held.environment.source, login
    for scope in units_of(configuration, held):
        for login in logins(scope):
            yield scope.unit.source, login


def own_logins(held: ConfiguredEnvironment) -> Iterator[Login]:
    """Those that no unit asks for."""
    azure, flux = held.environment.spec.azure, held.environment.spec.flux
    if azure and azure.key_vault.secret_store is not None:
        yield _login(Purpose.SECRETS, flux.namespace, names.KEY_VAULT_ACCOUNT)


def logins(scope: AnyScope) -> tuple[Login, ...]:
    """The accounts of a unit's pods that log in."""
    match scope:
        case Scope() if isinstance(scope.spec.results, BlobResults):
            return (_login(Purpose.RESULTS, scope.namespace, names.WORKER),)
        case RunScope() if scope.store_in_azure:
            return (_login(Purpose.STORE, scope.namespace, names.RUN_WORKER),)
    return ()


def client_id(scope: AnyScope, purpose: Purpose) -> str:
    """What the pods of a login name their identity by; that Azure told it has been checked."""
    name = identity_name(scope.environment.name, purpose)
    if scope.cloud is None:
        raise LookupError(name)
    return scope.cloud.spec.identities[name].client_id


def blob_endpoint(scope: AnyScope) -> str:
    """Where the storage account answers; that Azure told it has been checked."""
    told = scope.cloud.spec.blob_endpoint if scope.cloud else None
    if told is None:
        raise LookupError(scope.environment.name)
    return told


def _login(purpose: Purpose, namespace: str, account: str) -> Login:
    credential = CredentialInputs(names.credential(namespace, account), namespace, account)
    return Login(purpose, credential)


def _credentials(purpose: Purpose, found: tuple[Login, ...]) -> tuple[CredentialInputs, ...]:
    """Those of one identity, sorted by name."""
    of_it = (login.credential for login in found if login.purpose is purpose)
    return tuple(sorted(of_it, key=lambda credential: credential.name))

"""What only Azure knows: which of it a unit's manifests are made of, and whether it still holds.

An environment's file and its facts come in; facts leave, each beside what it has to agree with. A
fact is judged by its value alone. To judge all of them at once, by when they were told, would
refuse whatever changes Azure, and with it the inputs by which Azure could be changed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from modelops.model import CloudFactsSpec, Configured, EnvironmentSpec
from modelops.model.azure import Azure
from modelops.plan import azure as decided
from modelops.plan.identities import Purpose, identity_name, logins, purposes
from modelops.plan.scope import AnyScope
from modelops.provenance import DataPath, Span


@dataclass(frozen=True, slots=True)
class Need:
    """What of a unit asks for facts.

    Attributes:
        purpose: of the identity that it logs in as.
        what: the same for a sentence.
        at: where it was written.
        subject: what has to wait until Azure is made.
    """

    purpose: Purpose
    what: str
    at: Span
    subject: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that something is made of.

    Attributes:
        path: below `spec` of cloud.yaml.
        told: what Azure answered; empty where it has not.
        wanted: what the environment's file makes of it, or what the answer begins with; empty
            where Azure alone decides.
        holds: whether the two agree.
    """

    path: DataPath
    told: str
    wanted: str
    holds: bool

    @property
    def name(self) -> str:
        """The fact, for a sentence."""
        return ".".join(str(part) for part in self.path)


def needs(scope: AnyScope) -> Iterator[Need]:
    """What of a unit is made of facts, where its environment describes the Azure for it."""
    azure = scope.environment.spec.azure
    if azure is None:
        return
    described, unit = purposes(azure), f"the {scope.kind} {scope.unit.name}"
    for purpose in sorted({login.purpose for login in logins(scope)}):
        if purpose in described:
            yield Need(purpose, *_login(scope, purpose), unit)
    if Purpose.SECRETS in described:
        store = azure.key_vault.secret_store or ""
        yield from _secret(scope, store, unit)
        yield from _pull_secret(scope, store)


def facts(
    purpose: Purpose, environment: Configured[EnvironmentSpec], azure: Azure, told: CloudFactsSpec
) -> tuple[Fact, ...]:
    """The facts that a login of a purpose is made of."""
    identity = identity_name(environment.name, purpose)
    known = told.identities.get(identity)
    client = known.client_id if known else ""
    return (
        *_of_stack(environment.name, azure, told),
        *_OF_PURPOSE[purpose](environment.name, azure, told),
        Fact(("identities", identity), client, "", holds=True),
    )


# --- who needs them ------------------------------------------------------------------------------


def _login(scope: AnyScope, purpose: Purpose) -> tuple[str, Span]:
    if purpose is Purpose.RESULTS:
        return "a container for results", scope.at("results", "kind")
    return "a store in Azure", scope.at("store", "mode")


def _secret(scope: AnyScope, store: str, unit: str) -> Iterator[Need]:
    """The first Secret of a unit that comes from the vault."""
    default = scope.environment.spec.secrets.store
    fetched = [
        name
        for name, secret in sorted(scope.spec.secrets.items())
        if secret.external is not None and (secret.external.store or default) == store
    ]
    for name in fetched[:1]:
        at = scope.unit.at_key("secrets", name)
        yield Need(Purpose.SECRETS, f"the secret `{name}`, from the key vault,", at, unit)


def _pull_secret(scope: AnyScope, store: str) -> Iterator[Need]:
    """The Secret of image pulls, which is every unit's and stands in one place."""
    default = scope.environment.spec.secrets.store
    pull = scope.environment.spec.registry.pull_secret
    external = pull.external if pull else None
    if external is not None and (external.store or default) == store:
        at = scope.environment.at_key("registry", "pullSecret", "external")
        yield Need(Purpose.SECRETS, "the pull secret, from the key vault,", at, "it")


# --- what they are -------------------------------------------------------------------------------


def _of_stack(environment: str, azure: Azure, told: CloudFactsSpec) -> Iterator[Fact]:
    """What tells one stack from another."""
    yield _same("subscriptionId", told.subscription_id, azure.subscription_id)
    yield _same("tenantId", told.tenant_id, azure.tenant_id)
    yield _same("resourceGroup", told.resource_group, decided.group_name(environment, azure))
    yield _same("clusterName", told.cluster_name, decided.cluster_name(environment, azure))


def _of_results(environment: str, azure: Azure, told: CloudFactsSpec) -> Iterator[Fact]:
    if azure.storage is not None:
        account = decided.storage_account(environment, azure, azure.storage)
        yield _same("storageAccount", told.storage_account, account)
        yield _host_of("blobEndpoint", told.blob_endpoint, account)


def _of_store(environment: str, azure: Azure, told: CloudFactsSpec) -> Iterator[Fact]:
    server = decided.postgres_server(environment, azure)
    yield _host_of("postgresHost", told.postgres_host, server)


def _of_secrets(environment: str, azure: Azure, told: CloudFactsSpec) -> Iterator[Fact]:
    yield _host_of("keyVaultUri", told.key_vault_uri, decided.vault_name(environment, azure))


_OF_PURPOSE: dict[Purpose, Callable[[str, Azure, CloudFactsSpec], Iterator[Fact]]] = {
    Purpose.RESULTS: _of_results,
    Purpose.SECRETS: _of_secrets,
    Purpose.STORE: _of_store,
}


def _same(key: str, told: str | None, wanted: str) -> Fact:
    """A fact that is a name: Azure keeps its letters, and does not tell `A` from `a`."""
    return Fact((key,), told or "", wanted, holds=(told or "").lower() == wanted.lower())


def _host_of(key: str, told: str | None, wanted: str) -> Fact:
    """A fact that is an address: its first label is the resource's name."""
    address = told or ""
    host = urlsplit(address).hostname or address
    return Fact((key,), address, f"{wanted}.…", holds=host.lower().startswith(f"{wanted}.".lower()))

"""CFG011: a store of secrets without the vault that it reads, or without who reads it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model import Configuration
from modelops.plan.azure import made_clusters


def unusable_secret_store(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse `azure.keyVault.secretStore` where something that it needs is not declared."""
    for environment in made_clusters(configuration):
        azure, features = environment.spec.azure, environment.spec.cluster.features
        if azure is None or azure.key_vault.secret_store is None:
            continue
        needed = {
            "azure.keyVault.enabled": azure.key_vault.enabled,
            "cluster.features.externalSecrets": features.external_secrets,
            "cluster.features.workloadIdentity": features.workload_identity,
        }
        for setting in (setting for setting, there in needed.items() if not there):
            yield Diagnostic(
                cfg.CFG011,
                f"a store of secrets from the key vault needs `{setting}: true`, which"
                f" {environment.name} does not declare",
                environment.at("azure", "keyVault", "secretStore"),
                f"add `{setting}: true`, or remove `secretStore`",
            )

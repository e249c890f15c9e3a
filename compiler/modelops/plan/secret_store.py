"""The ClusterSecretStore of an environment's key vault, once Azure has answered where that is."""

from modelops import names
from modelops.model import ConfiguredEnvironment
from modelops.plan.cloud import facts
from modelops.plan.identities import Purpose, identity_name
from modelops.planned import SecretStorePlan


def secret_store(held: ConfiguredEnvironment) -> SecretStorePlan | None:
    """The store; None where none is wanted, or Azure has not been made for it yet.

    A unit that reads it in the meantime is told so by a check.
    """
    spec = held.environment.spec
    azure, cloud = spec.azure, held.cloud
    if azure is None or azure.key_vault.secret_store is None or cloud is None:
        return None
    known = facts(Purpose.SECRETS, held.environment, azure, cloud.spec)
    if not all(fact.told and fact.holds for fact in known):
        return None
    return SecretStorePlan(
        name=azure.key_vault.secret_store,
        namespace=spec.flux.namespace,
        account=names.KEY_VAULT_ACCOUNT,
        client_id=cloud.spec.identities[identity_name(held.name, Purpose.SECRETS)].client_id,
        tenant_id=cloud.spec.tenant_id,
        vault=cloud.spec.key_vault_uri or "",
    )

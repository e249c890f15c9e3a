"""Where the state of a stack is kept, and the commands that make that place.

Each command may be repeated: what is there already stays as it is.
"""

from collections.abc import Iterator

from modelops_infra.shapes import Inputs, State

DEVELOPMENT = "development"

Command = tuple[str, ...]


HOME = "file://~"


def url(inputs: Inputs, own: str = HOME) -> str:
    """The backend's address, as Pulumi reads it.

    Args:
        inputs: of the environment.
        own: where one person keeps the state of what nobody shares.

    Raises:
        ValueError: others need the state, and it would be on one disk.
    """
    state = inputs.state
    if state is None:
        if inputs.tier != DEVELOPMENT:
            raise ValueError(
                f"{inputs.environment} is shared, and its state would be on one disk: add"
                " `azure.state` to its environment.yaml, and compile"
            )
        return own
    return f"azblob://{state.container}?storage_account={state.storage_account}"


def bootstrap(inputs: Inputs, state: State, person: str) -> Iterator[Command]:
    """Yield what makes the place of the state: outside of what it describes, and locked.

    Args:
        inputs: of the environment.
        state: where it is to be.
        person: the object id of whoever is to work with it, a group or a program included.
    """
    subscription = ("--subscription", inputs.subscription_id)
    account = (
        f"/subscriptions/{inputs.subscription_id}/resourceGroups/{state.resource_group}"
        f"/providers/Microsoft.Storage/storageAccounts/{state.storage_account}"
    )
    shared = (each for each in sorted(inputs.tags.items()) if each[0] != "environment")
    tags = ("--tags", *(f"{key}={value}" for key, value in shared))
    yield (
        *("az", "group", "create", *subscription, "--name", state.resource_group),
        *("--location", inputs.location, *tags),
    )
    yield (
        *("az", "storage", "account", "create", *subscription, "--name", state.storage_account),
        *("--resource-group", state.resource_group, "--location", inputs.location),
        *("--sku", "Standard_ZRS", "--kind", "StorageV2", "--min-tls-version", "TLS1_2"),
        *("--allow-blob-public-access", "false", "--allow-shared-key-access", "false", *tags),
    )
    yield (
        *("az", "storage", "account", "blob-service-properties", "update", *subscription),
        *("--account-name", state.storage_account, "--resource-group", state.resource_group),
        *("--enable-versioning", "true", "--enable-delete-retention", "true"),
        *("--delete-retention-days", "30"),
    )
    yield (
        *("az", "role", "assignment", "create", *subscription),
        *("--role", "Storage Blob Data Contributor"),
        *("--assignee-object-id", person, "--scope", account),
    )
    # By the account's owner, not by the role above: that takes minutes to hold.
    yield (
        *("az", "storage", "container-rm", "create", *subscription, "--name", state.container),
        *("--storage-account", state.storage_account, "--resource-group", state.resource_group),
    )
    yield (
        *("az", "lock", "create", *subscription, "--name", "modelops-state"),
        *("--lock-type", "CanNotDelete", "--resource-group", state.resource_group),
    )

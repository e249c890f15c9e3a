"""What must not be removed, decided before anything is.

The inputs and what was typed come in; a refusal leaves, or None.
"""

from modelops_infra.shapes import Inputs

PRODUCTION = "production"


def refusal(inputs: Inputs, confirmed: str | None) -> str | None:
    """Why an environment may not be destroyed; None where it may.

    Args:
        inputs: what it stands on.
        confirmed: the environment's name as somebody typed it; None where nobody did.
    """
    if _holds_its_state(inputs):
        return (
            f"the state of {inputs.environment} is in {inputs.resource_group.name}, which would be"
            " removed with it: move the state first"
        )
    if inputs.tier == PRODUCTION and confirmed != inputs.environment:
        return (
            f"{inputs.environment} is production: add --confirm {inputs.environment} where you"
            " mean it"
        )
    return None


def _holds_its_state(inputs: Inputs) -> bool:
    """Azure does not tell capitals in the names of groups."""
    if inputs.state is None:
        return False
    ours = {inputs.resource_group.name.lower(), inputs.resource_group.node_resource_group.lower()}
    return inputs.state.resource_group.lower() in ours

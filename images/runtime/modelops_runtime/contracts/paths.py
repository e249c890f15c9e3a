"""Contracts: paths below wherever something is kept: a folder, or a container of blobs."""

from modelops_runtime.contracts.violation import ContractViolation


def below(path: str) -> str:
    """A path that stays below wherever it begins: parts with `/` between them.

    Raises:
        ContractViolation: it does not.
    """
    parts = path.split("/")
    if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
        raise ContractViolation(f"`{path}` is no path below a folder")
    return path

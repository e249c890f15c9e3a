"""Contracts: the code of a model, by the digest of its content."""

import re
from dataclasses import dataclass, field

from modelops_runtime.contracts.violation import ContractViolation

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BundleReference:
    """The code of a model.

    It is what its content is: from another registry, or from a folder, it is the same bundle.

    Attributes:
        digest: `sha256:` and 64 hexadecimal digits.
        repository: where it can be pulled, perhaps with a tag; empty where it is in a folder.
    """

    digest: str
    repository: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Check the digest.

        Raises:
            ContractViolation: it is none.
        """
        if not DIGEST.fullmatch(self.digest):
            raise ContractViolation(f"`{self}` names no bundle: `sha256:` and 64 digits are needed")

    def __str__(self) -> str:
        return f"{self.repository}@{self.digest}" if self.repository else self.digest


def bundle_reference(text: str) -> BundleReference:
    """The bundle in `sha256:…` or `host/repository:tag@sha256:…`.

    Raises:
        ContractViolation: no digest is in it; a tag alone may mean another bundle tomorrow.
    """
    repository, _, digest = text.rpartition("@")
    return BundleReference(digest, repository)

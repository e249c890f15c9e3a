"""What comes back from the Kubernetes API, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """The API answered, or something on the way to it did.

    Attributes:
        status: of HTTP.
        document: the JSON object that came along; empty where none did.
    """

    status: int
    document: Mapping[str, Any]

    @property
    def reason(self) -> str:
        """Kubernetes' own word for what went wrong, such as `AlreadyExists`."""
        return str(self.document.get("reason", "")) if self._is_status else ""

    @property
    def told(self) -> str:
        """What went wrong, for people; never any other document, for that may hold secrets."""
        message = self.document.get("message", "") if self._is_status else ""
        return f"{self.status} {self.reason}: {message}".rstrip(": ")

    @property
    def _is_status(self) -> bool:
        return self.document.get("kind") == "Status"


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer came.

    Attributes:
        told: why, as far as it is known.
    """

    told: str


Reply = Answer | Silence

"""Part of `local_store`: where a store is, as others are told, and the file with its password."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelops_runtime.central_store.connection import Settings

PASSWORD = "password"  # noqa: S105 -- a file's name


@dataclass(frozen=True, slots=True)
class Address:
    """A store that is ready, and the file that holds its password."""

    settings: Settings
    password_file: Path

    def as_json(self) -> dict[str, Any]:
        """What is told; the password is not."""
        return {
            "host": self.settings.host,
            "port": self.settings.port,
            "user": self.settings.user,
            "database": self.settings.database,
            "passwordFile": str(self.password_file),
            "sslmode": self.settings.sslmode,
        }


def keep_password(file: Path, password: str) -> None:
    """Write the password into a file that its owner alone may read."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(f"{password}\n")

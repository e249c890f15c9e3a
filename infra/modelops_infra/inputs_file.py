"""Where the compiler writes what an environment is to stand on."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository: what is generated stands beside the program."""


def inputs_file(environment: str) -> Path:
    """The inputs of an environment."""
    return ROOT / "generated" / environment / "infra" / "inputs.json"

"""What pytest learns on top: the switch that rewrites golden expectations."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite what tests/golden expects, remove what nothing produces; then read the diff",
    )

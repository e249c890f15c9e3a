"""What pytest learns on top: the switch that rewrites golden expectations, and how laws are tried.

A law is never judged by its time, and CI tries the same examples every time.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "modelops",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("modelops")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite what tests/golden expects, remove what nothing produces; then read the diff",
    )

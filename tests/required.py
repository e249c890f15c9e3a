"""What a test cannot do without, and does not find."""

import os
from typing import NoReturn

import pytest


def missing(why: str) -> NoReturn:
    """A skip on a person's machine; in CI a check that was not made is a failure."""
    if os.environ.get("MODELOPS_CI"):
        pytest.fail(why)
    pytest.skip(why)

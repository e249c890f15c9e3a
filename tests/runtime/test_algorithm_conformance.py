"""The conformance suite of adaptive algorithms, over all that this image has."""

import pytest
from tests.runtime import postgres_store
from tests.runtime.search_grounds import SPACES, InMemory, Shared, make_tables, run
from tests.store.postgres import Server

from modelops_runtime.algorithms.conformance import CHECKS, CHECKS_OF_POINTS, Check
from modelops_runtime.central_store.connection import Settings

each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)


@each_check
@pytest.mark.parametrize("pruner", ["none", "median"])
@pytest.mark.parametrize("sampler", SPACES)
def test_in_memory(sampler: str, pruner: str, check: Check) -> None:
    check(InMemory(run(sampler, pruner=pruner)))


@pytest.fixture(scope="module")
def made(postgres: Server) -> Settings:
    """A store for all of these: each search has a study of its own in it."""
    database = postgres_store.new_database(postgres)
    make_tables(database)
    return database


@each_check
def test_shared(made: Settings, check: Check) -> None:
    with Shared(run(pruner="median"), made) as ground:
        check(ground)


@pytest.mark.parametrize("check", CHECKS_OF_POINTS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("sampler", [name for name in SPACES if name != "random"])
def test_shared_by_each_sampler(made: Settings, sampler: str, check: Check) -> None:
    with Shared(run(sampler, pruner="median"), made) as ground:
        check(ground)

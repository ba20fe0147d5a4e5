"""The real tables for contracts: made from infra/stateful.yaml, once, and emptied for each test."""

from collections.abc import Iterator

import pytest

from infra.local import aws, template
from infra.local.deploy import deploy
from infra.local.settings import ROOT
from tests.contract.tables import REGION, Tables


@pytest.fixture(scope="session")
def made() -> Iterator[Tables]:
    """Return the tables and the key of the template; they may hold what the test before has left."""
    values = {"Stage": "local", "ProtectData": "false", "AllowedOrigins": "none"}
    with aws.on_moto(REGION):
        blueprint = template.read(ROOT / "infra/stateful.yaml", values, url="http://127.0.0.1")
        yield Tables(deploy(blueprint, values, REGION).outputs)


@pytest.fixture
def tables(made: Tables) -> Tables:
    """Return the empty tables."""
    made.empty()
    return made

"""One suite, two houses: what is promised holds in memory and in DynamoDB."""

import pytest

from tests.contract.conversation.houses import TOKENS, DynamoHouse, House, MemoryHouse
from tests.contract.tables import Tables
from tests.invented import CHANNEL, OTHER_CHANNEL, SECOND_CHANNEL


@pytest.fixture(params=["memory", "dynamodb"])
def house(request: pytest.FixtureRequest) -> House:
    """Return an empty house in which three channels of two merchants are connected."""
    made = MemoryHouse() if request.param == "memory" else DynamoHouse(request.getfixturevalue("tables"))
    return _connected(made)


@pytest.fixture
def dynamodb(tables: Tables) -> DynamoHouse:
    """Return the house in DynamoDB alone, for what only it can break."""
    made = DynamoHouse(tables)
    _connected(made)
    return made


def _connected(house: House) -> House:
    for channel in (CHANNEL, SECOND_CHANNEL, OTHER_CHANNEL):
        house.connect(channel, TOKENS[channel.address])
    return house

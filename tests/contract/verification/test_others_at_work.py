"""Others write at the same moment: what DynamoDB says of it, and what its reader sees."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import boto3
import pytest

from haat.aws.table import Action, Page, Refused, Table
from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import MerchantId
from haat.verification.model.dossier import Dossier
from haat.verification.ports import Writing
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.names import DynamoNames
from tests.contract.tables import REGION
from tests.contract.verification.desk import Desk, asking, begin, shop, waits, withdraw, words

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.contract.tables import Tables

SHOP = shop(1)


class Between(DynamoDossiers):
    """Something happens between its reading of the dossier and what it does next."""

    happens: Callable[[], object] = staticmethod(lambda: None)

    def load(self, merchant: MerchantId) -> Dossier:
        """Read it, and let it happen."""
        found = super().load(merchant)
        self.happens()
        return found


class Busy(Table):
    """Others are at work on what it is to write, so that no condition was looked at."""

    def transact(self, actions: Iterable[Action]) -> None:  # none of them is done
        """Refuse it."""
        raise Refused((), moved=True)


class Behind(Table):
    """Its index is a moment behind."""

    keys: dict[str, str]

    def index_page(
        self, view_pk: str, *, after: str | None = None, limit: int, newest_first: bool = False
    ) -> Page:  # as it was
        """What stood there."""
        return Page(items=[self.keys], next=None)


@pytest.fixture
def desk(tables: "Tables") -> Desk:
    """Return a store on the table."""
    table = tables.verification
    return Desk(DynamoDossiers(table, words), None, None, DynamoNames(table), list)  # type: ignore[arg-type]  # not asked here


def client() -> "DynamoDBClient":
    """Moto's."""
    return boto3.client("dynamodb", region_name=REGION)


def test_request_that_is_archived_meanwhile_is_listed_once(desk: Desk, tables: "Tables") -> None:
    """It was the current one when the first half was read, and archived when the second was."""
    desk.do(SHOP, begin(asking(1)))
    desk.do(SHOP, withdraw())
    between = Between(tables.verification, words)
    between.happens = lambda: desk.do(SHOP, begin(asking(2)))
    found, _ = between.requests(SHOP, None, 10)
    assert [request.id for request in found] == [asking(1)]


def test_request_that_is_archived_meanwhile_is_found(desk: Desk, tables: "Tables") -> None:
    """By its id, whichever half it stands in."""
    desk.do(SHOP, begin(asking(1)))
    desk.do(SHOP, withdraw())
    desk.do(SHOP, begin(asking(2)))
    between = Between(tables.verification, words)
    found = between.request(SHOP, asking(1))
    assert found is not None
    assert found.state == "withdrawn"


def test_queue_passes_over_what_was_decided_meanwhile(desk: Desk, tables: "Tables") -> None:
    """The index may be a moment behind its table."""
    waits(desk, SHOP, asking(1))
    desk.do(SHOP, withdraw())
    behind = Behind(client(), tables.names["VerificationTable"])
    behind.keys = {"pk": f"MERCHANT#{SHOP}", "sk": "DOSSIER", "view_sk": "0"}
    assert DynamoDossiers(behind, words).turns(None, 10) == ([], None)


def test_busy_moment_is_bad_weather_and_a_change_is_a_change(desk: Desk, tables: "Tables") -> None:
    """Where the dossier is as it was the same may be tried again; where it is not, it must be decided again."""
    before = desk.dossiers.load(SHOP)
    change = begin(asking(1))(before, desk.now)
    it = DynamoDossiers(Busy(client(), tables.names["VerificationTable"]), words)
    with pytest.raises(Unavailable):
        it.save(before, change, Writing(at=desk.now))
    desk.do(SHOP, begin(asking(2)))
    with pytest.raises(Changed):
        it.save(before, change, Writing(at=desk.now))

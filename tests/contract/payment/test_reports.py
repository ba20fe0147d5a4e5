"""The reports that banks are asked for each morning: of whom, of which days, and once, whatever dies and however many accounts there are."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from haat.facts.payments import load
from haat.facts.settlement import ReportAnswered, ReportsWanted, ReportWanted
from haat.kernel.errors import NotFound, Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import DAY, Instant, later
from haat.payment.banks.registry import bank
from haat.payment.memory.accounts import MemoryAccounts
from haat.payment.memory.files import MemoryFiles, MemoryShelf
from haat.payment.memory.payments import MemoryPayments
from haat.payment.model.account import PayeeAccount
from haat.payment.model.files import SettlementFile
from haat.payment.ports import Accounts, Reply
from haat.payment.ports.files import Files
from haat.payment.rules import files as rules
from haat.payment.rules import reports
from haat.payment.service.calling import Calling
from haat.payment.service.files import PAGE, Reading, SettlementFiles
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.files import DynamoFiles
from tests.contract.payment.test_lists import all_of
from tests.contract.payment.test_poison import CallKeys, FakeBank
from tests.unit.payment.recon import ACCOUNT

if TYPE_CHECKING:
    from tests.contract.tables import Tables

MORNING = Instant(1_767_587_400_000)  # 2026-01-05, ten in the morning in India
TODAY, DAYS = "2026-01-05", ("2026-01-02", "2026-01-03", "2026-01-04")
LIVE = replace(ACCOUNT, standing="proven", fetched=True, opened_at=Instant(MORNING - 100 * DAY), version=1)


@dataclass
class Mornings:
    """Who asks for reports, in a store, and the operator who does so by hand."""

    files: Files
    accounts: Accounts
    bodies: Callable[[], list[str]]

    def __post_init__(self) -> None:
        self.reading = Reading(files=self.files, accounts=self.accounts, shelf=MemoryShelf(), banks=bank)
        self.desk = SettlementFiles(files=self.files, accounts=self.accounts, shelf=MemoryShelf(), banks=bank)

    def has(self, *accounts: PayeeAccount) -> None:
        """Shops have these."""
        for one in accounts:
            merchant = MerchantId(f"shop of {one.id}")
            self.accounts.begin(
                replace(one, merchant=merchant), Once(key=one.id, asked="", at=MORNING), Answer(status=201)
            )

    def comes(self, at: Instant = MORNING, *, times: int = 1) -> int:
        """The schedule's event, and each record that follows; how many reports were asked for."""
        self.reading.morning(at)
        seen: set[str] = set()
        count = 0
        while new := [body for body in self.bodies() if body not in seen]:
            seen.update(new)
            wanted = [
                fact for fact in map(load, new) if isinstance(fact, ReportsWanted) and fact.day == reports.today(at)
            ]
            count += sum(self.reading.wanted(fact, at) for fact in wanted for _ in range(times))
        return count

    def of(self, account: str, day: str) -> SettlementFile | None:
        """What is there of a day."""
        return self.files.get(rules.of_day(account, day))

    def days(self, account: str, *days: str) -> list[str]:
        """Of which of these something is there."""
        return [day for day in days if self.of(account, day) is not None]

    def by_hand(self, account: str, day: str, *, last: str = "", at: Instant = MORNING) -> Any:
        """An operator wants one."""
        once = Once(key=f"{account}/{day}/{at}", asked="", at=at)
        return self.desk.begin("a new id", account, day, last or day, once, fetch=True).body

    def answers(self, file: SettlementFile, status: int, reason: str = "") -> str:
        """The bank, to the call that is open."""
        said = ReportAnswered(
            file=file.id, skip=file.lines, number=file.calls, status=status, raw="", answered_at=MORNING, reason=reason
        )  # fmt: skip
        return self.reading.answered(said)

    def given_up(self, account: str, day: str) -> SettlementFile:
        """The bank is dark until nobody asks any more."""
        word = ""
        for _ in range(rules.MOST_CALLS):
            file = self.of(account, day)
            assert file is not None
            word = self.answers(file, 503)
        assert word == "file_refused"
        file = self.of(account, day)
        assert file is not None
        assert (file.state, file.reason) == ("refused", "http_503")
        return file


@pytest.fixture(params=["memory", "table"])
def mornings(request: pytest.FixtureRequest) -> Mornings:
    """Return them in each store, empty."""
    if request.param == "memory":
        files = MemoryFiles()
        return Mornings(files, MemoryAccounts(), lambda: [row.row["body"] for row in files.rows])
    tables: Tables = request.getfixturevalue("tables")
    table = tables.payment

    def bodies() -> list[str]:
        return [item["body"] for item in table.having("queue") if item["queue"].startswith("payment-")]

    return Mornings(DynamoFiles(table), DynamoAccounts(table, lambda: 0.0), bodies)


def calls(mornings: Mornings) -> list[ReportWanted]:
    """To banks, that are due."""
    return [fact for body in mornings.bodies() if isinstance(fact := load(body), ReportWanted)]


@pytest.mark.parametrize("times", [1, 2])
def test_every_account_is_asked_for_however_many_there_are(mornings: Mornings, times: int) -> None:
    """Page after page; a record that comes twice, and a schedule's event that does, ask for nothing more."""
    ids = [f"account-{number:03}" for number in range(2 * PAGE + 1)]
    mornings.has(*(replace(LIVE, id=id) for id in ids))
    assert mornings.comes(times=times) == len(ids) * len(DAYS)
    assert [id for id in ids if mornings.days(id, *DAYS, TODAY) != list(DAYS)] == []
    assert len(calls(mornings)) == len(ids) * len(DAYS)
    assert mornings.comes() == 0


def test_page_that_can_not_be_done_stops_none_behind_it(mornings: Mornings) -> None:
    """It is set aside; the next one was begun before it."""
    mornings.has(*(replace(LIVE, id=f"account-{number:03}") for number in range(PAGE + 1)))
    broken = Reading(files=mornings.files, accounts=mornings.accounts, shelf=MemoryShelf(), banks=lambda _: 1 / 0)  # type: ignore[arg-type,return-value]  # it can't be done
    with pytest.raises(ZeroDivisionError):
        broken.wanted(ReportsWanted(day=TODAY), MORNING)
    assert mornings.comes() == (PAGE + 1) * len(DAYS)


def test_mornings_that_were_missed_are_made_up_for(mornings: Mornings) -> None:
    """Two of them; each day is asked for once."""
    mornings.has(LIVE)
    assert mornings.comes() == 3
    assert mornings.comes(later(MORNING, 3 * DAY)) == 3
    assert len(calls(mornings)) == 6


def test_account_is_asked_for_from_its_first_day_on(mornings: Mornings) -> None:
    """What came before it was connected is not ours to know of."""
    mornings.has(replace(LIVE, opened_at=Instant(MORNING - DAY)))
    mornings.comes()
    assert mornings.days(LIVE.id, *DAYS) == ["2026-01-04"]


@pytest.mark.parametrize(
    "account",
    [
        replace(LIVE, fetched=False),
        replace(LIVE, state="testing", standing="new"),
        replace(LIVE, state="closed", standing="new"),
    ],
    ids=["of a bank that gives none", "never live", "closed before it was live"],
)
def test_account_without_payouts_is_asked_for_nothing(mornings: Mornings, account: PayeeAccount) -> None:
    """Nothing that was sold has come over it."""
    mornings.has(account)
    assert mornings.comes() == 0


def test_closed_account_is_asked_for_until_its_payouts_are_through(mornings: Mornings) -> None:
    """Eight days; then it stands in no list any more."""
    mornings.has(LIVE)
    mornings.accounts.save(
        replace(LIVE, merchant=MerchantId("shop of account"), state="closed", changed_at=MORNING, version=2)
    )
    found = [mornings.comes(later(MORNING, days * DAY)) for days in range(13)]
    assert found == [3, *[1] * 9, 0, 0, 0]
    assert mornings.days(LIVE.id, "2026-01-13", "2026-01-14") == ["2026-01-13"], "the eighth day is its last"
    assert all_of(mornings.accounts.fetched) == []


def test_report_that_a_bank_did_not_give_is_asked_for_the_next_morning(mornings: Mornings) -> None:
    """From where it stood; a call's late answer is none of the new one's."""
    mornings.has(LIVE)
    mornings.comes()
    file = mornings.given_up(LIVE.id, "2026-01-04")
    assert mornings.comes(later(MORNING, DAY)) == 2, "the new day, and this one"
    again = mornings.of(LIVE.id, "2026-01-04")
    assert again is not None
    assert (again.state, again.reason) == ("fetching", "")
    assert calls(mornings).count(ReportWanted(file=file.id, skip=0, number=again.calls)) == 1
    assert mornings.answers(file, 503) == "page_read_before"
    assert mornings.given_up(LIVE.id, "2026-01-04").calls == 2 * rules.MOST_CALLS


def test_report_by_hand_and_the_mornings_are_one(mornings: Mornings) -> None:
    """Whoever is first; the other one is answered with it."""
    mornings.has(LIVE)
    first = mornings.by_hand(LIVE.id, "2026-01-03")
    assert first["id"] == rules.of_day(LIVE.id, "2026-01-03")
    assert mornings.comes() == 2
    assert [mornings.by_hand(LIVE.id, day)["id"] for day in DAYS] == [rules.of_day(LIVE.id, day) for day in DAYS]
    assert len(calls(mornings)) == len(DAYS)


def test_report_that_was_refused_is_asked_for_again_by_hand(mornings: Mornings) -> None:
    """At once, and once for each request."""
    mornings.has(LIVE)
    mornings.comes()
    file = mornings.given_up(LIVE.id, "2026-01-04")
    before = len(calls(mornings))
    for _ in range(2):
        assert mornings.by_hand(LIVE.id, "2026-01-04")["state"] == "fetching"
    assert len(calls(mornings)) == before + 1
    after = mornings.of(LIVE.id, "2026-01-04")
    assert after is not None
    assert (after.state, after.calls) == ("fetching", file.calls + 1)


@pytest.mark.parametrize(
    ("first", "last", "field"), [(TODAY, TODAY, "first_day"), ("2026-01-03", "2026-01-04", "last_day")]
)
def test_report_of_a_day_that_is_not_over_is_none(mornings: Mornings, first: str, last: str, field: str) -> None:
    """It would be taken for the whole day's for ever; and a report is one day's."""
    mornings.has(LIVE)
    with pytest.raises(Rejected) as refused:
        mornings.by_hand(LIVE.id, first, last=last)
    assert refused.value.fields.keys() == {field}
    assert mornings.days(LIVE.id, first) == []


def test_page_that_no_queue_would_take_is_refused_at_once() -> None:
    """And says why: asking for it again would bring the same. An error that is as long is asked after as any other."""
    files, accounts, payments = MemoryFiles(), MemoryAccounts(), MemoryPayments()
    mornings = Mornings(files, accounts, lambda: [row.row["body"] for row in files.rows])
    mornings.has(LIVE)
    mornings.comes()
    ends = {}
    for day, status in zip(DAYS, (200, 502, 200), strict=True):
        large = b"x" * 200_000 if day != DAYS[2] else json.dumps({"items": []}).encode()
        calling = Calling(
            files=files, payments=payments, accounts=accounts, keys=CallKeys(), bank=FakeBank(Reply(status=status, raw=large)),
            banks=bank, now=lambda: MORNING,
        )  # fmt: skip
        calling.report(ReportWanted(file=rules.of_day(LIVE.id, day), skip=0, number=1))
        mornings.reading.answered(files.answers[rules.of_day(LIVE.id, day), 0, 1])
        file = mornings.of(LIVE.id, day)
        assert file is not None
        ends[status, day] = (file.state, file.reason, file.calls)
    assert list(ends.values()) == [("refused", "page_too_large", 1), ("fetching", "", 2), ("settling", "", 0)]
    assert mornings.comes(later(MORNING, DAY)) == 1, "the new day's alone"


def test_account_that_can_not_be_done_stops_none_of_its_page(mornings: Mornings) -> None:
    """Its bank is one that this version does not know: the others' reports are asked for all the same, and the fault is seen."""
    strange = replace(LIVE, id="b", bank=replace(LIVE.bank, provider="no-such-bank", merchant_id="b", vpa="b@upi"))
    others = [replace(LIVE, id=id, bank=replace(LIVE.bank, merchant_id=id, vpa=f"{id}@upi")) for id in ("a", "c")]
    mornings.has(others[0], strange, others[1])
    with pytest.raises(NotFound):
        mornings.comes()
    assert [mornings.days(id, *DAYS) for id in ("a", "c")] == [list(DAYS), list(DAYS)]

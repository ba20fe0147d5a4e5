"""Joins payment_bank_call to the real table, keys and banks."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import urllib3

from haat.aws import clients
from haat.aws.table import Table
from haat.edge.batch import Outcome
from haat.facts.payments import BankWanted, PayeeNameWanted, load
from haat.facts.settlement import ReportWanted
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.banks.registry import bank
from haat.payment.model.account import PayeeAccount
from haat.payment.service.calling import Calling
from haat.payment.service.naming import Naming
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.caller import HttpBank, urls
from haat.payment.store.files import DynamoFiles
from haat.payment.store.names import DynamoNames
from haat.payment.store.payments import DynamoPayments
from haat.wiring.clock import now as clock
from haat.wiring.clock import seconds
from haat.wiring.payment_keys import SealedKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What payment_bank_call needs to know."""

    payment_table: str
    payment_bank_queue_url: str
    payment_bank_dlq_url: str
    payment_call_key: str
    bank_urls: str


class Placed(DynamoAccounts):
    """Accounts with where their bank is: the deployment says that, and no merchant can."""

    def __init__(self, table: Table, bank_urls: Mapping[str, str]) -> None:
        super().__init__(table, seconds)
        self._urls = bank_urls

    def get(self, id: str, *, fresh: bool = False) -> PayeeAccount | None:
        """As the port Accounts says. Raises Rejected where the deployment has no address of the bank."""
        account = super().get(id, fresh=fresh)
        if account is None:
            return None
        if (url := self._urls.get(account.bank.provider)) is None:
            raise Rejected("this deployment has no address of that bank")
        return replace(account, bank=replace(account.bank, base_url=url))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """All that banks are asked: about money, and whose an address is."""

    calling: Calling
    naming: Naming


def build(settings: Settings) -> Asking:
    """The real thing."""
    table = Table(clients.dynamodb(), settings.payment_table)
    accounts = Placed(table, urls(settings.bank_urls))
    keys = SealedKeys(clients.kms, settings.payment_call_key, "call")
    http = HttpBank(urllib3.PoolManager(), time.monotonic)
    calling = Calling(
        payments=DynamoPayments(table),
        files=DynamoFiles(table),
        accounts=accounts,
        keys=keys,
        bank=http,
        banks=bank,
        now=clock,
    )
    naming = Naming(names=DynamoNames(table), accounts=accounts, keys=keys, bank=http, banks=bank, now=clock)
    return Asking(calling=calling, naming=naming)


def take(asking: Asking, body: str, now: Instant) -> Outcome:  # noqa: ARG001  # as the batch calls it
    """One record of the queue. Raises Rejected when it is none of ours."""
    # Never the account: its id is the secret half of the address that its bank calls.
    match load(body):
        case BankWanted() as wanted:
            done = asking.calling.make(wanted)
            return Outcome(word=done.word, ids={"asked": done.what, "status": done.status, "reference": wanted.tr})
        case ReportWanted() as report:
            done = asking.calling.report(report)
            return Outcome(word=done.word, ids={"asked": done.what, "status": done.status, "file": report.file})
        case PayeeNameWanted() as name:
            done = asking.naming.take(name)
            return Outcome(word=done.word, ids={"asked": done.what, "status": done.status, "request": name.request})
        case _:
            raise Rejected("no call, in the queue of calls")

"""Joins payment_settlement to the real table."""

from dataclasses import dataclass

from haat.aws import clients
from haat.aws.table import Table
from haat.edge import batch
from haat.facts.payments import BankAnswered, CallbackKept, CustomerForgotten, OrderWantsMoney, OrderWantsNone, load
from haat.facts.settlement import RefundFiled, SettlementGoesOn
from haat.kernel.errors import Rejected
from haat.kernel.time import Instant
from haat.payment.banks.registry import bank
from haat.payment.service.filed import Filed
from haat.payment.service.forgetting import Forgetting
from haat.payment.service.ordering import Ordering
from haat.payment.service.settling import Settling
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.files import DynamoFiles
from haat.payment.store.lists import DynamoLists
from haat.payment.store.payments import DynamoPayments
from haat.payment.store.people import DynamoPeople
from haat.wiring.clock import seconds
from haat.wiring.open_banks import open_banks
from haat.wiring.payment_keys import SealedKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What payment_settlement needs to know."""

    payment_table: str
    payment_settlement_key: str
    payment_evidence_queue_url: str
    payment_evidence_dlq_url: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What it decides with."""

    settling: Settling
    filed: Filed
    ordering: Ordering
    forgetting: Forgetting


def build(settings: Settings) -> Settlement:
    """The real thing."""
    table = Table(clients.dynamodb(), settings.payment_table)
    payments, accounts = DynamoPayments(table), DynamoAccounts(table, seconds)
    keys = SealedKeys(clients.kms, settings.payment_settlement_key, "settlement")
    settling = Settling(payments=payments, accounts=accounts, keys=keys, banks=bank)
    return Settlement(
        settling=settling,
        filed=Filed(files=DynamoFiles(table), lists=DynamoLists(table), settling=settling),
        ordering=Ordering(payments=payments, accounts=accounts, banks=bank, open_banks=open_banks(table)),
        forgetting=Forgetting(payments=payments, people=DynamoPeople(table)),
    )


def take(it: Settlement, body: str, now: Instant) -> batch.Outcome:
    """One record of the queue. Raises Rejected when it is none of ours."""
    match load(body):
        case CallbackKept() as kept:
            done = it.settling.callback(kept, now)
            ids = {"callback": kept.id, "reference": done.tr}
        case BankAnswered() as answered:
            done = it.settling.answer(answered, now)
            ids = {"asked": answered.what, "reference": answered.tr}
        case OrderWantsMoney() as wants:
            return batch.Outcome(
                word=it.ordering.wants(wants, now), ids={"merchant": wants.merchant, "order": wants.order}
            )
        case OrderWantsNone() as none:
            word = it.ordering.wants_none(none, now)
            return batch.Outcome(word=word, ids={"merchant": none.merchant, "order": none.order})
        case CustomerForgotten() as gone:
            return batch.Outcome(word=it.forgetting.forget(gone, now), ids={"merchant": gone.merchant})
        case RefundFiled() as refund:
            done = it.settling.filed(refund, now)
            ids = {"file": refund.id.partition("#")[0], "reference": done.tr}
        case SettlementGoesOn() as step:
            return batch.Outcome(word=it.filed.go_on(step, now), ids={"file": step.file, "part": step.part})
        case _:
            raise Rejected("no evidence, in the queue of evidence")
    return batch.Outcome(word=done.word, ids=ids)

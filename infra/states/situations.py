"""Requests in each state, brought there by the rules themselves, with the clock of the examples.

A request of Rs 250 is made at 0:00 and ends at 15:00. What happens to it happens at 5:00, or at 20:00 where its end is over.
"""

from dataclasses import dataclass, replace

from haat.kernel.ids import MerchantId
from haat.kernel.time import MINUTE, SECOND, Instant
from haat.payment.model.evidence import Evidence, Status, Trust
from haat.payment.model.payment import Payment, Request
from haat.payment.rules import machine, polling

START = Instant(1_800_000_000_000)
AMOUNT, OTHER_AMOUNT = 25_000, 24_900
EARLY, END, LATE = (Instant(START + minutes * MINUTE) for minutes in (5, 15, 20))


def at(seconds: int) -> Instant:
    """A time of the examples."""
    return Instant(START + seconds * SECOND)


def said(
    status: Status,
    *,
    rrn: str = "NEW",
    amount: int = AMOUNT,
    currency: str = "INR",
    payee: str = "shop@bank",
    trust: Trust = "proof",
    when: Instant | None = None,
) -> Evidence:
    """A statement about the request's money."""
    return Evidence(
        provider="bank",
        provider_txn_id=f"txn-{rrn}",
        tr="HTR",
        rrn=rrn,
        amount=amount,
        currency=currency,
        status=status,
        status_word=status,
        trust=trust,
        occurred_at=when or at(240),
        payee_vpa=payee,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A state with what led to it; `now` is when the next thing happens."""

    name: str
    means: str
    payment: Payment
    now: Instant


def _created() -> Payment:
    return Payment(
        request=Request(
            tr="HTR",
            merchant=MerchantId("merchant"),
            account="account",
            provider="bank",
            payee_vpa="shop@bank",
            payee_id="",
            payee_name="Shop",
            amount=AMOUNT,
            currency="INR",
            created_at=START,
            expires_at=END,
            order="order",
            customer="customer",
        )
    )


def _presented() -> Payment:
    """The bank was asked once, at 1:30, and knew of nothing."""
    return _asked(machine.present(_created()).after, at(90))


def _asked(payment: Payment, now: Instant) -> Payment:
    made = replace(payment, request=polling.made(payment.request, now))
    return machine.nothing_known(made, now).after


def _heard(payment: Payment, one: Evidence, now: Instant) -> Payment:
    return machine.hear(payment, one, now).after


def _cancelled() -> Payment:
    return machine.cancel(_presented(), at(180)).after


def situations() -> list[Situation]:
    """All states; REVIEW by each way that leads into it."""
    old = said("SUCCESS", rrn="KNOWN", when=at(200))
    wrong = said("SUCCESS", rrn="KNOWN", amount=OTHER_AMOUNT, when=at(200))
    pending = _heard(machine.present(_created()).after, said("PENDING"), at(60))
    expired = _asked(machine.expire(_presented(), END).after, END)
    reached: list[tuple[str, str, Payment]] = [
        ("CREATED", "the bank is being told of it; nobody can pay yet", _created()),
        ("PRESENTED", "the customer can pay", _presented()),
        ("PROCESSING", "the bank says that a payment has begun, or says something that nobody knows", _asked(pending, at(90))),
        ("PAID", "the exact sum has come", _heard(_presented(), old, at(201))),
        ("FAILED", "the bank says that a payment failed", _heard(_presented(), said("FAILED", rrn="TRY"), at(120))),
        ("EXPIRED", "its time is over and nothing has come", expired),
        ("CANCELLED", "the shop has taken it back", _cancelled()),
        ("REVIEW (other sum)", "another sum has come: a person decides", _heard(_presented(), wrong, at(201))),
        ("REVIEW (cancelled)", "the exact sum has come after the shop had taken it back", _heard(_cancelled(), old, at(201))),
        ("REVIEW (cancelled, other sum)", "another sum has come after the shop had taken it back", _heard(_cancelled(), wrong, at(201))),
    ]  # fmt: skip
    return [
        Situation(name=name, means=means, payment=payment, now=LATE if name == "EXPIRED" else EARLY)
        for name, means, payment in reached
    ]

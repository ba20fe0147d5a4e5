"""Every state of a refund, and every kind of fact: what the rules make of each pair."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from haat.kernel.time import DAY, Instant
from haat.payment.model.bank import Failed, NotFound
from haat.payment.model.evidence import RefundEvidence
from haat.payment.model.payment import Change, Payment
from haat.payment.rules import machine, refunds
from infra.states.situations import AMOUNT, EARLY, at, said, situations
from infra.states.told import follows, lines

NOW, PART, MUCH = at(600), 10_000, 20_000
ID, ELSEWHERE = "R", "P"


def _told(id: str, status: str, amount: int = PART, rrn: str = "KNOWN") -> RefundEvidence:
    """What a bank says of a refund of ours, or of one that somebody began in the bank's own pages."""
    return RefundEvidence(
        provider="bank",
        provider_refund_id="P-of-R" if id == ID else id,
        refund_id=ID if id == ID else "",
        amount=amount,
        status=status,  # type: ignore[arg-type]  # one of the three below
        status_word=status,
        trust="proof",
        rrn=rrn,
    )


def _paid() -> Payment:
    return next(one.payment for one in situations() if one.name == "PAID")


def _unpaid() -> Payment:
    return next(one.payment for one in situations() if one.name == "PRESENTED")


def _sent() -> Payment:
    return refunds.ask(_paid(), ID, "KNOWN", PART, EARLY).after


def _after(payment: Payment, status: str) -> Payment:
    return refunds.hear(payment, _told(ID, status), EARLY).after


def _others(payment: Payment) -> Payment:
    """Another refund has taken so much that this one does not fit any more."""
    return refunds.ask(payment, "another", "KNOWN", MUCH, EARLY).after


def states() -> dict[str, tuple[str, Payment]]:
    """All states of a refund of Rs 100 of a payment of Rs 250."""
    failed = _after(_sent(), "FAILED")
    waiting = refunds.hear(_unpaid(), _told(ELSEWHERE, "DONE"), EARLY).after
    return {
        "(none), enough is left": ("nobody has asked for it", _paid()),
        "(none), too little is left": ("nobody has asked for it, and others have taken too much", _others(_paid())),
        "SENT": ("its sum is set aside, and the bank is called or was", _sent()),
        "DONE": ("the bank says that the money is on its way", _after(_sent(), "DONE")),
        "FAILED": ("the bank says that it did not happen: the sum is free again", failed),
        "FAILED, the sum is taken": ("the same, and another refund has taken the sum", _others(failed)),
        "REFUSED": ("more than was left: nobody was called", refunds.ask(_paid(), ID, "KNOWN", AMOUNT + 1, EARLY).after),
        "WAITING": ("the bank told of it before it told of the payment", waiting),
    }  # fmt: skip


Play = Callable[[Payment, Instant], Change]


def facts() -> dict[str, tuple[Play, bool]]:
    """Each with whether it can be about a refund that we have not heard of."""

    def hear(status: str) -> Play:
        return lambda p, now: refunds.hear(p, _told(_id(p), status), now)

    def answered(answer: NotFound | Failed) -> Play:
        return lambda p, now: refunds.answered(p, _id(p), answer, now)

    return {
        "the shop asks for it": (lambda p, now: refunds.ask(p, _id(p), "KNOWN", PART, now), True),
        "the bank says: done": (hear("DONE"), False),
        "the bank says: failed": (hear("FAILED"), False),
        "the bank says: pending, or a word that nobody knows": (hear("PENDING"), False),
        "the bank refuses the call in its own words": (answered(Failed(reason="refused", refused=True)), False),
        "no answer, an error, an answer of no use": (answered(Failed(reason="http_500")), False),
        "asked after it, the bank knows no such refund": (answered(NotFound()), False),
        "a hint about it": (lambda p, now: refunds.ask_after(p, _told(_id(p), "DONE"), now), False),
        "its payment comes": (
            lambda p, now: machine.hear(p, said("SUCCESS", rrn="KNOWN", when=at(200)), now),
            False,
        ),
        "done in the bank's own pages": (lambda p, now: refunds.hear(p, _told("P2", "DONE"), now), True),
        "pending in the bank's own pages": (lambda p, now: refunds.hear(p, _told("P2", "PENDING"), now), True),
        "failed in the bank's own pages": (lambda p, now: refunds.hear(p, _told("P2", "FAILED"), now), True),
    }


def _id(payment: Payment) -> str:
    """The refund that the table is about."""
    return next((refund.id for refund in payment.refunds if refund.id in (ID, ELSEWHERE)), ID)


def cells() -> dict[str, dict[str, str]]:
    """What follows, by fact and by state."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name, (play, unheard) in facts().items():
        elsewhere = name.endswith("own pages")
        for state, (_, payment) in states().items():
            new = state.startswith("(none)")
            if (new and not unheard) or (elsewhere and not new):
                continue
            found[name][state] = follows(payment, play(payment, NOW), NOW, moved=False)
    for status in ("DONE", "PENDING", "FAILED"):
        change = refunds.hear(_unpaid(), _told("P2", status), NOW)
        found[f"{status.lower()} in the bank's own pages"]["(none), its payment is not known"] = follows(
            _unpaid(), change, NOW, moved=False
        )
    month = replace(_sent(), refunds=tuple(replace(one, asked_at=at(0)) for one in _sent().refunds))
    much_later = Instant(NOW + 31 * DAY)
    change = refunds.answered(month, ID, Failed(reason="http_500"), much_later)
    found["no answer for a month"]["SENT"] = (
        follows(month, change, much_later, moved=False) + ": a person asks the bank"
    )
    return found


def table() -> str:
    """The table in Markdown."""
    means = [f"| {name} | {what} |" for name, (what, _) in states().items()]
    head = ["", "| state | it means |", "| --- | --- |", *means, ""]
    return "\n".join([*head, *lines(cells()), "", ""])

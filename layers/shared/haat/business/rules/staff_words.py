"""What a shop's own people are told in the chat: in Bengali, Hindi, or English.

No text names a customer, and none holds what they wrote: it stays on a phone and in the shop's table when the customer is erased. What is said of a
payee account stands in `staff_account_words`, of the badge in `staff_badge_words`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from haat.business.model.merchant import Merchant, StaffNumber
from haat.business.model.order import Order
from haat.business.rules.amounts import amount
from haat.business.rules.order_words import unit_of
from haat.business.rules.orders import LOST, OPEN
from haat.business.rules.staff import ALWAYS
from haat.business.rules.staff_account_words import of_account
from haat.business.rules.staff_badge_words import KINDS as OF_BADGES
from haat.business.rules.staff_badge_words import of_badge
from haat.facts import notices
from haat.facts.notices import NoticeRaised
from haat.facts.said import StaffHears, Template
from haat.kernel.ids import Fingerprint, OrderId
from haat.kernel.time import HOUR

MOST = 4096  # characters of a text message (Cloud API, Text messages)

_EN: Final[Mapping[str, str]] = {
    "placed": "New order {number}: {total}, {payment}",
    "more": "… and {count} more",
    "withdrawn": "Order {number} ({total}) was cancelled by the customer.",
    "unanswered": "A customer asked something that the bot could not answer. It is on the list of unanswered messages.",
    "not_sent": "A message of the shop could not be sent (code {code}).",
    "cash_on_delivery": "cash on delivery",
    "paid": "paid",
    "order_paid": "Order {number} ({total}) is paid.",
    "give_back": "The money has come: please give it back.",
    "paid_twice": "Order {number} ({total}) was paid twice: please give one payment back.",
}
_BN: Final[Mapping[str, str]] = {
    "placed": "নতুন অর্ডার {number}: {total}, {payment}",
    "more": "… আরও {count}টি",
    "withdrawn": "অর্ডার {number} ({total}) ক্রেতা বাতিল করেছেন।",
    "unanswered": "একজন ক্রেতা এমন কিছু জানতে চেয়েছেন যার উত্তর বট দিতে পারেনি। সেটি উত্তর না-দেওয়া বার্তার তালিকায় আছে।",
    "not_sent": "দোকানের একটি বার্তা পাঠানো যায়নি (কোড {code})।",
    "cash_on_delivery": "জিনিস পেয়ে নগদে",
    "paid": "টাকা দেওয়া হয়েছে",
    "order_paid": "অর্ডার {number} ({total})-এর টাকা পাওয়া গেছে।",
    "give_back": "টাকা এসে গেছে: অনুগ্রহ করে ফেরত দিন।",
    "paid_twice": "অর্ডার {number} ({total})-এর টাকা দু'বার এসেছে: অনুগ্রহ করে একটি ফেরত দিন।",
}
_HI: Final[Mapping[str, str]] = {
    "placed": "नया ऑर्डर {number}: {total}, {payment}",
    "more": "… और {count}",
    "withdrawn": "ऑर्डर {number} ({total}) ग्राहक ने रद्द कर दिया है।",
    "unanswered": "किसी ग्राहक ने कुछ पूछा जिसका जवाब बॉट नहीं दे सका। वह बिना जवाब वाले संदेशों की सूची में है।",
    "not_sent": "दुकान का एक संदेश नहीं भेजा जा सका (कोड {code})।",
    "cash_on_delivery": "सामान मिलने पर नकद",
    "paid": "भुगतान हो चुका",
    "order_paid": "ऑर्डर {number} ({total}) का भुगतान हो गया।",
    "give_back": "पैसे आ चुके हैं: कृपया लौटा दें।",
    "paid_twice": "ऑर्डर {number} ({total}) का भुगतान दो बार हुआ है: कृपया एक लौटा दें।",
}
_WORDS: Final = {"en": _EN, "bn": _BN, "hi": _HI}


def concerns_staff(notice: NoticeRaised) -> bool:
    """Whether anybody may want to be told. Of an order's changes only what the customer did: the rest the shop did itself."""
    match notice.kind:
        case notices.ORDER_CHANGED:
            return notice.data.get("by") == "customer"
        case notices.NOT_SENT:
            # A message to staff that failed is told to no staff: telling that may fail, too, and so on for ever.
            return not notice.data.get("staff")
        case _:
            known = (notices.ORDER_PLACED, notices.ORDER_PAID, notices.PAYMENT_SURPLUS, notices.UNANSWERED, *ALWAYS)
            return notice.kind in known


def wanting(shop: Merchant, kind: str) -> list[StaffNumber]:
    """Who is told of a kind of notice. A shop that is closed or blocked says nothing by itself, to its own people neither."""
    if shop.state != "open":
        return []
    if kind == notices.PAYMENT_SURPLUS:
        kind = notices.ORDER_PAID  # who wants to hear of an order's money hears of all of it
    return [person for person in shop.staff if kind in ALWAYS or kind in person.told]


def order_of(notice: NoticeRaised) -> OrderId | None:
    """The order that must be read to tell of a notice."""
    if notice.kind not in (notices.ORDER_PLACED, notices.ORDER_CHANGED, notices.ORDER_PAID, notices.PAYMENT_SURPLUS):
        return None
    id = notice.data.get("order_id")
    return OrderId(id) if id else None


def hearing(
    notice: NoticeRaised, order: Order | None, shop: Merchant, people: Iterable[StaffNumber]
) -> list[StaffHears]:
    """What each of them is told; nothing where there is nothing to say any more."""
    template = shop.staff_template
    chosen = Template(name=template.name, language=template.language) if template else None
    return [
        StaffHears(
            key=_key(notice, person),
            merchant=notice.merchant,
            staff=person.id,
            phone=person.phone,
            occurred_at=notice.occurred_at,
            text=said,
            template=chosen,
        )
        for person in people
        if (said := text(notice, order, person.language))
    ]


def text(notice: NoticeRaised, order: Order | None, language: str) -> str | None:
    """A notice in words. None where the order is gone, or where it is new no more: what follows from it would be wrong."""
    say = _WORDS.get(language, _EN)
    match notice.kind:
        case notices.ORDER_PLACED if order is not None and order.state in OPEN:
            return _placed(order, language, say)
        case notices.ORDER_CHANGED if order is not None and order.state == "cancelled":
            return _line(order, "withdrawn", say)
        case notices.ORDER_PAID if order is not None and order.paid:
            return _line(order, "order_paid", say)
        case notices.PAYMENT_SURPLUS if order is not None:
            return say["paid_twice"].format(number=order.number, total=amount(order.total, order.currency))
        case notices.UNANSWERED:
            return say["unanswered"]
        case notices.NOT_SENT:
            return say["not_sent"].format(code=notice.data.get("code", 0))
        case notices.ACCOUNT_CHANGED | notices.ACCOUNT_CHANGE_WANTED:
            return of_account(notice, language)
        case kind if kind in OF_BADGES:
            return of_badge(notice, language)
        case _:
            return None


def _line(order: Order, word: str, say: Mapping[str, str]) -> str:
    """What has happened, and what the shop owes where it has money for an order that is no more."""
    told = say[word].format(number=order.number, total=amount(order.total, order.currency))
    return f"{told} {say['give_back']}" if order.paid and order.state in LOST else told


def _placed(order: Order, language: str, say: Mapping[str, str]) -> str:
    """What matters most comes first: a template has room for a quarter of this."""
    payment = say["paid"] if order.paid else say.get(order.payment, order.payment.replace("_", " "))
    total = amount(order.total, order.currency)
    lines = [say["placed"].format(number=order.number, total=total, payment=payment)]
    size = len(lines[0])
    for done, line in enumerate(order.lines):
        told = f"– {line.name}: {line.quantity} {unit_of(line.unit, language)}"
        rest = say["more"].format(count=len(order.lines) - done)
        if size + len(told) + len(rest) + 2 > MOST:
            return "\n".join([*lines, rest])  # whole lines: who loads this has no tables of where a letter ends
        lines.append(told)
        size += 1 + len(told)
    return "\n".join(lines)


def _key(notice: NoticeRaised, person: StaffNumber) -> Fingerprint:
    """What makes it be said once. Of ids of ours: nobody can read a person out of it."""
    what: str = notice.id
    if notice.kind == notices.NOT_SENT:
        # Once an hour for each code: a number that Meta refuses fails a hundred messages, and no phone shall ring a hundred times.
        what = f"{notice.merchant}/{notice.kind}/{notice.data.get('code', 0)}/{notice.occurred_at // HOUR}"
    return Fingerprint(hashlib.sha256(f"{what}/{person.id}".encode()).hexdigest()[:32])

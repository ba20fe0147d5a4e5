"""What the shop's own people are told of its orders in the chat. No line names a customer."""

from collections.abc import Mapping, Sequence
from typing import Final

from haat.business.model.order import Order
from haat.business.rules.amounts import amount
from haat.business.rules.orders import LOST, STATES

SHOWN: Final = 10  # orders that are told one by one

_EN: Final[Mapping[str, str]] = {
    "none": "No orders today so far.",
    "count": "Orders today: {count}",
    "total": "Total: {total}",
    "total_kept": "Total without rejected and cancelled ones: {total}",
    "more": "… and {more} more",
    "most": "Only the last {count} of today's orders are counted.",
    "placed": "new",
    "accepted": "accepted",
    "ready": "ready",
    "out_for_delivery": "on the way",
    "delivered": "delivered",
    "rejected": "rejected",
    "cancelled": "cancelled",
    "paid": "paid",
}
_BN: Final[Mapping[str, str]] = {
    "none": "আজ এখনও কোনো অর্ডার নেই।",
    "count": "আজকের অর্ডার: {count}টি",
    "total": "মোট: {total}",
    "total_kept": "ফেরানো আর বাতিল বাদে মোট: {total}",
    "more": "… আরও {more}টি",
    "most": "আজকের শেষ {count}টি অর্ডারই শুধু ধরা হয়েছে।",
    "placed": "নতুন",
    "accepted": "নেওয়া হয়েছে",
    "ready": "তৈরি",
    "out_for_delivery": "পথে",
    "delivered": "পৌঁছেছে",
    "rejected": "ফেরানো",
    "cancelled": "বাতিল",
    "paid": "টাকা পাওয়া গেছে",
}
_HI: Final[Mapping[str, str]] = {
    "none": "आज अभी तक कोई ऑर्डर नहीं।",
    "count": "आज के ऑर्डर: {count}",
    "total": "कुल: {total}",
    "total_kept": "लौटाए और रद्द किए ऑर्डर छोड़कर कुल: {total}",
    "more": "… और {more}",
    "most": "आज के सिर्फ़ आख़िरी {count} ऑर्डर गिने गए।",
    "placed": "नया",
    "accepted": "लिया गया",
    "ready": "तैयार",
    "out_for_delivery": "रास्ते में",
    "delivered": "पहुँचा",
    "rejected": "लौटाया",
    "cancelled": "रद्द",
    "paid": "भुगतान हो गया",
}
_WORDS: Final = {"en": _EN, "bn": _BN, "hi": _HI}


def day(orders: Sequence[Order], language: str, *, whole: bool = True) -> str:
    """How many orders there are, how they stand, what they come to, and the latest of them. `orders`: the newest first.

    Not `whole`: there are more than these.
    """
    words = _WORDS.get(language, _EN)
    if not orders:
        return words["none"]
    states = [order.state for order in orders]
    kept = [order for order in orders if order.state not in LOST]
    lines = [
        words["count"].format(count=len(orders)),
        ", ".join(f"{words[state]}: {states.count(state)}" for state in STATES if state in states),
        words["total" if len(kept) == len(orders) else "total_kept"].format(total=_total(kept or orders[:1], kept)),
        *(_line(it, words) for it in orders[:SHOWN]),
    ]
    if len(orders) > SHOWN:
        lines.append(words["more"].format(more=len(orders) - SHOWN))
    if not whole:
        lines.append(words["most"].format(count=len(orders)))
    return "\n".join(lines)


def _line(order: Order, words: Mapping[str, str]) -> str:
    line = f"{order.number}: {words[order.state]}, {amount(order.total, order.currency)}"
    return f"{line}, {words['paid']}" if order.paid else line


def _total(orders: Sequence[Order], paid: Sequence[Order]) -> str:
    """What is paid, by currency: a shop has one, but may have had another this morning."""
    sums = dict.fromkeys((order.currency for order in orders), 0)
    for order in paid:
        sums[order.currency] += order.total
    return " + ".join(amount(total, currency) for currency, total in sums.items())

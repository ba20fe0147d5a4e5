"""What the shop says about orders and goods, in the customer's language: Bengali, Hindi, and English for all others.

Numbers of orders and digits stay as they are: a customer types or reads them out to somebody.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from haat.business.model.order import Line, Option, Order, Spoken, State, Trouble
from haat.business.model.product import Product
from haat.business.rules.amounts import amount, percent

_EN: Final[Mapping[str, str]] = {
    "ordered": "Thank you! Order {number}",
    "total": "Total {total}, cash on delivery.",
    "tax": "Tax {tax}",
    "price_now": "{name} now costs {price}; the cart showed another price.",
    "withdraw": "Cancel {number}",
    "nothing": "The order was not made, and nothing is set aside:",
    "unknown": "a product that is no longer there",
    "not_for_sale": "{name}: not for sale now",
    "short": "{name}: {left} left",
    "gone": "{name}: none left",
    "quantity": "{name}: this quantity can't be ordered",
    "too_many": "too many different products for one order",
    "too_much": "the total is too large for one order",
    "empty": "the cart is empty",
    "again": "Please change it and send it again.",
    "called": "Order {number}",
    "paid": "paid",
    "placed": "received, the shop will confirm it",
    "accepted": "accepted, being prepared",
    "ready": "ready",
    "out_for_delivery": "on its way to you",
    "delivered": "delivered",
    "rejected": "not accepted by the shop",
    "cancelled": "cancelled",
    "stands": "Order {number} ({total}): {state}.",
    "reason": "The shop says: {reason}",
    "late": "Order {number} can't be cancelled any more: {state}.",
    "goods": "What we have:",
    "choose": "Choose",
    "more": "More",
    "order_one": "Order {quantity}",
    "in_stock": "{left} in stock",
    "plus_tax": "+ {tax} tax",
    "gone_product": "This product is not for sale any more.",
}
_BN: Final[Mapping[str, str]] = {
    "ordered": "ধন্যবাদ! অর্ডার {number}",
    "total": "মোট {total}, জিনিস পেয়ে নগদে দেবেন।",
    "tax": "কর {tax}",
    "price_now": "{name}-এর দাম এখন {price}; কার্টে অন্য দাম ছিল।",
    "withdraw": "{number} বাতিল",
    "nothing": "অর্ডার নেওয়া গেল না, কিছুই আলাদা করে রাখা হয়নি:",
    "unknown": "একটি জিনিস আর নেই",
    "not_for_sale": "{name}: এখন বিক্রি হচ্ছে না",
    "short": "{name}: আর {left}টি আছে",
    "gone": "{name}: ফুরিয়ে গেছে",
    "quantity": "{name}: এই পরিমাণে অর্ডার হয় না",
    "too_many": "এক অর্ডারে এত রকম জিনিস হয় না",
    "too_much": "এক অর্ডারে এত টাকা হয় না",
    "empty": "কার্ট খালি",
    "again": "বদলে আবার পাঠান।",
    "called": "অর্ডার {number}",
    "paid": "টাকা পাওয়া গেছে",
    "placed": "পেয়েছি, দোকান জানাবে",
    "accepted": "নেওয়া হয়েছে, তৈরি হচ্ছে",
    "ready": "তৈরি",
    "out_for_delivery": "আপনার কাছে যাচ্ছে",
    "delivered": "পৌঁছে গেছে",
    "rejected": "দোকান নিতে পারেনি",
    "cancelled": "বাতিল",
    "stands": "অর্ডার {number} ({total}): {state}।",
    "reason": "দোকান জানিয়েছে: {reason}",
    "late": "অর্ডার {number} আর বাতিল করা যায় না: {state}।",
    "goods": "আমাদের কাছে আছে:",
    "choose": "বেছে নিন",
    "more": "আরও",
    "order_one": "{quantity}টি অর্ডার",
    "in_stock": "{left}টি আছে",
    "plus_tax": "+ {tax} কর",
    "gone_product": "এই জিনিসটি আর বিক্রি হচ্ছে না।",
}
_HI: Final[Mapping[str, str]] = {
    "ordered": "धन्यवाद! ऑर्डर {number}",
    "total": "कुल {total}, सामान मिलने पर नकद दें।",
    "tax": "कर {tax}",
    "price_now": "{name} का दाम अब {price} है; कार्ट में दूसरा दाम था।",
    "withdraw": "{number} रद्द करें",
    "nothing": "ऑर्डर नहीं हो सका, कुछ भी अलग नहीं रखा गया:",
    "unknown": "एक सामान अब नहीं है",
    "not_for_sale": "{name}: अभी बिक्री में नहीं है",
    "short": "{name}: {left} बचे हैं",
    "gone": "{name}: ख़त्म हो गया",
    "quantity": "{name}: इतनी मात्रा का ऑर्डर नहीं होता",
    "too_many": "एक ऑर्डर में इतने अलग सामान नहीं हो सकते",
    "too_much": "एक ऑर्डर में इतनी रक़म नहीं हो सकती",
    "empty": "कार्ट ख़ाली है",
    "again": "बदल कर फिर भेजें।",
    "called": "ऑर्डर {number}",
    "paid": "भुगतान हो गया",
    "placed": "मिल गया, दुकान बताएगी",
    "accepted": "ले लिया गया, तैयार हो रहा है",
    "ready": "तैयार है",
    "out_for_delivery": "आपके पास आ रहा है",
    "delivered": "पहुँच गया",
    "rejected": "दुकान नहीं ले सकी",
    "cancelled": "रद्द",
    "stands": "ऑर्डर {number} ({total}): {state}।",
    "reason": "दुकान ने बताया: {reason}",
    "late": "ऑर्डर {number} अब रद्द नहीं हो सकता: {state}।",
    "goods": "हमारे पास है:",
    "choose": "चुनें",
    "more": "और",
    "order_one": "{quantity} ऑर्डर करें",
    "in_stock": "{left} उपलब्ध",
    "plus_tax": "+ {tax} कर",
    "gone_product": "यह सामान अब बिक्री में नहीं है।",
}
_WORDS: Final = {"en": _EN, "bn": _BN, "hi": _HI}
_UNITS: Final[Mapping[str, Mapping[str, str]]] = {
    "bn": {
        "piece": "টি", "kg": "কেজি", "g": "গ্রাম", "litre": "লিটার", "ml": "মিলি", "dozen": "ডজন", "packet": "প্যাকেট",
        "metre": "মিটার", "box": "বাক্স", "bottle": "বোতল", "bag": "বস্তা", "pair": "জোড়া", "set": "সেট", "plate": "প্লেট",
        "quintal": "কুইন্টাল",
    },
    "hi": {
        "piece": "नग", "kg": "किलो", "g": "ग्राम", "litre": "लीटर", "ml": "मिली", "dozen": "दर्जन", "packet": "पैकेट",
        "metre": "मीटर", "box": "डिब्बा", "bottle": "बोतल", "bag": "बोरी", "pair": "जोड़ी", "set": "सेट", "plate": "प्लेट",
        "quintal": "क्विंटल",
    },
}  # fmt: skip

# Prefixes of what comes back with a tap; what follows is an id of ours.
MORE, PRODUCT, BUY, WITHDRAW = "goods:", "product:", "buy:", "withdraw:"
BUTTON, ROW, ROW_MORE = 20, 24, 72  # letters that WhatsApp has room for: a button, a row's title, a row's second line
LIST_TEXT = 1024
OFFERED = (1, 2, 3)  # quantities under a product
ROWS = 10


def confirmed(order: Order, names: Mapping[str, str], dearer: Sequence[Product] = ()) -> Spoken:
    """The order is made."""
    say = _said(order.language)
    lines = [say("ordered", number=order.number)]
    lines += [_line(line, names.get(line.product, line.name), order) for line in order.lines]
    if order.tax:
        lines.append(say("tax", tax=amount(order.tax, order.currency)))
    lines.append(say("total", total=amount(order.total, order.currency)))
    for product in dearer:
        price = amount(product.price.minor, order.currency)
        lines.append(say("price_now", name=named(product, order.language), price=price))
    return Spoken(word="ordered", text="\n".join(lines), language=order.language, options=(_withdrawal(order),))


def refused(found: Sequence[Trouble], language: str) -> Spoken:
    """The order is not made, and why."""
    say = _said(language)
    lines = [say("gone" if t.kind == "short" and not t.left else t.kind, name=t.name, left=t.left) for t in found]
    text = "\n".join([say("nothing"), *(f"– {line}" for line in lines), say("again")])
    return Spoken(word="order_refused", text=text, language=language)


def stands(order: Order) -> Spoken:
    """How an order stands: told when that changes, and when a customer asks."""
    say = _said(order.language)
    options = (_withdrawal(order),) if order.state in ("placed", "accepted") else ()
    return Spoken(word="served", text=_standing(order, say), language=order.language, options=options)


def called(order: Order) -> str:
    """What an order is called where it is to be paid."""
    return _said(order.language)("called", number=order.number)


def all_stand(orders: Sequence[Order], language: str) -> Spoken:
    """How some orders stand."""
    say = _said(language)
    text = "\n".join(_standing(order, say) for order in orders)
    options = [
        Option(id=WITHDRAW + order.id, title=say("withdraw", number=order.number))
        for order in orders
        if order.state in ("placed", "accepted")
    ]
    return Spoken(word="served", text=text, language=language, options=tuple(options[:3]))


def too_late(order: Order, language: str) -> Spoken:
    """The customer wants to cancel an order that can't be."""
    say = _said(language)
    text = say("late", number=order.number, state=say(order.state))
    return Spoken(word="served", text=text, language=language)


def goods(products: Sequence[Product], more: str, language: str) -> Spoken:
    """What there is: a list to choose from, and the same in words for phones that show none. `more` is where the rest begins."""
    say = _said(language)
    lines, options = [say("goods")], []
    for product in products:
        name, price = named(product, language), _price(product, language)
        lines.append(f"{name}: {price}")
        options.append(Option(id=PRODUCT + product.id, title=short(name, ROW), description=short(price, ROW_MORE)))
    if more:
        options.append(Option(id=MORE + more, title=short(say("more"), ROW)))
    text = short("\n".join(lines), LIST_TEXT)
    return Spoken(word="served", text=text, language=language, options=tuple(options), opener=say("choose"))


def product(one: Product, language: str) -> Spoken:
    """One product, and buttons to order it."""
    say = _said(language)
    lines = [named(one, language), _price(one, language)]
    if one.stock is not None:
        lines.append(say("in_stock", left=one.stock) if one.stock else say("gone", name=named(one, language)))
    if one.description:
        lines.append(one.description)
    left = OFFERED[-1] if one.stock is None else one.stock
    options = tuple(
        Option(id=f"{BUY}{one.id}:{quantity}", title=short(say("order_one", quantity=quantity), BUTTON))
        for quantity in OFFERED
        if quantity <= left
    )
    return Spoken(word="served", text=short("\n".join(lines), LIST_TEXT), language=language, options=options)


def gone(language: str) -> Spoken:
    """The product that was chosen is not there any more."""
    return Spoken(word="served", text=_said(language)("gone_product"), language=language)


def named(product: Product, language: str) -> str:
    """Its name in a language, or else the shop's own for it."""
    return product.names.get(language) or product.name


def short(text: str, most: int) -> str:
    """At most so many characters, ending where a letter ends: marks and joined letters stay together."""
    if len(text) <= most:
        return text
    from pyuegc import EGC  # noqa: PLC0415  # most texts fit

    kept = ""
    for letter in EGC(text):  # type: ignore[no-untyped-call]  # published without types
        if len(kept) + len(letter) > most - 1:
            break
        kept += letter
    return kept.rstrip() + "…"


def _said(language: str) -> "_Words":
    return _Words(_WORDS.get(language, _EN))


class _Words:
    """Fills a sentence of one language. What is filled in is never read as a sentence."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words

    def __call__(self, word: str, **given: object) -> str:
        return self._words[word].format(**given)


def _standing(order: Order, say: _Words) -> str:
    state: State = order.state
    how = f"{say(state)}, {say('paid')}" if order.paid else say(state)
    text = say("stands", number=order.number, total=amount(order.total, order.currency), state=how)
    return (
        f"{text}\n{say('reason', reason=order.reason)}" if order.reason and state in ("rejected", "cancelled") else text
    )


def _withdrawal(order: Order) -> Option:
    return Option(id=WITHDRAW + order.id, title=_said(order.language)("withdraw", number=order.number))


def _line(line: Line, name: str, order: Order) -> str:
    unit = unit_of(line.unit, order.language)
    return (
        f"{name}: {line.quantity} {unit} × {amount(line.price, order.currency)} = {amount(line.amount, order.currency)}"
    )


def _price(product: Product, language: str) -> str:
    price = f"{amount(product.price.minor, product.price.currency)} / {unit_of(product.unit, language)}"
    return f"{price} {_said(language)('plus_tax', tax=percent(product.tax))}" if product.tax else price


def unit_of(unit: str, language: str) -> str:
    """A unit in a language."""
    return _UNITS.get(language, {}).get(unit, unit)

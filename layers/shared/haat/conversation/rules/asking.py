"""What is for the shop's counter: a cart, a tap on something that the counter offered, a question for one's orders or for the goods.

Only what a customer asks (nearly) in these words is taken for such a question; what the shop itself taught in those very words comes
first.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final, cast

from haat.conversation.model import Ask, Conversation, Entry, Item, Language, Matcher, Shop
from haat.conversation.rules import reply
from haat.conversation.rules.customs import TAPS
from haat.conversation.rules.menus import COUNTER
from haat.conversation.rules.phrases import EXACT, PhraseBook, compile_phrases
from haat.conversation.rules.text import script_language
from haat.facts.conversation import MessageReceived
from haat.kernel.money import places
from haat.kernel.time import Instant

NOTE: Final = 1_000  # characters of a cart's note that are kept with the order
MOST_QUANTITY: Final = 1_000_000
_WHOLE: Final = re.compile(r"[0-9]{1,7}(\.0{1,6})?", re.ASCII)
_WORDS: Final = frozenset({"text", "button"})

_ORDERS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": (
        "my order", "my orders", "where is my order", "order status", "status of my order", "what about my order",
        "track my order", "when will my order come", "is my order ready",
    ),
    "bn": (
        "আমার অর্ডার", "আমার অর্ডার কোথায়", "আমার অর্ডারের খবর কী", "আমার অর্ডার কখন আসবে", "অর্ডার কোথায়", "অর্ডারের খবর",
        "আমার অর্ডার কি তৈরি", "amar order", "amar order kothay", "amar order kokhon asbe", "amar order er khobor ki",
        "order kothay",
    ),
    "hi": (
        "मेरा ऑर्डर", "मेरा आर्डर", "मेरा ऑर्डर कहाँ है", "मेरा ऑर्डर कब आएगा", "मेरे ऑर्डर का क्या हुआ", "ऑर्डर कहाँ है",
        "ऑर्डर की स्थिति", "mera order", "mera order kahan hai", "mera order kab aayega", "mere order ka kya hua",
        "order kahan hai",
    ),
}  # fmt: skip
_GOODS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": (
        "catalogue", "catalog", "menu", "price list", "rate list", "list of items", "products", "show products",
        "what do you have", "what do you sell", "show me the menu", "send the menu", "i want to order", "place an order",
        "how to order", "how do i order", "how can i order",
    ),
    "bn": (
        "ক্যাটালগ", "মেনু", "মেনু দেখান", "কী কী আছে", "কি কি আছে", "কী কী পাওয়া যায়", "দামের তালিকা", "জিনিসের তালিকা",
        "অর্ডার করতে চাই", "অর্ডার দিতে চাই", "ki ki ache", "ki ki achhe", "ki ki pawa jay", "menu dekhan", "order korte chai",
        "order dite chai", "কীভাবে অর্ডার করব", "কিভাবে অর্ডার করব", "kivabe order korbo", "order korbo kivabe", "kibhabe order korbo",
    ),
    "hi": (
        "कैटलॉग", "मेनू", "मेन्यू", "मेनू दिखाइए", "क्या क्या है", "क्या क्या मिलता है", "दाम की सूची", "सामान की सूची", "रेट लिस्ट",
        "ऑर्डर करना है", "ऑर्डर देना है", "kya kya hai", "kya kya milta hai", "menu dikhao", "menu dikhaiye", "order karna hai",
        "order dena hai", "ऑर्डर कैसे करें", "ऑर्डर कैसे करूँ", "order kaise kare", "order kaise karen", "order kaise karu",
    ),
}  # fmt: skip


def ask_of(
    before: Conversation, message: MessageReceived, shop: Shop, book: Matcher, *, open_country: bool, now: Instant
) -> Ask | None:
    """What the counter is to be asked before the message is decided; None for all other messages. Pure."""
    language = before.language or shop.language
    ask = _cart(message, language) or _choice(message, language)
    if ask is None and (ask := _words(message, shop, book)) is not None and reply.keeps_quiet(before, shop, now):
        return None
    if ask is None or reply.barred(before, message, shop, open_country=open_country, now=now) is not None:
        return None
    return ask


def _cart(message: MessageReceived, language: Language) -> Ask | None:
    """A cart that came whole: one that was cut is for a person."""
    order = message.content.get("order")
    if message.kind != "order" or not isinstance(order, Mapping) or "truncated" in message.content:
        return None
    listed, note = order.get("product_items"), order.get("text")
    items = tuple(map(_item, listed)) if isinstance(listed, list) else ()
    return Ask(kind="cart", language=language, items=items, note=note[:NOTE] if isinstance(note, str) else "")


def _item(found: Any) -> Item:
    item = found if isinstance(found, Mapping) else {}
    ref, quantity = item.get("product_retailer_id"), str(item.get("quantity"))
    whole = _WHOLE.fullmatch(quantity) is not None
    return Item(
        ref=ref if isinstance(ref, str) else "",
        quantity=min(int(quantity.partition(".")[0]), MOST_QUANTITY) if whole else 0,
        price=_price(item.get("item_price"), item.get("currency")),
    )


def _price(amount: Any, currency: Any) -> int | None:
    """What the cart says of a price, in minor units; it is compared with ours, and never taken."""
    if isinstance(amount, bool) or not isinstance(amount, int | float | str) or not isinstance(currency, str):
        return None
    try:
        minor = Decimal(str(amount)).scaleb(places(currency))
        return int(minor) if minor.is_finite() and minor == minor.to_integral_value() else None
    except InvalidOperation:
        return None


def _choice(message: MessageReceived, language: Language) -> Ask | None:
    if message.kind not in TAPS or not message.choice.startswith(COUNTER):
        return None
    return Ask(kind="choice", language=language, ref=message.choice.removeprefix(COUNTER))


def _words(message: MessageReceived, shop: Shop, book: Matcher) -> Ask | None:
    if message.kind not in _WORDS or (found := _phrases().match(message.text)) is None:
        return None
    taught_so = book.match(message.text)
    if taught_so is not None and taught_so.confidence == EXACT:
        return None
    kind, _, taught = found.entry.id.partition(".")
    language = script_language(message.text, shop.language)
    # "ki ki ache" is Bengali, though no word in it could be nothing else.
    return Ask(kind="orders" if kind == "orders" else "goods", language=_told(taught) if taught != "en" else language)


def _told(language: str) -> Language:
    return cast("Language", language)


@cache
def _phrases() -> PhraseBook:
    asked = {"orders": _ORDERS, "goods": _GOODS}
    return compile_phrases(
        tuple(
            Entry(id=f"{kind}.{language}", examples=examples, replies={})
            for kind, by_language in asked.items()
            for language, examples in by_language.items()
        )
    )

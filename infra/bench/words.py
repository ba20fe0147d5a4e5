"""What is asked and answered in the bench: a short text, and 300 Bengali letters, which are three bytes each."""

from dataclasses import dataclass, replace

from haat.conversation.model import Entry, Taught
from infra.local.market import SWEETS, TEXTS, DemoShop


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A question, the reply that it gets, and who asks."""

    name: str
    asked: str
    answer: str
    asker: str


SHORT = Words(
    name="a short text",
    asked="how much is sandesh",
    answer="Sandesh ₹20 a piece, rosogolla ₹15 a piece, mishti doi ₹180 a kg.",
    asker="Rina Chatterjee",
)
LONG = Words(
    name="300 Bengali letters",
    asked=(
        "নমস্কার, সামনের শুক্রবার আমাদের বাড়িতে একটা অনুষ্ঠান আছে, প্রায় চল্লিশজন অতিথি আসবেন। "
        "সন্দেশ আর রসগোল্লা মিলিয়ে কত লাগবে, দাম কেমন পড়বে, আর সকালে পৌঁছে দিতে পারবেন?"
    ),
    answer=(
        "নমস্কার! চল্লিশজনের জন্য একশো সন্দেশ আর একশো রসগোল্লা যথেষ্ট হবে। নলেন গুড়ের সন্দেশ কুড়ি টাকা, সাধারণ সন্দেশ "
        "পনেরো টাকা, রসগোল্লা পনেরো টাকা একটি। তিন কিলোমিটারের মধ্যে বিনা খরচে পৌঁছে দিই, তার বাইরে গাড়িভাড়া আলাদা। "
        "শুক্রবার সকালের জন্য বুধবার সন্ধ্যার মধ্যে অর্ডার দিন, অর্ধেক টাকা আগাম লাগে। মিষ্টি দই চাইলে আগের দিন জানাবেন জি।"
    ),
    asker="রীনা চট্টোপাধ্যায়",
)
EITHER = (SHORT, LONG)


def _entry(words: Words) -> Entry:
    return Entry(
        id=words.name.replace(" ", "-"), examples=(words.asked,), replies={"en": words.answer, "bn": words.answer}
    )


# The sweet shop of the market, which also knows these two.
SHOP: DemoShop = replace(SWEETS, taught=Taught(version=1, texts=TEXTS, entries=tuple(map(_entry, EITHER))))


def many(count: int) -> tuple[DemoShop, ...]:
    """So many shops like it, each with a merchant and a number of its own."""
    return tuple(
        replace(
            SHOP,
            phone_number_id=f"{110_000_000_000_000 + number}",
            page_id="",
            display_number=f"91555{number:07d}",
            merchant=replace(SHOP.merchant, id=type(SHOP.merchant.id)(f"01KDVDNA00BENCH{number:011d}")),
        )
        for number in range(count)
    )

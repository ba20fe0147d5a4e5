"""What the bot says in Haat's own words, in the customer's language: that it is one, and what it offers where it is unsure."""

from collections.abc import Mapping, Sequence
from typing import Final

from haat.conversation.model import Language

_INTRODUCTION: Final[Mapping[Language, str]] = {
    "en": "This is an automatic reply from {shop}.",
    "bn": "এটি {shop}-এর স্বয়ংক্রিয় উত্তর।",
    "hi": "यह {shop} का स्वचालित उत्तर है।",
}
_DID_YOU_MEAN: Final[Mapping[Language, str]] = {
    "en": "Did you mean one of these? Send its number.",
    "bn": "আপনি কি এর কোনোটি জানতে চান? নম্বরটি পাঠান।",
    "hi": "क्या आप इनमें से कुछ पूछ रहे हैं? उसका नंबर भेजिए।",
}
_OR_WRITE: Final[Mapping[Language, str]] = {
    "en": "If not, write it in other words.",
    "bn": "না হলে অন্যভাবে লিখুন।",
    "hi": "नहीं तो दूसरे शब्दों में लिखिए।",
}
_CHOOSE: Final[Mapping[Language, str]] = {"en": "Choose", "bn": "বেছে নিন", "hi": "चुनिए"}
_DIGITS: Final[Mapping[Language, str]] = {"en": "0123456789", "bn": "০১২৩৪৫৬৭৮৯", "hi": "०१२३४५६७८९"}


def introduction(language: Language, shop: str) -> str:
    """That a bot speaks, for whom."""
    return _INTRODUCTION[language].replace("{shop}", shop)


def menu(titles: Sequence[str], language: Language) -> str:
    """The question which of these was meant, each with its number: who can't tap sends that."""
    numbered = (f"{_DIGITS[language][number]}. {title}" for number, title in enumerate(titles, 1))
    return "\n".join((_DID_YOU_MEAN[language], *numbered, _OR_WRITE[language]))


def choose(language: Language) -> str:
    """What stands on the button that opens a list."""
    return _CHOOSE[language]

"""What a shop's own people are told of its payee accounts: where its money goes, and that somebody wants it to go elsewhere.

All of them are told, always: with a stolen owner's token a thief would send the shop's money elsewhere, and only people can say that it was
none of them. No text holds a UPI address, a name or a key.
"""

from collections.abc import Mapping
from typing import Final

from haat.facts import notices
from haat.facts.notices import NoticeRaised

_EN: Final[Mapping[str, str]] = {
    "connected": "An account that takes the shop's money was connected.",
    "live": "An account that takes the shop's money is live: what customers pay can go there.",
    "tested": "The test payment of a new account for the shop's money has arrived.",
    "confirmed": "A new account for the shop's money was confirmed.",
    "keys": "The keys of an account that takes the shop's money were replaced.",
    "address": "The UPI address of an account that takes the shop's money was changed.",
    "change_dropped": "The change of an account that takes the shop's money was dropped.",
    "closed": "An account that takes the shop's money was closed.",
    "changed": "An account that takes the shop's money was changed.",
    "account_wanted": "A new account for the shop's money was connected.",
    "address_change_wanted": "Another UPI address is wanted for an account that takes the shop's money.",
    "keys_change_wanted": "Other keys are wanted for an account that takes the shop's money.",
    "wanted": "A change is wanted of an account that takes the shop's money.",
    "waits": "It counts when an owner confirms it, 24 hours after it was begun at the earliest.",
    "stop": "If none of you did this: drop it, and revoke the owner's tokens now.",
    "alarm": "If none of you did this: revoke the owner's tokens now, and look at the accounts.",
}
_BN: Final[Mapping[str, str]] = {
    "connected": "দোকানের টাকা নেওয়ার একটি অ্যাকাউন্ট যোগ করা হয়েছে।",
    "live": "দোকানের টাকা নেওয়ার একটি অ্যাকাউন্ট চালু হয়েছে: ক্রেতাদের টাকা সেখানে যেতে পারে।",
    "tested": "দোকানের টাকা নেওয়ার নতুন অ্যাকাউন্টে পরীক্ষার টাকা এসেছে।",
    "confirmed": "দোকানের টাকা নেওয়ার নতুন অ্যাকাউন্টটি নিশ্চিত করা হয়েছে।",
    "keys": "দোকানের টাকা নেওয়ার একটি অ্যাকাউন্টের কী বদলানো হয়েছে।",
    "address": "দোকানের টাকা নেওয়ার একটি অ্যাকাউন্টের UPI ঠিকানা বদলানো হয়েছে।",
    "change_dropped": "দোকানের টাকা নেওয়ার একটি অ্যাকাউন্টের বদল বাতিল করা হয়েছে।",
    "closed": "দোকানের টাকা নেওয়ার একটি অ্যাকাউন্ট বন্ধ করা হয়েছে।",
    "changed": "দোকানের টাকা নেওয়ার একটি অ্যাকাউন্ট বদলানো হয়েছে।",
    "account_wanted": "দোকানের টাকা নেওয়ার একটি নতুন অ্যাকাউন্ট যোগ করা হয়েছে।",
    "address_change_wanted": "দোকানের টাকা অন্য একটি UPI ঠিকানায় নিতে চাওয়া হয়েছে।",
    "keys_change_wanted": "দোকানের টাকা নেওয়ার একটি অ্যাকাউন্টে অন্য কী বসাতে চাওয়া হয়েছে।",
    "wanted": "দোকানের টাকা নেওয়ার একটি অ্যাকাউন্ট বদলাতে চাওয়া হয়েছে।",
    "waits": "মালিক নিশ্চিত করলে তবেই তা চালু হবে, শুরুর অন্তত ২৪ ঘণ্টা পরে।",
    "stop": "আপনাদের কেউ এটা না করে থাকলে: এখনই এটি বাতিল করুন, আর মালিকের টোকেনগুলো বাতিল করুন।",
    "alarm": "আপনাদের কেউ এটা না করে থাকলে: এখনই মালিকের টোকেনগুলো বাতিল করুন, আর অ্যাকাউন্টগুলো দেখে নিন।",
}
_HI: Final[Mapping[str, str]] = {
    "connected": "दुकान का पैसा लेने वाला एक खाता जोड़ा गया है।",
    "live": "दुकान का पैसा लेने वाला एक खाता चालू हो गया है: ग्राहकों का पैसा वहाँ जा सकता है।",
    "tested": "दुकान का पैसा लेने वाले नए खाते में जाँच का पैसा आ गया है।",
    "confirmed": "दुकान का पैसा लेने वाले नए खाते की पुष्टि हो गई है।",
    "keys": "दुकान का पैसा लेने वाले एक खाते की कुंजियाँ बदली गई हैं।",
    "address": "दुकान का पैसा लेने वाले एक खाते का UPI पता बदला गया है।",
    "change_dropped": "दुकान का पैसा लेने वाले एक खाते का बदलाव रद्द कर दिया गया है।",
    "closed": "दुकान का पैसा लेने वाला एक खाता बंद कर दिया गया है।",
    "changed": "दुकान का पैसा लेने वाला एक खाता बदला गया है।",
    "account_wanted": "दुकान का पैसा लेने वाला एक नया खाता जोड़ा गया है।",
    "address_change_wanted": "दुकान का पैसा किसी और UPI पते पर लेने को कहा गया है।",
    "keys_change_wanted": "दुकान का पैसा लेने वाले एक खाते में दूसरी कुंजियाँ डालने को कहा गया है।",
    "wanted": "दुकान का पैसा लेने वाला एक खाता बदलने को कहा गया है।",
    "waits": "मालिक की पुष्टि के बाद ही यह लागू होगा, शुरू होने के कम से कम 24 घंटे बाद।",
    "stop": "अगर यह आप में से किसी ने नहीं किया: इसे अभी रद्द करें, और मालिक के टोकन भी रद्द करें।",
    "alarm": "अगर यह आप में से किसी ने नहीं किया: मालिक के टोकन अभी रद्द करें, और खातों को देख लें।",
}
_WORDS: Final = {"en": _EN, "bn": _BN, "hi": _HI}
_WANTED: Final = ("account_wanted", "address_change_wanted", "keys_change_wanted")
_DONE: Final = ("connected", "live", "tested", "confirmed", "keys", "address", "change_dropped", "closed")


def of_account(notice: NoticeRaised, language: str) -> str:
    """What has happened or is wanted, and what to do where it was nobody of the shop. A word that is not known is told in general: never not at all."""
    say, what = _WORDS.get(language, _EN), notice.data.get("what")
    if notice.kind == notices.ACCOUNT_CHANGE_WANTED:
        return f"{say[what if what in _WANTED else 'wanted']} {say['waits']} {say['stop']}"
    return f"{say[what if what in _DONE else 'changed']} {say['alarm']}"

"""What a shop's own people are told of its badge and of its request to be verified.

All of them are told, always: customers trust the badge, and whoever has stolen an owner's token could ask for one in the shop's name, or have it
fall. No text holds a name, a number or an address; what a reviewer wrote for the shop may stand in it, cut where it is long.
"""

from collections.abc import Mapping
from typing import Final

from haat.facts import notices
from haat.facts.notices import NoticeRaised

LONGEST: Final = 500  # code points of a reviewer's words

_EN: Final[Mapping[str, str]] = {
    "checked": "The checks for the shop's badge are done: {passed} passed, {failed} did not, {unreachable} without an answer. A person looks at it now.",
    "more_wanted": "More is needed for the shop's badge: see what in the request.",
    "shop_changed": "The shop was changed while its request for a badge was looked at: check it, and send it again.",
    "refused": "The request for the shop's badge was refused.",
    "can_appeal": "The owner can appeal once, within 30 days.",
    "issued_verified": "The shop is verified: it has the green badge for a year.",
    "issued_confirmed": "The shop's number is confirmed: it has the grey badge.",
    "fallen": "The shop's badge is no longer shown.",
    "name_changed": "The shop's badge is no longer shown: the shop has another name now. Ask to be verified again.",
    "number_changed": "The shop's badge is no longer shown: its number has changed or is gone. Ask to be verified again.",
    "payee_changed": "The shop's badge is no longer shown: the UPI address that takes its money has changed. Ask to be verified again.",
    "owner_changed": "The shop's badge is no longer shown: it has another owner now. Ask to be verified again.",
    "expired": "The shop's badge has expired and is no longer shown. Ask to be verified again.",
    "revoked": "The shop's badge was taken away.",
    "shop_gone": "The shop's badge is no longer shown: the shop is shut.",
    "expiring": "The shop's badge expires on {day}. Ask to be verified again before that.",
    "in_review": "Customers have complained of the shop: its badge is not shown until a person has looked at that.",
    "restored": "The shop's badge is shown again.",
    "reason": "The reviewer writes: {reason}",
}
_BN: Final[Mapping[str, str]] = {
    "checked": "দোকানের ব্যাজের যাচাই শেষ: {passed}টি মিলেছে, {failed}টি মেলেনি, {unreachable}টির উত্তর আসেনি। এখন একজন মানুষ দেখছেন।",
    "more_wanted": "দোকানের ব্যাজের জন্য আরও কিছু দরকার: কী দরকার তা আবেদনে দেখুন।",
    "shop_changed": "ব্যাজের আবেদন দেখার সময় দোকানের তথ্য বদলেছে: মিলিয়ে দেখে আবার পাঠান।",
    "refused": "দোকানের ব্যাজের আবেদন মঞ্জুর হয়নি।",
    "can_appeal": "মালিক ৩০ দিনের মধ্যে একবার আপত্তি জানাতে পারেন।",
    "issued_verified": "দোকান যাচাই হয়েছে: এক বছরের জন্য সবুজ ব্যাজ পেয়েছে।",
    "issued_confirmed": "দোকানের নম্বর নিশ্চিত হয়েছে: ধূসর ব্যাজ পেয়েছে।",
    "fallen": "দোকানের ব্যাজ আর দেখানো হচ্ছে না।",
    "name_changed": "দোকানের ব্যাজ আর দেখানো হচ্ছে না: দোকানের নাম এখন অন্য। আবার যাচাইয়ের আবেদন করুন।",
    "number_changed": "দোকানের ব্যাজ আর দেখানো হচ্ছে না: নম্বর বদলেছে বা আর নেই। আবার যাচাইয়ের আবেদন করুন।",
    "payee_changed": "দোকানের ব্যাজ আর দেখানো হচ্ছে না: টাকা নেওয়ার UPI ঠিকানা বদলেছে। আবার যাচাইয়ের আবেদন করুন।",
    "owner_changed": "দোকানের ব্যাজ আর দেখানো হচ্ছে না: মালিক এখন অন্য। আবার যাচাইয়ের আবেদন করুন।",
    "expired": "দোকানের ব্যাজের মেয়াদ শেষ, তাই আর দেখানো হচ্ছে না। আবার যাচাইয়ের আবেদন করুন।",
    "revoked": "দোকানের ব্যাজ তুলে নেওয়া হয়েছে।",
    "shop_gone": "দোকানের ব্যাজ আর দেখানো হচ্ছে না: দোকান বন্ধ।",
    "expiring": "দোকানের ব্যাজের মেয়াদ শেষ হবে {day} তারিখে। তার আগে আবার যাচাইয়ের আবেদন করুন।",
    "in_review": "ক্রেতারা দোকান নিয়ে অভিযোগ করেছেন: একজন মানুষ তা না দেখা পর্যন্ত ব্যাজ দেখানো হবে না।",
    "restored": "দোকানের ব্যাজ আবার দেখানো হচ্ছে।",
    "reason": "যিনি দেখেছেন তিনি লিখেছেন: {reason}",
}
_HI: Final[Mapping[str, str]] = {
    "checked": "दुकान के बैज की जाँच पूरी हुई: {passed} ठीक, {failed} ठीक नहीं, {unreachable} का जवाब नहीं आया। अब एक व्यक्ति देख रहा है।",
    "more_wanted": "दुकान के बैज के लिए कुछ और चाहिए: क्या चाहिए, यह आवेदन में देखें।",
    "shop_changed": "बैज का आवेदन देखे जाते समय दुकान की जानकारी बदल गई: मिलाकर फिर से भेजें।",
    "refused": "दुकान के बैज का आवेदन मंज़ूर नहीं हुआ।",
    "can_appeal": "मालिक 30 दिन के भीतर एक बार अपील कर सकते हैं।",
    "issued_verified": "दुकान सत्यापित हो गई: उसे एक साल के लिए हरा बैज मिला है।",
    "issued_confirmed": "दुकान के नंबर की पुष्टि हो गई: उसे स्लेटी बैज मिला है।",
    "fallen": "दुकान का बैज अब नहीं दिखाया जा रहा।",
    "name_changed": "दुकान का बैज अब नहीं दिखाया जा रहा: दुकान का नाम अब दूसरा है। सत्यापन के लिए फिर आवेदन करें।",
    "number_changed": "दुकान का बैज अब नहीं दिखाया जा रहा: नंबर बदल गया है या अब नहीं है। सत्यापन के लिए फिर आवेदन करें।",
    "payee_changed": "दुकान का बैज अब नहीं दिखाया जा रहा: पैसा लेने वाला UPI पता बदल गया है। सत्यापन के लिए फिर आवेदन करें।",
    "owner_changed": "दुकान का बैज अब नहीं दिखाया जा रहा: मालिक अब दूसरा है। सत्यापन के लिए फिर आवेदन करें।",
    "expired": "दुकान के बैज की अवधि ख़त्म हो गई, इसलिए अब नहीं दिखाया जा रहा। सत्यापन के लिए फिर आवेदन करें।",
    "revoked": "दुकान का बैज वापस ले लिया गया है।",
    "shop_gone": "दुकान का बैज अब नहीं दिखाया जा रहा: दुकान बंद है।",
    "expiring": "दुकान का बैज {day} को ख़त्म होगा। उससे पहले सत्यापन के लिए फिर आवेदन करें।",
    "in_review": "ग्राहकों ने दुकान की शिकायत की है: जब तक कोई व्यक्ति उसे न देख ले, बैज नहीं दिखाया जाएगा।",
    "restored": "दुकान का बैज फिर से दिखाया जा रहा है।",
    "reason": "जाँच करने वाले ने लिखा है: {reason}",
}
_WORDS: Final = {"en": _EN, "bn": _BN, "hi": _HI}
# An approval is told by the badge that it gives, in the same moment.
KINDS: Final = (
    notices.VERIFICATION_CHECKED,
    notices.VERIFICATION_MORE_WANTED,
    notices.VERIFICATION_REFUSED,
    notices.BADGE_ISSUED,
    notices.BADGE_FALLEN,
    notices.BADGE_EXPIRING,
    notices.BADGE_IN_REVIEW,
    notices.BADGE_RESTORED,
)
WHYS: Final = ("name_changed", "number_changed", "payee_changed", "owner_changed", "expired", "revoked", "shop_gone")


def of_badge(notice: NoticeRaised, language: str) -> str:
    """What has happened, and what to do about it. A word that is not known is told in general: never not at all."""
    say, data = _WORDS.get(language, _EN), notice.data
    match notice.kind:
        case notices.VERIFICATION_CHECKED:
            counts = {name: len(data.get(name) or ()) for name in ("passed", "failed", "unreachable")}
            return say["checked"].format(**counts)
        case notices.VERIFICATION_MORE_WANTED:
            return _with_reason(say["shop_changed" if data.get("why") else "more_wanted"], data, say)
        case notices.VERIFICATION_REFUSED:
            told = _with_reason(say["refused"], data, say)
            return f"{told} {say['can_appeal']}" if data.get("can_appeal") else told
        case notices.BADGE_ISSUED:
            return say["issued_verified" if data.get("level") == "verified" else "issued_confirmed"]
        case notices.BADGE_EXPIRING:
            return say["expiring"].format(day=str(data.get("expires_at", ""))[:10])
        case notices.BADGE_IN_REVIEW:
            return say["in_review"]
        case notices.BADGE_RESTORED:
            return say["restored"]
        case _:
            why = data.get("why")
            return _with_reason(say[why if why in WHYS else "fallen"], data, say)


def _with_reason(told: str, data: Mapping[str, object], say: Mapping[str, str]) -> str:
    """In one line, as a template takes no other; cut between words."""
    reason = " ".join(str(data.get("reason") or "").split())
    if len(reason) > LONGEST:
        reason = f"{reason[:LONGEST].rpartition(' ')[0] or reason[:LONGEST]} …"
    return f"{told} {say['reason'].format(reason=reason)}" if reason else told

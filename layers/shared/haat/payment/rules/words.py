"""What customers read of their money, in three languages."""

from collections.abc import Mapping
from datetime import timedelta

from haat.kernel.time import Instant, as_datetime
from haat.payment.model.payment import Event, Payment

_TOLD: Mapping[str, Mapping[str, str]] = {
    "PaymentPaid": {
        "en": "Paid: {amount}. Thank you!",
        "bn": "টাকা পাওয়া গেছে: {amount}। ধন্যবাদ!",
        "hi": "भुगतान मिल गया: {amount}। धन्यवाद!",
    },
    "PaymentFailed": {
        "en": "The payment of {amount} did not go through. If money has left your account, your bank gives it back by itself.",
        "bn": "{amount} পেমেন্ট সম্পূর্ণ হয়নি। টাকা কেটে গিয়ে থাকলে আপনার ব্যাংক নিজে থেকেই ফেরত দেবে।",
        "hi": "{amount} का भुगतान पूरा नहीं हुआ। अगर खाते से पैसे कट गए हैं तो आपका बैंक अपने आप लौटा देगा।",
    },
    "PaymentCancelled": {
        "en": "The shop no longer asks for {amount}. Please do not pay.",
        "bn": "দোকান আর {amount} চাইছে না। অনুগ্রহ করে টাকা দেবেন না।",
        "hi": "दुकान अब {amount} नहीं माँग रही है। कृपया भुगतान न करें।",
    },
    "SurplusReceived": {
        "en": "We have received a second payment of {about}. The shop will give it back.",
        "bn": "আমরা দ্বিতীয়বার {about} পেয়েছি। দোকান তা ফেরত দেবে।",
        "hi": "हमें {about} दूसरी बार मिले हैं। दुकान इन्हें लौटा देगी।",
    },
    "RefundDone": {
        "en": "{about} is on its way back to the account that you paid from.",
        "bn": "{about} আপনার যে অ্যাকাউন্ট থেকে দিয়েছিলেন সেখানেই ফেরত যাচ্ছে।",
        "hi": "{about} उसी खाते में लौट रहे हैं जिससे आपने भुगतान किया था।",
    },
}
# It must be right with the picture of the code and without: a channel may not take the picture.
_ASKS: Mapping[str, str] = {
    "en": "Please pay {amount} to {payee}{note}.\nOn your phone, open this in any UPI app:\n{link}\nValid until {until}.",
    "bn": "অনুগ্রহ করে {payee}-কে {amount} দিন{note}।\nফোনে এটি যেকোনো UPI অ্যাপে খুলুন:\n{link}\n{until} পর্যন্ত চলবে।",
    "hi": "कृपया {payee} को {amount} दें{note}।\nफ़ोन पर इसे किसी भी UPI ऐप में खोलें:\n{link}\n{until} तक मान्य।",
}
# Where what is opened is the picture itself.
_SHOWS: Mapping[str, str] = {
    "en": "Please pay {amount} to {payee}{note}.\nThe code to scan is here:\n{link}\nValid until {until}.",
    "bn": "অনুগ্রহ করে {payee}-কে {amount} দিন{note}।\nস্ক্যান করার কোড এখানে:\n{link}\n{until} পর্যন্ত চলবে।",
    "hi": "कृपया {payee} को {amount} दें{note}।\nस्कैन करने का कोड यहाँ है:\n{link}\n{until} तक मान्य।",
}
# On WhatsApp's card: its button is the link.
_CARD: Mapping[str, str] = {
    "en": "Please pay {amount} to {payee}{note}.\nValid until {until}.",
    "bn": "অনুগ্রহ করে {payee}-কে {amount} দিন{note}।\n{until} পর্যন্ত চলবে।",
    "hi": "कृपया {payee} को {amount} दें{note}।\n{until} तक मान्य।",
}
_SCAN: Mapping[str, str] = {
    "en": "{amount} to {payee}.",
    "bn": "{payee}-কে {amount}।",
    "hi": "{payee} को {amount}।",
}


def told(after: Payment, event: Event) -> str:
    """What a customer reads of an event; empty where it is none of theirs."""
    texts = _TOLD.get(event.kind)
    if texts is None or (event.kind == "PaymentFailed" and after.request.state != "FAILED"):
        return ""
    if event.kind == "PaymentCancelled" and not after.request.order_details:
        return ""  # a message with a link is only words; a card goes on asking until it is told
    text = texts.get(after.request.language) or texts["en"]
    return text.format(amount=rupees(after.request.amount), about=rupees(_amount(after, event)))


def asks(payment: Payment) -> str:
    """The message that asks for the money."""
    return _asked(payment, _ASKS if payment.request.link else _SHOWS)


def card(payment: Payment) -> str:
    """What stands on a card that asks for the money."""
    return _asked(payment, _CARD)


def scan(payment: Payment) -> str:
    """What goes with the picture of the code where the words have gone before; alone it is only said twice."""
    return _asked(payment, _SCAN)


def _asked(payment: Payment, texts: Mapping[str, str]) -> str:
    request = payment.request
    text = texts.get(request.language) or texts["en"]
    note = f" ({request.note})" if request.note else ""
    return text.format(
        amount=rupees(request.amount),
        payee=request.payee_name,
        note=note,
        link=request.link or request.picture,
        until=_until(request.expires_at),
    )


def rupees(paise: int) -> str:
    """An amount as people in India write it: ₹1,20,000.50, and ₹250 where there are no paise."""
    whole, rest = divmod(paise, 100)
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    groups = [head[max(i - 2, 0) : i] for i in range(len(head), 0, -2)][::-1]
    return "₹" + ",".join([*groups, tail]) + (f".{rest:02d}" if rest else "")


def _until(at: Instant) -> str:
    """A time as India reads it, the only country with UPI's rupees."""
    return (as_datetime(at) + timedelta(hours=5, minutes=30)).strftime("%d.%m., %H:%M")


def _amount(after: Payment, event: Event) -> int:
    for refund in after.refunds:
        if refund.id == event.about:
            return refund.amount
    return next((receipt.amount for receipt in after.receipts if receipt.rrn == event.about), after.request.amount)

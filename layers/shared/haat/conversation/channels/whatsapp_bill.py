"""WhatsApp's payment cards in India: `order_details` asks for money, `order_status` tells what became of it.

Source: Meta's "Receive UPI Payments Through WhatsApp (Recommended)", the form with a dynamic VPA, of 21 May 2026
(developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/upi-intent/dynamic-vpa), and for the
older form with a named payment configuration the page above it. Amounts are whole paise with the offset 100, and must add up.
"""

from collections.abc import Mapping
from typing import Any, Final

from haat.conversation.rules.text import cut
from haat.facts.said import Bill
from haat.kernel.time import SECOND, Instant

_BODY, _NAME, _DESCRIPTION = 1024, 60, 120  # characters
_AHEAD_MS: Final = 300 * SECOND  # an expiry that is nearer is refused
# One line for the whole request. Physical goods would need the country of origin and the importer of each thing, where they are
# in no catalogue of Meta's; a card that is a bill is taken for either.
_TYPE: Final = "digital-goods"


def card(bill: Bill, now: Instant) -> Mapping[str, Any]:
    """The `interactive` object of a card. `now` is when it was decided on, in UTC ms."""
    if bill.status == "pending":
        kind, action = "order_details", {"name": "review_and_pay", "parameters": _asking(bill, now)}
    else:
        told = {"status": bill.status, "description": cut(bill.text, _DESCRIPTION)}
        parameters: Mapping[str, Any] = {"reference_id": bill.reference, "order": told}
        kind, action = "order_status", {"name": "review_order", "parameters": parameters}
    return {"type": kind, "body": {"text": cut(bill.text, _BODY)}, "action": action}


def _asking(bill: Bill, now: Instant) -> Mapping[str, Any]:
    amount = _paise(bill.amount)
    order: dict[str, Any] = {
        "status": "pending",
        "items": [{"name": cut(bill.name, _NAME), "amount": amount, "quantity": 1}],
        "subtotal": amount,
        "tax": _paise(0),
    }
    if bill.expires_at - now >= _AHEAD_MS:
        order["expiration"] = {
            "timestamp": str(bill.expires_at // SECOND),
            "description": cut(bill.text, _DESCRIPTION),
        }
    return {
        "reference_id": bill.reference,
        "type": _TYPE,
        **_way(bill),
        "currency": "INR",
        "total_amount": amount,
        "order": order,
    }


def _way(bill: Bill) -> Mapping[str, Any]:
    """How it is paid: by the configuration that the shop keeps with Meta, else by our own link."""
    if bill.configuration:
        return {"payment_type": "upi", "payment_configuration": bill.configuration}
    return {"payment_settings": [{"type": "upi_intent_link", "upi_intent_link": {"link": bill.link}}]}


def _paise(value: int) -> Mapping[str, int]:
    return {"value": value, "offset": 100}

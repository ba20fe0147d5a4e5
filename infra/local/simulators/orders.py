"""Orders in India: the card that asks for money, and the news about it.

Source: Cloud API, Payments in India (meta-platform, section 5): amounts are integers in paise, offset 100, and they must
add up. Pure functions; that a reference is used once is for whoever has a memory.
"""

from typing import Any

from infra.local.simulators.graph_errors import GraphRefusal
from infra.local.simulators.shapes import Anything, Rule, Text, Thing, Things, Whole, too_much, unlike
from infra.local.simulators.wire import Json

STATUSES = ("pending", "processing", "partially_shipped", "shipped", "completed", "canceled")

_MONEY: dict[str, Rule] = {"value": Whole(), "offset": Whole(least=100, most=100)}
_AMOUNT = Thing(_MONEY)
_SAID = Thing(_MONEY, {"description": Text(limit=60, blank=True)})
_ITEM = Thing(
    {"name": Text(limit=60), "amount": _AMOUNT, "quantity": Whole(least=1)},
    {
        "retailer_id": Text(),
        "sale_amount": _AMOUNT,
        "country_of_origin": Text(),
        "importer_name": Text(),
        "importer_address": Anything(),
    },
)
_GATEWAYS = ("razorpay", "payu", "billdesk", "zaakpay")
_GATEWAY = Thing(
    {"type": Text(one_of=_GATEWAYS), "configuration_name": Text()}, {name: Anything() for name in _GATEWAYS}
)
_SETTING = Thing(
    {"type": Text(one_of=("upi_intent_link", "payment_gateway", "payment_link"))},
    {
        "upi_intent_link": Thing({"link": Text(like=r"upi://pay\?.+")}),
        "payment_gateway": _GATEWAY,
        "payment_link": Thing({"uri": Text(web=True)}),
    },
)
_ORDER = Thing(
    {"status": Text(one_of=("pending",)), "items": Things(of=_ITEM), "subtotal": _AMOUNT, "tax": _SAID},
    {
        "catalog_id": Text(),
        "expiration": Thing({"timestamp": Whole(quoted=True), "description": Text(limit=120)}),
        "shipping": _SAID,
        "discount": Thing(_MONEY, {"description": Text(limit=60, blank=True), "discount_program_name": Text(limit=60)}),
    },
)
_REFERENCE = Text(limit=35, like=r"[A-Za-z0-9_.-]+")
PARAMETERS = Thing(
    {
        "reference_id": _REFERENCE,
        "type": Text(one_of=("physical-goods", "digital-goods")),
        "currency": Text(one_of=("INR",)),
        "total_amount": _AMOUNT,
        "order": _ORDER,
    },
    {
        "payment_settings": Things(of=_SETTING, most=1),
        "payment_type": Text(one_of=("upi",)),
        "payment_configuration": Text(),
    },
)
STATUS_PARAMETERS = Thing(
    {
        "reference_id": _REFERENCE,
        "order": Thing({"status": Text(one_of=STATUSES)}, {"description": Text(limit=120)}),
    }
)


def check_order(parameters: Json) -> str:
    """Check what the shape alone can't: a way to pay, and that the amounts add up; return the total in rupees."""
    settings = parameters.get("payment_settings")
    if settings is None and parameters.get("payment_configuration") is None:
        raise GraphRefusal(131008, "Parameter parameters['payment_settings'] is missing")
    for setting in settings or []:
        if setting.get(setting["type"]) is None:
            raise GraphRefusal(131008, f"Parameter payment_settings[0]['{setting['type']}'] is missing")
    order = parameters["order"]
    unlike([item["retailer_id"] for item in order["items"] if item.get("retailer_id")], "Duplicated retailer_id")
    subtotal = sum(_value(item.get("sale_amount") or item["amount"]) * item["quantity"] for item in order["items"])
    if subtotal != _value(order["subtotal"]):
        raise too_much(f"order['subtotal'] is not the sum of its items: {subtotal}")
    total = subtotal + _value(order["tax"]) + _value(order.get("shipping")) - _value(order.get("discount"))
    if total != _value(parameters["total_amount"]):
        raise too_much(f"total_amount is not subtotal + tax + shipping - discount: {total}")
    return f"₹{total // 100}.{total % 100:02d}"


def _value(amount: Any) -> int:
    return int(amount["value"]) if amount is not None else 0

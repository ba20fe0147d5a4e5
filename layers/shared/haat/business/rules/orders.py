"""The life of an order: what may follow from what, what it costs, and what it is called.

Pure: the same arguments give the same order. `table` is the state machine as docs/orders.md shows it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from haat.business.model.order import Act, By, Line, Money, Order, State, Step, Trouble, Wanted
from haat.business.model.product import Product
from haat.business.rules.products import MOST_MINOR
from haat.kernel.errors import Conflict, Rejected
from haat.kernel.ids import MerchantId, OrderId, ProductId
from haat.kernel.text import too_long
from haat.kernel.time import Instant, rfc3339

STATES: tuple[State, ...] = get_args(State.__value__)
ACTS: tuple[Act, ...] = get_args(Act.__value__)
OPEN: frozenset[State] = frozenset({"placed", "accepted", "ready", "out_for_delivery"})
LOST: frozenset[State] = frozenset({"rejected", "cancelled"})  # nothing is to be paid for them
GIVES_BACK: frozenset[Act] = frozenset({"reject", "cancel", "withdraw"})
TELLS_WHY: frozenset[Act] = frozenset({"reject", "cancel"})
NEXT: Mapping[tuple[State, Act], State] = {
    ("placed", "accept"): "accepted",
    ("placed", "reject"): "rejected",
    ("placed", "cancel"): "cancelled",
    ("placed", "withdraw"): "cancelled",
    ("accepted", "ready"): "ready",
    ("accepted", "cancel"): "cancelled",
    ("accepted", "withdraw"): "cancelled",
    ("ready", "send_out"): "out_for_delivery",
    ("ready", "deliver"): "delivered",  # fetched at the shop
    ("out_for_delivery", "deliver"): "delivered",
}

# What people read of a payment request's states. The shop need not know who has the code before them by now.
PAYMENT: Mapping[str, str] = {"CREATED": "asked", "PRESENTED": "asked"}

MOST_LINES = 40  # a transaction takes a hundred actions
MOST_REQUESTS = 50  # of one order's payment requests that are remembered
MOST_QUANTITY = 10_000  # units of one product
NOTE, REASON = 1_000, 300  # letters as people count them
# Letters and digits that are alike neither on paper nor on the telephone: no 0 O 1 I L, B D E G P T V, A H J 8, N, S, U, Z.
LETTERS = "CFKMQRWXY2345679"
NUMBER_LETTERS = 6
_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def table() -> str:
    """The state machine in Markdown: every state and every act; "-" is refused."""
    head = ["| state | " + " | ".join(ACTS) + " |", "| --- |" + " --- |" * len(ACTS)]
    rows = [f"| {state} | " + " | ".join(NEXT.get((state, act), "-") for act in ACTS) + " |" for state in STATES]
    return "\n".join([*head, *rows])


def move(before: Order, act: Act, at: Instant, *, told: bool = False, reason: str = "") -> Order:
    """The order after an act. Raises Conflict (order-state) where its state does not allow it.

    A `reason` is kept where the shop does not do what was ordered; nobody is told another.
    """
    state = NEXT.get((before.state, act))
    if state is None:
        raise Conflict(f"an order that is {before.state} takes no {act}", word="order-state")
    by: By = "customer" if act == "withdraw" else "shop"
    step = Step(state=state, at=at, by=by, told=told)
    why = reason if act in TELLS_WHY else ""
    return replace(before, steps=(*before.steps, step), reason=why, version=before.version + 1)


def why(act: Act, reason: str) -> str:
    """Why the shop does not do what was ordered, trimmed. Raises Rejected (field reason) with a step that tells nobody why."""
    reason = words(reason, "reason", REASON)
    if reason and act not in TELLS_WHY:
        fields = {"reason": f"is only for {' and '.join(sorted(TELLS_WHY))}: the customer reads it"}
        raise Rejected("some fields are not as they should be", word="invalid", fields=fields)
    return reason


def words(text: str, field: str, most: int) -> str:
    """A text of the shop's people about an order, trimmed; empty where nothing is said. Raises Rejected naming the field."""
    text = text.strip()
    if too_long(text, most):
        fields = {field: f"must have at most {most} letters"}
        raise Rejected("some fields are not as they should be", word="invalid", fields=fields)
    return text


def as_of(order: Order, steps: int, version: int = 0) -> Order:
    """The order as it stood after so many steps; whose it is, what they wrote and what was paid are as of now."""
    if steps >= len(order.steps):
        return order
    return replace(order, steps=order.steps[:steps], reason="", version=version or steps)


def hears(before: Order, money: Money) -> Order | None:
    """The order when it has heard of its money, in whatever order it hears. None where that is nothing new.

    Of several requests one that is paid counts, else the latest; of one request the latest change. All are remembered.
    """
    counts = before.money is None or _counts(before.money) < _counts(money)
    requests, paid_by = _with(before.requests, money.tr), _paid_by(before)
    if money.state == "PAID":
        paid_by = _with(paid_by, money.tr)
    if not counts and (requests, paid_by) == (before.requests, before.paid_by):
        return None
    return replace(
        before,
        money=money if counts else before.money,
        requests=requests,
        paid_by=paid_by,
        version=before.version + 1,
    )


def paid_again(before: Order, money: Money) -> bool:
    """Whether this pays an order that another request has paid."""
    return money.state == "PAID" and before.paid and money.tr not in _paid_by(before)


def _paid_by(order: Order) -> tuple[str, ...]:
    return order.paid_by or ((order.money.tr,) if order.money is not None and order.paid else ())


def _with(there: tuple[str, ...], tr: str) -> tuple[str, ...]:
    return there if tr in there else (*there, tr)[-MOST_REQUESTS:]


def asked(order: Order) -> bool:
    """Whether somebody is asked to pay it now, or has paid."""
    return order.money is not None and order.money.state not in ("FAILED", "EXPIRED", "CANCELLED")


def _counts(money: Money) -> tuple[bool, str, int]:
    return money.state == "PAID", money.tr, money.number


def number(merchant: MerchantId, id: OrderId, attempt: int) -> str:
    """What an order is called: drawn from its id, so that a repeat draws the same. One in seventeen million at a merchant."""
    drawn = hashlib.sha256(f"{merchant}/{id}/{attempt}".encode()).digest()
    letters = "".join(LETTERS[byte % len(LETTERS)] for byte in drawn[:NUMBER_LETTERS])
    return f"{letters[:3]}-{letters[3:]}"


def is_id(ref: str) -> bool:
    """Whether a reference is an id of ours; else it is the shop's own number."""
    return _ID.fullmatch(ref) is not None


def read_number(text: str) -> str:
    """A number as it is kept, however it was typed: "k7m 3qx" is K7M-3QX."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    return f"{letters[:3]}-{letters[3:]}"


def line_of(product: Product, quantity: int) -> Line:
    """So many units at today's price. Tax is rounded to the minor unit, half up, for each line."""
    amount = product.price.minor * quantity
    return Line(
        product=product.id,
        name=product.name,
        unit=product.unit,
        quantity=quantity,
        price=product.price.minor,
        tax=product.tax,
        amount=amount,
        tax_amount=(amount * product.tax + 5_000) // 10_000,
        hsn=product.hsn,
        counted=product.stock is not None,
    )


def gathered(wanted: Sequence[Wanted], known: Mapping[str, ProductId]) -> dict[ProductId, Wanted]:
    """What is wanted of each product, the same product from two lines added up."""
    found: dict[ProductId, Wanted] = {}
    for one in wanted:
        if (id := known.get(one.ref)) is None:
            continue
        before = found.get(id)
        if before is None:
            found[id] = one
        else:
            whole = before.quantity > 0 and one.quantity > 0
            found[id] = replace(before, quantity=before.quantity + one.quantity if whole else 0)
    return found


def troubles(
    wanted: Sequence[Wanted], known: Mapping[str, ProductId], products: Mapping[ProductId, Product]
) -> list[Trouble]:
    """Everything that stands against an order, product by product; empty where it can be made."""
    if not wanted:
        return [Trouble(kind="empty")]
    if len({one.ref for one in wanted}) > MOST_LINES:
        return [Trouble(kind="too_many")]
    gone = [one.ref for one in wanted if known.get(one.ref) not in products]
    found = [Trouble(kind="unknown", ref=ref) for ref in dict.fromkeys(gone)]
    asked = gathered(wanted, known)
    for id, one in asked.items():
        if (product := products.get(id)) is None:
            continue
        if not product.active:
            found.append(Trouble(kind="not_for_sale", ref=one.ref, name=product.name))
        elif not 1 <= one.quantity <= MOST_QUANTITY:
            found.append(Trouble(kind="quantity", ref=one.ref, name=product.name))
        elif product.stock is not None and product.stock < one.quantity:
            found.append(Trouble(kind="short", ref=one.ref, name=product.name, left=product.stock))
    if not found and sum(2 * products[id].price.minor * one.quantity for id, one in asked.items()) > MOST_MINOR:
        return [Trouble(kind="too_much")]  # tax at most doubles it
    return found


def price_changed(wanted: Mapping[ProductId, Wanted], products: Mapping[ProductId, Product]) -> list[Product]:
    """Products for which the customer saw another price than ours."""
    return [
        products[id]
        for id, one in wanted.items()
        if one.price is not None and id in products and one.price != products[id].price.minor
    ]


def shown(order: Order) -> dict[str, Any]:
    """An order as its merchant sees it."""

    def money(minor: int) -> dict[str, Any]:
        return {"minor": minor, "currency": order.currency}

    return {
        "id": order.id,
        "number": order.number,
        "state": order.state,
        "customer_id": order.customer,
        "note": order.note,
        "reason": order.reason,
        "payment": {
            "state": PAYMENT.get(order.money.state, order.money.state.lower()) if order.money else "none",
            "reference_id": order.money.tr if order.money else None,
        },
        "lines": [
            {
                "product_id": line.product,
                "name": line.name,
                "unit": line.unit,
                "quantity": line.quantity,
                "price": money(line.price),
                "tax_basis_points": line.tax,
                "hsn": line.hsn,
                "amount": money(line.amount),
                "tax": money(line.tax_amount),
            }
            for line in order.lines
        ],
        "subtotal": money(order.subtotal),
        "tax": money(order.tax),
        "total": money(order.total),
        "steps": [
            {"state": step.state, "at": rfc3339(step.at), "by": step.by, "customer_told": step.told}
            for step in order.steps
        ],
        "version": order.version,
    }

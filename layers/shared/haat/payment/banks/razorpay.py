"""Razorpay, a gateway. Its callbacks are proof: HMAC-SHA256 of the raw body under the webhook's own secret.

Sources: razorpay.com/docs, pages Webhooks, QR Codes API, Refunds API (idempotent requests), Orders API, Settlements API, Validate VPA; razorpay-python 2.x.

A request becomes a QR code there (`POST /v1/payments/qr_codes`, `single_use`, a fixed amount), not an order or a payment link: an order can be
paid through Razorpay's checkout only, and a link opens a page in between; a QR code is what a UPI app reads, and its text (`image_content`,
which Razorpay switches on for an account that asks) is the link that we send. What that costs: it stays open for at least 15 minutes, so a
payment may come after our own expiry, which the rules know as late; and creating one has no idempotency key, so after an answer that was lost
there are two, of which nobody was shown the first. Requests that came to Razorpay as orders (WhatsApp's `order_details`) are pulled as such.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlencode

from haat.kernel.errors import Rejected
from haat.kernel.time import DAY, MINUTE, SECOND, later
from haat.payment.banks import Account, Asked, BadRow, Call, Caps, Created, Failed, Keys, Named, NotFound, Rows
from haat.payment.banks.razorpay_entities import PROOF, evidence, listed, named, refund_evidence, refund_ids, row, said
from haat.payment.banks.wire import (
    acknowledged,
    as_json,
    basic,
    every,
    header,
    hmac_signed,
    may_have,
    must_have,
    unanswered,
    whose,
)
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused, Said
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, maybe_text, part, parts, text

CAPS: Final = Caps(
    trust=PROOF,
    door_keys=("webhook_secret", "webhook_secret_previous"),  # a retry is signed with the secret of its first attempt
    call_keys=("key_id", "key_secret"),
    optional_keys=("webhook_secret_previous",),
    creates=True,
    least_life_ms=30 * MINUTE,
    settlement_format="json",
    tells_names=True,
    fetches_settlement=True,
    settles_within_days=7,  # it pays out two working days later, by default; a week holds every row of holidays
)

MANY: Final = 100  # items that one answer holds at most
LINES: Final = (
    25  # of a report, for one page: an answer goes through a queue, and a line may carry notes of some kilobytes
)


def create(account: Account, keys: Keys, asked: Asked) -> Call | None:
    """Make a QR code; for an amount of 0 a static one, that anyone may pay any sum to. Rejected for another currency than INR."""
    if asked.currency != "INR":
        raise Rejected("UPI takes INR only", word="currency")
    # At least 15 minutes from when Razorpay reads it (the call may be late), at most 45 days.
    first, last = later(asked.created_at, CAPS.least_life_ms), later(asked.created_at, 44 * DAY)
    body: dict[str, Any] = {"type": "upi_qr"}
    if shown := asked.note or asked.tr:
        body["description"] = shown
    if asked.amount:
        closes = -(-min(max(asked.expires_at, first), last) // SECOND)
        body |= {
            "usage": "single_use",
            "fixed_amount": True,
            "payment_amount": asked.amount,
            "close_by": closes,
            "notes": {"tr": asked.tr},
        }
    else:  # without notes: Razorpay copies them to its payments, and these are of no request
        body |= {"usage": "multiple_use", "fixed_amount": False}
    return _call(account, keys, "/v1/payments/qr_codes", body)


def read_create(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> Created | Failed:
    """A QR code: `link` is its text where the account has that switched on, `picture` a page with its image."""
    if status not in (200, 201):
        return _refusal(status, raw)
    try:
        found = reading.document(raw, reading.ANSWER)
        link = maybe_text(found.get("image_content"), 2048)
        return Created(
            provider_ref=text(found.get("id"), "id"),
            link=link if link.startswith("upi://pay?") else "",
            picture=maybe_text(found.get("image_url"), 2048),
        )
    except Rejected as refused:
        return Failed(reason=refused.word)


def read_callback(
    account: Account, keys: Keys, headers: Mapping[str, str], raw: bytes, *, checked: bool = False
) -> Said:
    """Verify, then parse. The entity says what is so: the event's name may be older than it, and may be wrong."""
    if len(raw) > reading.CALLBACK:
        return Refused(reason="too_large")
    signature = header(headers, "x-razorpay-signature")
    if not signature:
        return Refused(reason="missing_signature")
    if not checked and not hmac_signed(raw, signature, may_have(keys, *CAPS.door_keys)):
        return Refused(reason="bad_signature")
    try:
        return said(account, reading.document(raw), maybe_text(header(headers, "x-razorpay-event-id")))
    except Rejected as refused:
        return Refused(reason=refused.word)


def ack(said: Said) -> tuple[int, bytes]:
    """Any 2xx within five seconds will do; a webhook that fails for 24 hours is switched off."""
    return acknowledged(said, b"ok")


def pull(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask for the payments of what was created; where that is not known, for those of the orders that carry our reference as their receipt."""
    known = quote(asked.provider_ref, safe="")
    match asked.provider_ref.partition("_")[0]:
        case "qr":
            return _call(account, keys, f"/v1/payments/qr_codes/{known}/payments?count={MANY}")
        case "order":
            return _call(account, keys, f"/v1/orders/{known}/payments")
        case "pay":
            return _call(account, keys, f"/v1/payments/{known}")
        case _:
            query = urlencode({"receipt": asked.tr, "expand[]": "payments", "count": MANY})
            return _call(account, keys, f"/v1/orders?{query}")


def read_pull(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> tuple[Evidence, ...] | NotFound | Failed:
    """Every attempt to pay is one piece of evidence; one that carries another reference is none of an answer.

    Those of a QR code need not carry ours: they are of the code that we asked about.
    """
    if status != 200:
        return unanswered(status)
    try:
        payments = listed(reading.document(raw, reading.ANSWER), asked.tr)
    except Rejected as refused:
        return Failed(reason=refused.word)
    return every(payments, lambda payment: _asked_for(account, asked, payment))


def refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Give back. The key has at least ten characters whatever our id is, and the body is always the same: another one under a key is refused."""
    body = {
        "amount": asked.amount,
        "speed": "normal",
        "receipt": asked.refund_id,
        "notes": {"refund_id": asked.refund_id, "tr": asked.tr},
    }
    path = f"/v1/payments/{quote(asked.provider_txn_id, safe='')}/refund"
    return _call(account, keys, path, body, {"X-Refund-Idempotency": f"haat-refund-{quote(asked.refund_id, safe='')}"})


def read_refund(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> RefundEvidence | Failed:
    """Read the refund as it was made; one that names another refund of ours is none. The least sum, a balance that does not reach: refusals."""
    if status not in (200, 201):
        return _refusal(status, raw)
    try:
        found = reading.document(raw, reading.ANSWER)
        if {*refund_ids(found)} - {""} and asked.refund_id not in refund_ids(found):
            raise malformed("receipt")
        return refund_evidence(account.merchant_id, found, {}, asked.refund_id)
    except Rejected as refused:
        return Failed(reason=refused.word)


def pull_refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask for all refunds of the payment: after an answer that was lost, only our own id is known."""
    return _call(account, keys, f"/v1/payments/{quote(asked.provider_txn_id, safe='')}/refunds?count={MANY}")


def read_pull_refund(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> RefundEvidence | NotFound | Failed:
    """Find ours among the refunds of the payment, by the note or the receipt that we gave it."""
    if status != 200:
        return unanswered(status)
    ours = {asked.refund_id, asked.provider_refund_id} - {""}
    try:
        items = parts(reading.document(raw, reading.ANSWER), "items")
        for item in items:
            if not isinstance(item, dict):
                raise malformed("items")
            if ours & {*refund_ids(item), maybe_text(item.get("id"))}:
                return refund_evidence(account.merchant_id, item, {}, asked.refund_id)
    except Rejected as refused:
        return Failed(reason=refused.word)
    return NotFound() if len(items) < MANY else Failed(reason="too_many")


def settlement(account: Account, keys: Keys, day: date, skip: int = 0) -> Call | None:
    """Ask for a page of what was settled on a day."""
    query = urlencode(
        {"year": day.year, "month": f"{day.month:02}", "day": f"{day.day:02}", "count": LINES, "skip": skip}
    )
    return _call(account, keys, f"/v1/settlements/recon/combined?{query}")


def read_settlement(account: Account, raw: bytes) -> Rows:
    """Read `settlements/recon/combined`. Its lines carry no RRN: a payment is known by Razorpay's own id."""
    try:
        items = reading.lines(raw, "items")
    except Rejected as refused:
        return (), (BadRow(line=0, reason=refused.word),)
    rows, bad = [], []
    for line, item in enumerate(items, start=1):
        try:
            rows.append(replace(row(item), line=line))
        except Rejected as refused:
            bad.append(BadRow(line=line, reason=refused.word))
    return tuple(rows), tuple(bad)


def name_call(account: Account, keys: Keys, vpa: str) -> Call | None:
    """Ask for the address (docs, page Validate VPA)."""
    return _call(account, keys, "/v1/payments/validate/vpa", {"vpa": vpa})


def read_name(account: Account, status: int, raw: bytes) -> Named | NotFound | Failed:
    """`customer_name` comes with `success` alone. An account that may not ask is told so with a BAD_REQUEST_ERROR: it says nothing of the address."""
    if status != 200:
        return _refusal(status, raw)
    try:
        found = reading.document(raw, reading.ANSWER)
        success = found.get("success")
        if not isinstance(success, bool):
            raise malformed("success")
        return whose(found.get("customer_name")) if success else NotFound()
    except Rejected as refused:
        return Failed(reason=refused.word)


def _call(
    account: Account,
    keys: Keys,
    path: str,
    body: Mapping[str, Any] | None = None,
    extra: Mapping[str, str] | None = None,
) -> Call:
    headers = {"Authorization": basic(must_have(keys, "key_id"), must_have(keys, "key_secret")), **(extra or {})}
    if body is None:
        return Call(method="GET", url=account.base_url + path, headers=headers)
    return Call(
        method="POST",
        url=account.base_url + path,
        headers={**headers, "Content-Type": "application/json"},
        body=as_json(body),
    )


def _asked_for(account: Account, asked: Asked, payment: Mapping[str, Any]) -> Evidence:
    if named(payment) not in ("", asked.tr):
        raise malformed("notes")
    return evidence(account.merchant_id, payment, asked.tr)


def _refusal(status: int, raw: bytes) -> Failed:
    """Only a BAD_REQUEST_ERROR says that nothing was done, and not even that where it speaks of the idempotency key: then something was, before."""
    if status != 400:
        return unanswered(status)
    try:
        error = part(reading.document(raw, reading.ANSWER), "error")
    except Rejected:
        return unanswered(status)
    if "idempotency" in maybe_text(error.get("description"), 1000).lower():
        return Failed(reason="idempotency")
    sure = error.get("code") == "BAD_REQUEST_ERROR"
    return Failed(reason="bad_request" if sure else "http_400", refused=sure)

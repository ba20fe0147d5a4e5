"""Axis Bank, newer form: the UPI merchant stack that Juspay runs for it. Its callbacks are proof: RSA-PSS under the key of the stack (the PSP).

Format-complete, not bank-certified. `base_url` is the host with `/api/` and the version that the bank gives, e.g. `https://host/api/n1`.

| what | how | mark |
| --- | --- | --- |
| callback | JSON; `x-merchant-payload-signature` is base64 of RSA-PSS over the body with its keys sorted at every depth | looked up |
| - | SHA-256; compact, letters unescaped, a salt of 32 bytes | the recipe assumed in these |
| pull | POST `/merchants/transactions/status360`; `payload` is written as the callback is; REQUEST_NOT_FOUND with 200 | looked up |
| refund | POST `/merchants/transactions/refund360`, `refundRequestId` is the key of it; the same one again answers how it stands | looked up |
| ask after it | POST `/merchants/transactions/refund/status`: it never begins one, as refund360 would | looked up |
| headers | x-merchant-id, x-merchant-channel-id, x-timestamp (ms), jpupi-routing-id (the payment's own reference) | looked up |
| our signature | `x-merchant-signature` over merchant id, channel id, timestamp and body, joined: RSA-PSS, SHA-256, hex | looked up for a sister bank |
| - | that Axis takes this plain form, and not only JWS or JWE | assumed |

`x-response-signature` of an answer is not looked at: the answer came over TLS for our signature. Several callbacks come for one payment until it is
final. Sources: juspay.io, UPI Merchant Stack (Transaction Status 360, Refund Online and Offline, Handling Status and Codes); public integrations
of the stack; reference on UPI and the banks, section 11.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from haat.kernel.errors import Misconfigured, Rejected
from haat.payment.banks import Account, Asked, Call, Caps, Created, Failed, Keys, Named, NotFound, Rows, tables
from haat.payment.banks.axis_entities import COLUMNS, NEEDED, evidence, refund_evidence, said, settled, signed
from haat.payment.banks.ciphers import pss_sign
from haat.payment.banks.wire import acknowledged, as_json, every, header, may_have, must_have, unanswered
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused, Said
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, maybe_text, part, rupees

CAPS: Final = Caps(
    trust="proof",
    door_keys=("psp_public_key", "psp_public_key_previous"),  # two while the stack changes its key
    call_keys=("merchant_private_key",),
    optional_keys=("psp_public_key_previous",),
    key_forms={
        "psp_public_key": "public_pem",
        "psp_public_key_previous": "public_pem",
        "merchant_private_key": "private_pem",
    },
    signs="document",
    settings=("channel_id", "refund_vpa"),  # refund_vpa: from which refunds are paid, where that is another address
    optional_settings=("refund_vpa",),
    settlement_format="csv",
    before_money=("kit", "test_environment", "certificates", "listed_addresses", "sign_off"),
)

NOTHING: Final = "REQUEST_NOT_FOUND"
# More than is left to give back. BAD_REQUEST is no refusal: it is the word for two at the same time, too.
REFUSALS: Final = frozenset({"INVALID_REFUND_AMOUNT"})
REASONS: Final = {"INVALID_REFUND_AMOUNT": "amount", "UNAUTHORIZED": "credentials", "REQUEST_EXPIRED": "expired"}


def create(account: Account, keys: Keys, asked: Asked) -> Call | None:
    """Nothing: a link with our reference is enough."""
    return None


def read_create(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> Created | Failed:
    """There is no such answer."""
    return unanswered(status)


def read_callback(
    account: Account, keys: Keys, headers: Mapping[str, str], raw: bytes, *, checked: bool = False
) -> Said:
    """Verify, then parse. What can't be read can't be verified, and is a wrong signature."""
    if len(raw) > reading.CALLBACK:
        return Refused(reason="too_large")
    signature = header(headers, "x-merchant-payload-signature")
    if not signature:
        return Refused(reason="missing_signature")
    if not checked and not signed(raw, signature, may_have(keys, *CAPS.door_keys)):
        return Refused(reason="bad_signature")
    try:
        return said(reading.document(raw))
    except Rejected as refused:
        return Refused(reason=refused.word)


def ack(said: Said) -> tuple[int, bytes]:
    """Any 2xx will do (assumed)."""
    return acknowledged(said, b'{"status":"SUCCESS"}')


def pull(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask how the payment with our reference stands."""
    body = {"merchantRequestId": asked.tr, "transactionType": "MERCHANT_CREDITED_VIA_PAY"}
    return _call(account, keys, asked, "status360", body)


def read_pull(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> tuple[Evidence, ...] | NotFound | Failed:
    """One payment at the most. `status` says whether the question was answered, `payload` how the payment stands."""
    found = _payload(status, raw)
    return found if isinstance(found, NotFound | Failed) else every([found], lambda said: _asked_for(asked, said))


def refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Give back at once, to the account that paid, under our id. The payment is named by the stack's own id of it."""
    if asked.provider_txn_id:
        of = {"originalUpiRequestId": asked.provider_txn_id}
    else:
        of = {"originalMerchantRequestId": asked.tr}
    body = {
        **of,
        "refundRequestId": asked.refund_id,
        "refundType": "ONLINE",
        "refundAmount": rupees(asked.amount),
        "merchantRefundVpa": account.settings.get("refund_vpa") or account.vpa,
        "remarks": "Refund",
    }
    return _call(account, keys, asked, "refund360", body, version="3")


def read_refund(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> RefundEvidence | Failed:
    """Read the refund as it was made: done, open, or failed. More than is left is a refusal."""
    found = _payload(status, raw)
    if isinstance(found, NotFound):
        return Failed(reason="not_found")
    return found if isinstance(found, Failed) else _made(asked, found)


def pull_refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask after our id."""
    if asked.provider_txn_id:
        of = {"originalUpiRequestId": asked.provider_txn_id}
    else:
        of = {"merchantTransactionId": asked.tr}
    return _call(account, keys, asked, "refund/status", {"merchantRequestId": asked.refund_id, **of}, version="2")


def read_pull_refund(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> RefundEvidence | NotFound | Failed:
    """One refund."""
    match _payload(status, raw):
        case NotFound():
            return NotFound()
        case Failed(reason=reason):
            return Failed(reason=reason)
        case found:
            return _made(asked, found)


def settlement(account: Account, keys: Keys, day: date, skip: int = 0) -> Call | None:
    """Nothing: a person brings the file."""
    return None


def read_settlement(account: Account, raw: bytes) -> Rows:
    """The bank's T+1 file. A deemed line is money; a line of another merchant, or with a damaged RRN, is a bad one."""
    return tables.read(account, raw, COLUMNS, NEEDED, settled)


def name_call(account: Account, keys: Keys, vpa: str) -> Call | None:
    """No public document says how it is asked: it tells no names."""
    return None


def read_name(account: Account, status: int, raw: bytes) -> Named | NotFound | Failed:
    """There is no such answer."""
    return unanswered(status)


def _call(account: Account, keys: Keys, asked: Asked, path: str, body: Mapping[str, Any], *, version: str = "") -> Call:
    key = must_have(keys, "merchant_private_key")
    merchant, channel = account.merchant_id, account.settings.get("channel_id", "")
    if not all(said.isascii() and said.isprintable() for said in (merchant, channel)):
        raise Misconfigured("a merchant's or channel's id can not stand in a header")
    stamp, raw = str(asked.asked_at), as_json(body)
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "x-merchant-id": merchant,
        "x-merchant-channel-id": channel,
        "x-timestamp": stamp,
        "jpupi-routing-id": quote(asked.tr, safe=""),
        "x-merchant-signature": pss_sign(key, f"{merchant}{channel}{stamp}".encode() + raw).hex(),
    }
    if version:
        headers["x-api-version"] = version
    return Call(method="POST", url=f"{account.base_url}/merchants/transactions/{path}", headers=headers, body=raw)


def _payload(status: int, raw: bytes) -> Mapping[str, Any] | NotFound | Failed:
    """What an answer is about. Its `status` speaks of the question only: SUCCESS, or FAILURE with a `responseCode`, mostly with HTTP 200."""
    if status != 200:
        return unanswered(status)
    try:
        found = reading.document(raw, reading.ANSWER)
        match maybe_text(found.get("status")):
            case "SUCCESS":
                return part(found, "payload")
            case "FAILURE":
                code = maybe_text(found.get("responseCode"), 64)
                if code == NOTHING:
                    return NotFound()
                return Failed(reason=REASONS.get(code, "failure"), refused=code in REFUSALS)
            case _:
                return Failed(reason="malformed")
    except Rejected as refused:
        return Failed(reason=refused.word)


def _asked_for(asked: Asked, found: Mapping[str, Any]) -> Evidence:
    """The payment that was asked about; one that names another reference is none of an answer."""
    said = evidence(found)
    if said.tr not in ("", asked.tr):
        raise malformed("merchantRequestId")
    return replace(said, tr=asked.tr)


def _made(asked: Asked, found: Mapping[str, Any]) -> RefundEvidence | Failed:
    try:
        made = refund_evidence(found)
    except Rejected as refused:
        return Failed(reason=refused.word)
    return made if made.refund_id == asked.refund_id else Failed(reason="malformed")

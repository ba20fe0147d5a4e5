"""State Bank of India's UPI API for merchants. Its callbacks prove nothing: they are sealed under a shared key, block by block, and nobody signs them.

[L] looked up in public integrations, [R] recalled, [A] assumed by us; reference on UPI and the banks, section 12.
Format-complete, not bank-certified: the bank's own kit settles every [R] and [A].

| call | what |
| --- | --- |
| callback | POST `{"resp": HEX, "pgMerchantId"}` [L] |
| pull | POST STATUS, `{"requestMsg": HEX, "pgMerchantId"}` around `requestInfo` {pgMerchantId, pspRefNo}; answered as in a callback [L], the path [A] |
| refund | POST REFUND, the same with our refund id as the new `pspRefNo` [R] and what is given back; path, names and answer [A] |
| ask after it | a pull of our refund id [R] |

Inside stands `apiResp` [L]; its keys are spelt in two ways, txn_note and txnNote, and each is read. The cipher is the weakest part: AES-128-ECB in hex
under a key of 32 hex digits [A], as a sister bank's. A public integration has PGP, and an access token beside it: ask the bank for this first. What
knows the cipher is `_sealed` and `_opened`, which name it in `ciphers`.

A collect that was "initiated successfully" says S and UP00, as a payment does [L]. We begin none: S counts where the type is PAY or is not told, else
it is PENDING, and should money have come after all the settlement file tells it. A code of "deemed" or of a timeout beside S or F leaves the
matter open. A payment to a static code has a `pspRefNo` that is not ours, or NA.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from haat.kernel.errors import Misconfigured, Rejected
from haat.payment.banks import Account, Asked, Call, Caps, Created, Failed, Keys, Named, NotFound, Rows, ciphers, tables
from haat.payment.banks.sbi_entities import (
    COLUMNS,
    NEEDED,
    evidence,
    has_failed,
    is_begun,
    is_refused,
    is_unknown,
    maybe_id,
    refund_evidence,
    row,
)
from haat.payment.banks.wire import acknowledged, as_json, every, must_have, unanswered
from haat.payment.model.evidence import Evidence, RefundEvidence, Refused, Said
from haat.payment.rules import reading
from haat.payment.rules.reading import malformed, maybe_text, part, rupees, text

CAPS: Final = Caps(
    trust="hint",
    door_keys=(),
    settlement_keys=("merchant_key",),
    call_keys=("merchant_key",),
    key_forms={"merchant_key": "hex32"},
    shared_key=True,
    settlement_format="csv",
    before_money=("kit", "test_environment", "listed_addresses", "sign_off"),
)

STATUS: Final = "/transactionStatusQuery"  # [A], as the next one
REFUND: Final = "/refund"


def create(account: Account, keys: Keys, asked: Asked) -> Call | None:
    """Nothing: a link with our reference is enough."""
    return None


def read_create(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> Created | Failed:
    """There is no such answer."""
    return unanswered(status)


def read_callback(
    account: Account, keys: Keys, headers: Mapping[str, str], raw: bytes, *, checked: bool = False
) -> Said:
    """Open and parse: nothing in it can be verified."""
    try:
        merchant, said = _opened(keys, raw, reading.CALLBACK)
        return evidence(merchant, said, CAPS.trust)
    except Rejected as refused:
        return Refused(reason=refused.word)


def ack(said: Said) -> tuple[int, bytes]:
    """Any 2xx will do [R]."""
    return acknowledged(said, b"ok")


def pull(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask for the transaction that carries our reference."""
    return _call(account, keys, STATUS, asked.tr, {})


def read_pull(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> tuple[Evidence, ...] | NotFound | Failed:
    """One transaction: the bank tells the last attempt to pay."""
    if status != 200:
        return unanswered(status)
    try:
        answer = _answer(account, keys, asked.tr, raw)
    except Rejected as refused:
        return Failed(reason=refused.word)
    return every([answer] if answer else [], lambda said: evidence(*said, "proof"))


def refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Give back, under our id."""
    original = {
        "orgPspRefNo": asked.tr,
        "orgCustRefNo": asked.rrn,
        "orgNpciTransId": asked.provider_txn_id,
        "amount": rupees(asked.amount),
    }
    return _call(account, keys, REFUND, asked.refund_id, original)


def read_refund(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> RefundEvidence | Failed:
    """Read the refund as it was made. F is a refusal where no transaction was begun and its code is one of REFUSALS; else it is asked after."""
    found = _refund(account, keys, asked, status, raw)
    return Failed(reason="not_found") if isinstance(found, NotFound) else found


def pull_refund(account: Account, keys: Keys, asked: Asked) -> Call:
    """Ask for the transaction that carries our id of the refund."""
    return _call(account, keys, STATUS, asked.refund_id, {})


def read_pull_refund(
    account: Account, keys: Keys, asked: Asked, status: int, raw: bytes
) -> RefundEvidence | NotFound | Failed:
    """One refund. A failure that names no transaction is the question's own."""
    found = _refund(account, keys, asked, status, raw)
    return Failed(reason=found.reason) if isinstance(found, Failed) else found


def settlement(account: Account, keys: Keys, day: date, skip: int = 0) -> Call | None:
    """Nothing: a person brings the file."""
    return None


def read_settlement(account: Account, raw: bytes) -> Rows:
    """The bank's T+1 file, in columns that are [A]."""
    return tables.read(account, raw, COLUMNS, NEEDED, row)


def name_call(account: Account, keys: Keys, vpa: str) -> Call | None:
    """No public document says how it is asked: it tells no names."""
    return None


def read_name(account: Account, status: int, raw: bytes) -> Named | NotFound | Failed:
    """There is no such answer."""
    return unanswered(status)


def _call(account: Account, keys: Keys, path: str, ref: str, more: Mapping[str, Any]) -> Call:
    said = {"requestInfo": {"pgMerchantId": account.merchant_id, "pspRefNo": ref}, **more}
    body = {"requestMsg": _sealed(keys, as_json(said)), "pgMerchantId": account.merchant_id}
    headers = {"Content-Type": "application/json"}
    return Call(method="POST", url=account.base_url + path, headers=headers, body=as_json(body))


def _sealed(keys: Keys, plain: bytes) -> str:
    return ciphers.ecb_seal(must_have(keys, "merchant_key"), plain)


def _opened(keys: Keys, raw: bytes, limit: int) -> tuple[str, Mapping[str, Any]]:
    """Whose it is, as the envelope says ("" where it does not), and what it says."""
    envelope = reading.document(raw, limit)
    sealed = text(envelope.get("resp"), "resp", limit)
    try:
        plain = ciphers.ecb_open(must_have(keys, "merchant_key"), sealed.strip())
    except Misconfigured:  # what reads raises nothing; what calls with this key finds that it is none
        raise Rejected("the key is missing, or is none", word="no_key") from None
    return maybe_text(envelope.get("pgMerchantId")), part(reading.document(plain, limit), "apiResp")


def _answer(account: Account, keys: Keys, ref: str, raw: bytes) -> tuple[str, Mapping[str, Any]] | None:
    """The same of an answer about a reference of ours; None where the bank knows nothing of it. One that names nobody is about whoever asked."""
    merchant, said = _opened(keys, raw, reading.ANSWER)
    if is_unknown(said):
        return None
    if maybe_id(said, "pspRefNo") != ref:
        raise malformed("pspRefNo")
    return merchant or account.merchant_id, said


def _refund(account: Account, keys: Keys, asked: Asked, status: int, raw: bytes) -> RefundEvidence | NotFound | Failed:
    if status != 200:
        return unanswered(status)
    try:
        answer = _answer(account, keys, asked.refund_id, raw)
        if answer is None:
            return NotFound()
        merchant, said = answer
        if merchant != account.merchant_id:
            raise malformed("pgMerchantId")
        if has_failed(said) and not is_begun(said):
            return Failed(reason="refused", refused=True) if is_refused(said) else Failed(reason="failed")
        return refund_evidence(asked.refund_id, merchant, said)
    except Rejected as refused:
        return Failed(reason=refused.word)

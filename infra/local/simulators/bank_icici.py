"""ICICI's format (Eazypay UPI): everything is encrypted, with the merchant's public key on the way out and the bank's on the way in.

Source: the project's reference on UPI and the banks, section 9; what it leaves open is chosen here as the product assumes it. Written
with nothing of the product. What of it the product calls is here, and nothing else; nobody has held it against the bank.
"""

import base64
import csv
import hmac
import io
import json
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from infra.local.http import Request, Response
from infra.local.simulators import bank_files
from infra.local.simulators.bank_faults import Edge
from infra.local.simulators.bank_paying import paise
from infra.local.simulators.bank_wire import LARGEST, BankRefusal, Event, compact, rupees
from infra.local.simulators.bank_world import (
    INDIA,
    BankAccount,
    BankPayment,
    BankRefund,
    BankWorld,
    Impossible,
    PaymentWord,
)
from infra.local.simulators.wire import Json, digits

if TYPE_CHECKING:
    from infra.local.simulators.bank import BankSimulator

# In callbacks; answers say FAILURE. What is deemed is pending until it is settled.
_WORDS: dict[PaymentWord, str] = {"SUCCESS": "SUCCESS", "FAILED": "REJECT", "PENDING": "PENDING", "DEEMED": "PENDING"}
_REFUND_WORDS = {"DONE": "SUCCESS", "FAILED": "FAILURE", "PENDING": "PENDING"}
_LINES = {"payment": "PAY", "refund": "REFUND", "charge_back": "CHARGEBACK"}
_MESSAGES = {
    "0": "Transaction Successful",
    "5000": "Invalid Request",
    "5001": "Invalid Merchant ID",
    "5002": "Duplicate MerchantTranId",
    "5003": "Merchant Transaction Id is mandatory",
    "5004": "Invalid Data",
    "5006": "Merchant TranId is not available",
    "5014": "Insufficient Amount",
}
_COLUMNS = (
    "merchantId,terminalId,transactionType,merchantTranId,BankRRN,originalmerchantTranId,originalBankRRN,PayerVA,"
    "Amount,TxnStatus,TxnCompletionDate,Charges,GST"
)
_BLOCK = 16  # bytes of AES


class Icici:
    """The part of the bank that speaks so; its lock is held."""

    def __init__(self, bank: "BankSimulator") -> None:
        self._bank = bank

    def caller(self, world: BankWorld, request: Request) -> BankAccount:
        """Know the account by its key in a header."""
        given = request.headers.get("apikey", "").encode()
        for account in world.accounts.values():
            if account.provider == "icici" and hmac.compare_digest(given, account.keys["api_key"].encode()):
                return account
        raise BankRefusal(401, {"fault": {"faultstring": "Invalid ApiKey"}})

    def edge(self, request: Request) -> Edge:
        """Say what kind of call it is; a question about a refund shows when it is opened."""
        if request.path.startswith("/Refund/"):
            return "refund"
        try:
            asked = _opened(self.caller(self._bank.world, request), request)
        except BankRefusal:
            return "pull"
        return "pull_refund" if asked.get("transactionType") == "R" else "pull"

    def handle(self, account: BankAccount, request: Request) -> Response:
        """Answer a call; all answers but those of the gateway before it come with 200, and sealed."""
        name, _, merchant = request.path.removeprefix("/").partition("/")
        asked = _opened(account, request)
        if merchant != account.merchant_id or asked.get("merchantId") != merchant:
            return self._said(account, asked, "5001")
        if not asked.get("merchantTranId"):
            return self._said(account, asked, "5003")
        match request.method, name, asked.get("transactionType"):
            case "POST", "CallbackStatus2", "Q":
                return self._payment(account, asked)
            case "POST", "CallbackStatus2", "R":
                return self._refund(account, asked)
            case "POST", "Refund", _:
                return self._give_back(account, asked)
            case _:
                return self._said(account, asked, "5000")

    def payment_events(self, account: BankAccount, payment: BankPayment) -> list[Event]:
        """One callback for each state."""
        told = {
            **_named(account),
            "BankRRN": payment.rrn,
            "merchantTranId": payment.reference,
            "PayerName": "Test Payer",
            "PayerMobile": "0000000000",
            "PayerVA": payment.payer,
            "PayerAmount": rupees(payment.amount),
            "TxnStatus": _WORDS[payment.word],
            "TxnInitDate": _time(payment.at),
            "TxnCompletionDate": _time(payment.at),
            "PayeeVPA": account.vpa,
        }
        return [Event(body=compact(told))]

    def refund_events(self, account: BankAccount, refund: BankRefund) -> list[Event]:
        """None: who gives back asks how it stands."""
        return []

    def proven(self, account: BankAccount, event: Event, secret: str) -> Event:
        """Seal it with a public key. Whoever has that key can do the same."""
        kind, body = self._sealed(secret, event.body, iv_apart=True)
        return Event(body=body, headers={"Content-Type": kind} | event.headers)

    def secret(self, account: BankAccount) -> str:
        """Return the merchant's public key, which is none."""
        return account.keys["merchant_public_key"]

    def guess(self, account: BankAccount) -> str:
        """Return another public key: the bank's own."""
        public = _private(account.keys["bank_private_key"]).public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def settlement_file(self, account: BankAccount, day: date) -> bytes | None:
        """Return a table. Its columns are assumed; a refund and a chargeback name the payment they are of."""
        written = io.StringIO(newline="")
        pen = csv.writer(written)
        pen.writerow(_COLUMNS.split(","))
        for line in bank_files.lines_of(self._bank, account, day):
            paid, came = line.payment, line.kind == "payment"
            reference = line.refund_id if line.kind == "refund" else paid.reference
            pen.writerow(
                (
                    line.merchant_id,
                    account.settings.get("terminal_id", ""),
                    _LINES[line.kind],
                    reference,
                    paid.rrn if came else f"{line.time.year % 10}{line.time:%j}{digits(line.id, 8)}",
                    "" if came else paid.reference,
                    "" if came else paid.rrn,
                    paid.payer,
                    rupees(line.amount),
                    "DEEMED" if came and line.deemed else "SUCCESS",
                    _time(line.at),
                    rupees(line.fee - line.tax),
                    rupees(line.tax),
                )
            )
        return written.getvalue().encode()

    def _payment(self, account: BankAccount, asked: Json) -> Response:
        found = self._bank.world.standing(account.id, str(asked["merchantTranId"]))
        if found is None:
            return self._said(account, asked, "5006")
        told = {
            "OriginalBankRRN": found.rrn,
            "payerVA": found.payer,
            "payeeVA": account.vpa,
            "Amount": rupees(found.amount),
            "status": "FAILURE" if found.word == "FAILED" else _WORDS[found.word],
            "TxnInitDate": _time(found.at),
            "TxnCompletionDate": _time(found.at),
        }
        return self._said(account, asked, "0", told)

    def _refund(self, account: BankAccount, asked: Json) -> Response:
        known = self._known(account, asked)
        if known is None:
            return self._said(account, asked, "5006")
        told = {"Amount": rupees(known.amount), "status": _REFUND_WORDS[known.word]}
        return self._said(account, asked, "0", told)

    def _give_back(self, account: BankAccount, asked: Json) -> Response:
        """Give back once for each merchantTranId; another text under one is a duplicate."""
        text, known = json.dumps(asked, sort_keys=True), self._known(account, asked)
        if known is not None and known.asked != text:
            return self._said(account, asked, "5002")
        if known is None:
            payments = self._bank.world.payments_of(account.id)
            paid = next((one for one in payments if one.rrn == asked.get("originalBankRRN")), None)
            if paid is None or paid.word != "SUCCESS" or paid.reference != asked.get("originalmerchantTranId"):
                return self._said(account, asked, "5004")
            try:
                amount = paise(str(asked.get("refundAmount")))
            except Impossible:
                return self._said(account, asked, "5004")
            if not 0 < amount <= self._bank.left(paid):
                return self._said(account, asked, "5014")
            known = self._bank.begin_refund(paid, amount, str(asked["merchantTranId"]), asked=text)
        told = {
            "originalBankRRN": self._bank.world.payments[known.payment].rrn,
            "status": _REFUND_WORDS[known.word],
        }
        return self._said(account, asked, "0", told)

    def _known(self, account: BankAccount, asked: Json) -> BankRefund | None:
        refunds = self._bank.world.refunds.values()
        mine = (one for one in refunds if one.account == account.id)
        return next((one for one in mine if one.refund_id == asked["merchantTranId"]), None)

    def _said(self, account: BankAccount, asked: Json, code: str, told: Json | None = None) -> Response:
        """Return a sealed answer. `success` is a text."""
        document = {
            "response": code,
            **_named(account),
            "merchantTranId": asked.get("merchantTranId", ""),
            "success": "true" if code == "0" else "false",
            "message": _MESSAGES[code],
            **(told or {}),
        }
        kind, body = self._sealed(account.keys["merchant_public_key"], compact(document), iv_apart=False)
        return Response(status=200, headers={"content-type": kind}, body=body)

    def _sealed(self, public_pem: str, plain: bytes, *, iv_apart: bool) -> tuple[str, bytes]:
        """Return the media type and the cipher text: RSA where it has room, else an envelope; its IV is in a field or before the data."""
        public = load_pem_public_key(public_pem.encode())
        if not isinstance(public, rsa.RSAPublicKey):
            raise Impossible("the merchant's key is none of RSA")
        if len(plain) <= public.key_size // 8 - 11:
            return "text/plain", base64.b64encode(public.encrypt(plain, PKCS1v15()))
        serial = self._bank.world.serial("envelope")
        key, iv = digits(serial, _BLOCK).encode(), digits(f"{serial} iv", _BLOCK).encode()
        pad = PKCS7(_BLOCK * 8).padder()
        pen = Cipher(AES128(key), CBC(iv)).encryptor()
        data = pen.update(pad.update(plain) + pad.finalize()) + pen.finalize()
        envelope = {
            "requestId": serial,
            "service": "UPI",
            "encryptedKey": base64.b64encode(public.encrypt(key, PKCS1v15())).decode(),
            "oaepHashingAlgorithm": "NONE",
            "iv": base64.b64encode(iv).decode() if iv_apart else "",
            "encryptedData": base64.b64encode(data if iv_apart else iv + data).decode(),
            "clientInfo": "",
            "optionalParam": "",
        }
        return "application/json", compact(envelope)


@cache
def _private(pem: str) -> rsa.RSAPrivateKey:
    found = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(found, rsa.RSAPrivateKey):
        raise Impossible("the bank's key is none of RSA")
    return found


def _opened(account: BankAccount, request: Request) -> Json:
    """Return what a caller sealed for the bank. Raises BankRefusal."""
    key, body = _private(account.keys["bank_private_key"]), request.body[:LARGEST]
    try:
        if not body.startswith(b"{"):
            found = json.loads(key.decrypt(base64.b64decode(body, validate=True), PKCS1v15()))
        else:
            envelope = json.loads(body)
            part = {name: base64.b64decode(envelope[name]) for name in ("encryptedKey", "iv", "encryptedData")}
            iv = part["iv"] or part["encryptedData"][:_BLOCK]
            data = part["encryptedData"][0 if part["iv"] else _BLOCK :]
            eye = Cipher(AES128(key.decrypt(part["encryptedKey"], PKCS1v15())), CBC(iv)).decryptor()
            strip = PKCS7(_BLOCK * 8).unpadder()
            found = json.loads(strip.update(eye.update(data) + eye.finalize()) + strip.finalize())
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BankRefusal(400, {"response": "8000", "success": "false", "message": "Invalid Encrypted Request"})
    return found


def _named(account: BankAccount) -> Json:
    terminal = account.settings.get("terminal_id", "")
    return {"merchantId": account.merchant_id, "subMerchantId": account.merchant_id, "terminalId": terminal}


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, INDIA).strftime("%Y%m%d%H%M%S")

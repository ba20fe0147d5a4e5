"""A shop's payee account on the stage, and a bank that answers by script: HTTP in, tables out."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.facts.codec import from_plain
from haat.facts.payments import BankWanted, PaymentDue, PaymentFact, outbox_row
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.payment.model.account import AccountState, PayeeAccount, Sealed
from haat.payment.model.bank import Account
from haat.payment.model.payment import Orphan, Payment
from haat.payment.ports import Writing
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.caller import urls
from haat.payment.store.payments import DynamoPayments
from infra.conform.clock import MovedClock
from infra.local.clock import TestClock
from infra.local.http import NetworkFault, Request, Response
from infra.local.stage import Stage

SECRET = "a webhook's secret"  # of a shop that is made up
CALL_KEYS = {"key_id": "rzp_test_id", "key_secret": "rzp_test_secret"}
ACCOUNT = "01KE4JVFR0PAYEEACC00NT0001"


@dataclass
class ScriptedBank:
    """Answers with what is put in for a path's beginning, in order; the last answer stays. Nothing is known where nothing was put."""

    asked: list[Request] = field(default_factory=list)
    answers: list[tuple[str, str, list[Any]]] = field(default_factory=list)

    def handle(self, request: Request) -> Response:
        """One request."""
        self.asked.append(request)
        for method, beginning, waiting in reversed(self.answers):
            if request.method == method and request.path.startswith(beginning):
                told = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                return self._told(told(request) if callable(told) else told)
        return self._told({"entity": "collection", "count": 0, "items": []})

    def puts(self, method: str, beginning: str, *answers: Any) -> None:
        """Say what is answered: a document, a status, a network fault, or a function of the request."""
        self.answers.append((method, beginning, list(answers)))

    def calls(self, method: str = "POST", part: str = "/refund") -> list[Request]:
        """Those of one kind."""
        return [request for request in self.asked if request.method == method and part in request.path]

    @staticmethod
    def _told(told: Any) -> Response:
        if isinstance(told, NetworkFault):
            raise told
        status, document = (told, {}) if isinstance(told, int) else (200, told)
        return Response(status=status, headers={"content-type": "application/json"}, body=json.dumps(document).encode())


class Till:
    """One account of one shop."""

    def __init__(self, stage: Stage, bank: ScriptedBank, account: PayeeAccount, secret: str = SECRET) -> None:
        self.stage, self.bank, self.account, self._secret = stage, bank, account, secret
        self.table = Table(stage.client("dynamodb"), stage.functions["payment_callback"].environment["PAYMENT_TABLE"])
        self.payments = DynamoPayments(self.table)
        self.refused = 0

    @classmethod
    def opened(cls, stage: Stage, bank: ScriptedBank, *, secret: str = SECRET, **more: Any) -> "Till":
        """An account that is live, with its keys sealed as the API seals them. `more` are fields of it."""
        account = account_of(stage, secret=secret, **more)
        till = cls(stage, bank, account, secret)
        once = Once(key=account.id, asked="", at=till.now())
        DynamoAccounts(till.table, lambda: 0.0).begin(account, once, Answer(status=201))
        return till

    def now(self) -> Instant:
        """The stage's time."""
        return Instant(int(self.stage.clock.now() * 1_000))

    def move(self, to: Instant) -> None:
        """Let nothing happen until then."""
        clock = self.stage.clock
        assert isinstance(clock, TestClock | MovedClock)  # of the stage on moto, of the second judge
        clock.set(datetime.fromtimestamp(to / 1_000, UTC))

    # A callback

    def event(self, name: str, *, event_id: str = "", **entities: Mapping[str, Any]) -> bytes:
        """A webhook's body."""
        payload = {kind: {"entity": entity} for kind, entity in entities.items()}
        told = {
            "entity": "event",
            "account_id": self.account.bank.merchant_id,
            "event": name,
            "contains": list(entities),
            "payload": payload,
            "created_at": self.now() // 1_000,
        }
        return json.dumps(told).encode()

    def post(self, body: bytes, event_id: str = "", *, secret: str = "") -> Response:
        """Bring one to the door, signed."""
        signature = hmac.new((secret or self._secret).encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Razorpay-Signature": signature, "Content-Type": "application/json"}
        if event_id:
            headers["X-Razorpay-Event-Id"] = event_id
        answer = self.stage.http("POST", f"/webhooks/payments/razorpay/{self.account.id}", headers, body)
        self.refused += answer.status == 401
        return answer

    def paid(self, tr: str, rrn: str, amount: int, **more: Any) -> bytes:
        """A webhook that tells of money that came."""
        return self.event("payment.captured", payment=payment_entity(tr, rrn, amount, at=self.now() // 1_000, **more))

    # What is due

    def put(self, fact: PaymentFact) -> None:
        """Lay a record in the queue of a fact."""
        row = outbox_row(fact)
        sqs = self.stage.client("sqs")
        address = sqs.get_queue_url(QueueName=f"haat-local-{row['queue']}")["QueueUrl"]
        sqs.send_message(QueueUrl=address, MessageBody=row["body"])

    def create(self, tr: str) -> None:
        """Let the bank be told of a request."""
        self.put(BankWanted(what="create", tr=tr, number=1))

    def look(self, tr: str) -> None:
        """Let what is due at it now be done."""
        self.put(PaymentDue(tr=tr, at=self.now()))

    # What there is

    def begin(self, payment: Payment) -> None:
        """Keep a request as it is."""
        self.payments.begin(payment, Writing())

    def payment(self, tr: str) -> Payment:
        """As it is now."""
        found = self.payments.load(tr)
        assert found is not None
        return found

    def orphans(self) -> list[Orphan]:
        """Money of no request."""
        kept = [item for item in self.table.having("doc") if item["pk"].startswith("ORPHANS#")]
        return [from_plain(Orphan, json.loads(item["doc"])) for item in kept]

    def told(self) -> Counter[str]:
        """What merchants' systems were told, by the rows of the outbox."""
        rows = [item for item in self.table.having("queue") if item["pk"].startswith("NEWS#")]
        return Counter(item["sk"].split("#")[1] for item in rows if item["sk"].endswith("#merchant"))


def account_of(
    stage: Stage,
    *,
    id: str = ACCOUNT,
    merchant: str = "mer_kirana",
    vpa: str = "haat.kirana@testrzp",
    merchant_id: str = "acc_HaatTest000001",
    provider: str = "razorpay",
    state: AccountState = "live",
    secret: str = SECRET,
    **door: str,
) -> PayeeAccount:
    """A payee account, its keys sealed with the stage's own."""
    named = MerchantId(merchant)
    keys = {"webhook_secret": secret, **door} if provider == "razorpay" else {"callback_token": secret, **door}
    calls = CALL_KEYS if provider == "razorpay" else {"api_token": "sim-api-token"}
    sealed = Sealed(
        door=sealed_for(stage, named, "payment_callback", "PAYMENT_DOOR_KEY", keys),
        call=sealed_for(stage, named, "payment_bank_call", "PAYMENT_CALL_KEY", calls),
    )
    bank = Account(provider=provider, merchant_id=merchant_id, vpa=vpa, base_url="")
    return PayeeAccount(id=id, merchant=named, bank=bank, name="Test Kirana Store", state=state, sealed=sealed)


def sealed_for(stage: Stage, merchant: MerchantId, function: str, key: str, keys: Mapping[str, str]) -> bytes:
    """Keys as the API seals them for a function."""
    sealer = Sealer(stage.client("kms"), stage.functions[function].environment[key])
    return sealer.seal(merchant, Secret(json.dumps(dict(keys))))


def payment_entity(
    tr: str, rrn: str, amount: int, *, at: int, id: str = "", status: str = "captured", currency: str = "INR"
) -> dict[str, Any]:
    """A payment as Razorpay writes it (razorpay.com/docs, Payments: entity)."""
    return {
        "id": id or f"pay_{rrn}",
        "entity": "payment",
        "amount": amount,
        "currency": currency,
        "status": status,
        "method": "upi",
        "vpa": "payer.one@testpsp",
        "notes": {"tr": tr} if tr else [],
        "acquirer_data": {"rrn": rrn},
        "created_at": at,
    }


@contextmanager
def scripted(stage: Stage) -> Iterator[ScriptedBank]:
    """A bank that answers by script stands where Razorpay's API is."""
    bank = ScriptedBank()
    made = {"id": "qr_1", "entity": "qr_code", "image_content": "upi://pay?pa=haat.kirana@testrzp&tr=RZP1"}
    bank.puts("POST", "/v1/payments/qr_codes", made)
    url = urls(stage.functions["payment_bank_call"].environment["BANK_URLS"])["razorpay"]
    with stage.standing_in(f"{url}/v1", bank):
        yield bank

"""Money of a shop that is under way while versions change, and the proof that each of it was found once."""

import itertools
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import requests

from haat.payment.rules.reading import INDIA
from infra.conform.deployed import Deployed
from infra.local.market import SWEETS
from infra.local.payees import RAZORPAY, SIMBANK, DemoPayee, open_accounts
from infra.local.simulators.bank_page import links_in
from tests.conform.caller import OPERATOR
from tests.conform.talk import held
from tests.stack.business.conftest import Api
from tests.unit.payment.recon import line, written

if TYPE_CHECKING:
    from infra.local.stage import Stage

EVIDENCE, CALLS, DUE, ROWS = "payment-evidence", "payment-bank", "payment-due", "local-payment"
PRICE = {"minor": 25_000, "currency": "INR"}
HALF = {"minor": 12_500, "currency": "INR"}
MINUTES = 300
FEW = 3
# Of each at the gateway four callbacks, of each at the bank whose callbacks prove nothing one; codes to be made, and a refund.
WAITING: Mapping[str, int] = {EVIDENCE: FEW * 4 + FEW, CALLS: FEW + 1}
# Until a hint may be followed by a question, and whatever failed has come again (seconds).
SETTLED_S = 600.0
FIRST_LOOK_S = 95.0  # a bank is asked 90 seconds after the request at the soonest


class Money:
    """The sweet shop's requests, and payers at the simulated bank: as often as versions change."""

    def __init__(self, stage: Deployed) -> None:
        """Have both accounts of the stage."""
        self.stage, self._api, self._turn = stage, Api(cast("Stage", stage)), 0  # it has the same words
        self._numbers = itertools.count(1)
        self._customer = stage.graph.customer(phone="919500000001", name="Rina")
        self._unpaid: list[str] = []
        self._asked: list[str] = []
        self._given = ""
        open_accounts(stage)
        self._files: dict[str, str] = {}
        # A version that knows no settlement files would set their steps aside.
        self._filed = self._api.call("GET", "/v1/operator/settlement-files", **OPERATOR).status == 200

    def waits(self, until: ExitStack) -> None:
        """Let callbacks, calls to the bank, and rows of the stream lie where each can wait."""
        self._turn, self._asked = self._turn + 1, []
        self._given = first = self._asks(RAZORPAY)
        rrn = self._pays(first)
        told = [self._asks(payee) for payee in (RAZORPAY, SIMBANK) for _ in range(FEW)]
        until.enter_context(held(self.stage, EVIDENCE))
        self._brings("a step")
        for path in told:
            self._pays(path)
        until.enter_context(held(self.stage, CALLS))
        self._unpaid = [self._asks(RAZORPAY) for _ in range(FEW)]
        self._do("POST", f"{first}/refunds", {"rrn": rrn, "amount": HALF})
        self.stage.drain()
        until.enter_context(held(self.stage, ROWS))
        self._unpaid += [self._asks(payee) for payee in (RAZORPAY, SIMBANK) for _ in range(FEW)]
        self._brings("a row")
        steps = {EVIDENCE: 1 if self._filed else 0, CALLS: 0}
        assert {queue: self.stage.queue_depth(queue) - steps[queue] for queue in WAITING} == WAITING
        assert self.stage.queue_depth(DUE)

    def comes(self) -> None:
        """Let all that waits be done; what could not be paid yet is paid."""
        self.stage.run_for(SETTLED_S)
        for path in self._unpaid:
            self._pays(path)
        self.stage.run_for(SETTLED_S)

    def wrong(self) -> list[str]:
        """Say what is not as it must be: each paid, by one receipt; what was given back, given back once."""
        seen = {path: self._do("GET", path) for path in self._asked}
        found = [
            f"{path}: {one['state']}, {len(one['receipts'])} receipts"
            for path, one in seen.items()
            if (one["state"], len(one["receipts"])) != ("PAID", 1)
        ]
        refunds = [(one["state"], one["amount"]) for one in seen[self._given]["refunds"]]
        made = [one.amount for one in self.stage.bank.world.refunds.values()]
        if refunds != [("DONE", HALF)] or made != [HALF["minor"]] * self._turn:
            found.append(f"given back: {refunds}, by the bank {made}")
        for name, id in self._files.items():
            file = self._operates("GET", f"settlement-files/{id}")
            if (file["state"], file["lines"]) != ("done", {"orphan": 1}):
                found.append(f"the file that waited as {name}: {file['state']}, {file['lines']}")
        return found + [f"set aside in {queue}" for queue in self.stage.deployment.queues if self._aside(queue)]

    def order(self) -> str:
        """A customer orders; where the order is."""
        number = next(self._numbers)
        made = self._do("POST", "products", {"name": f"Sandesh {number}", "unit": "piece", "price": PRICE})
        self._customer.sends_cart(SWEETS.phone_number_id, [(made["id"], 1)])
        self.stage.drain()
        orders = self._do("GET", "orders")["items"]
        (path,) = (f"orders/{one['id']}" for one in orders if one["lines"][0]["product_id"] == made["id"])
        return path

    def accepts(self, order: str) -> None:
        """The shop takes an order on: its customer is to be asked for the money."""
        self._api.json("POST", f"{order}/transitions", {"action": "accept"})
        self.stage.drain()

    def pays_order(self) -> None:
        """They pay what they were asked for in the chat, and the bank is asked whether that is so."""
        (link,) = self.links()
        self.stage.bank.pay(link)
        self.stage.run_for(FIRST_LOOK_S)

    def links(self) -> list[str]:
        """What the customer was asked to pay by."""
        lines = self.stage.graph.transcript(SWEETS.phone_number_id, self._customer)
        return links_in([line.text for line in lines if line.author == "haat"])

    def _brings(self, name: str) -> None:
        """An operator brings a gateway's report of the day before, with one money that nobody asked for, and has it read."""
        if not self._filed:
            return
        day = datetime.fromtimestamp(self.stage.clock.now(), INDIA).date() - timedelta(days=1)
        asked = {"payee_account_id": RAZORPAY.id, "first_day": day.isoformat()}
        made = self._operates("POST", "settlement-files", asked, expect=201)
        raw = written([line("payment", f"pay_strange{next(self._numbers)}", 100, "setl_1")])
        form = made["upload"]
        assert requests.post(form["url"], form["fields"], files={"file": raw}, timeout=5).status_code == 204
        self._operates("POST", f"settlement-files/{made['id']}/read", expect=202)
        self.stage.drain()
        self._files[name] = made["id"]

    def _operates(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        key = f"money-{next(self._numbers)}"
        return self._api.json(method, f"/v1/operator/{path}", body, expect=expect, key=key, **OPERATOR)

    def _aside(self, queue: str) -> bool:
        return "dlq" in queue and self.stage.queue_depth(queue) > 0

    def _asks(self, payee: DemoPayee) -> str:
        body = {"amount": PRICE, "account_id": payee.id, "expires_in_minutes": MINUTES}
        made = self._do("POST", "payment-requests", body)
        self.stage.drain()
        self._asked.append(f"payments/{made['reference_id']}")
        return self._asked[-1]

    def _pays(self, path: str) -> str:
        paid = self.stage.bank.pay(self._do("GET", path)["link"])
        self.stage.drain()
        return paid.rrn

    def _do(self, method: str, path: str, body: Any = None) -> Any:
        expect = 201 if method == "POST" else 200
        return self._api.json(method, path, body, expect=expect, key=f"money-{next(self._numbers)}")

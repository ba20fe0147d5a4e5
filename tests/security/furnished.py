"""Two shops of the market with one of everything each, so that the ids of one can be tried at the other."""

import base64
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests

from haat.aws.table import Table
from haat.business.model.token import MARKET, Role
from haat.payment.model.payment import Orphan, Payment, Request
from haat.payment.ports import Writing
from haat.payment.store.accounts import DynamoAccounts
from haat.payment.store.payments import DynamoPayments
from infra.local.http import Response
from infra.local.market import DemoShop
from tests.security.api_document import Described, Schema, document, headers, sample
from tests.stack.business.conftest import Api
from tests.stack.business.reviewing import ANITA, Petitions

_numbers = itertools.count(1)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
OPERATOR, REVIEWER = "01KDVDNA000PERATR000000001", ANITA
# Of bodies and queries: what names a thing that may be another shop's, and how the thing is called here ...
NAMES_A_THING = {
    "account_id": "account_id", "badge_id": "badge_id", "collection": "collection_id", "collections": "collection_id", "customer_id": "customer_id", "document_id": "document_id",
    "entry_id": "entry", "handle": "handle", "number": "number", "operator_id": "merchant_id", "page_id": "page_id", "phone_number_id": "channel",
    "merchant_id": "merchant_id", "order_id": "order_id", "payee_account_id": "payee_account_id", "product_id": "product_id", "rrn": "rrn",
}  # fmt: skip
# ... but where one name means another thing in these operations ...
MEANS = {
    ("create_payment_request", "account_id"): "payee_account_id",
    ("assign_receipt", "account_id"): "payee_account_id",
}
# ... what is named whosever it is: a template, and by operators a bank's file and the account that it is of ...
EVERYBODYS = {("create_settlement_file", "payee_account_id"), ("get_reply_template", "trade")} | {
    (operation, "file_id") for operation in ("get_settlement_file", "read_settlement_file", "list_settlement_lines")
}
# ... what looks like one and names something that the caller makes or chooses ...
OWN_CHOICE = {
    "id",
    "phone",
    "country",
    "place",
    "category",
    "word",
    "state",
    "mode",
    "limit",
    "from",
    "to",
    "kinds",
    "told",
    "provider",
    "provider_merchant_id",
    "item",
    "upi_address",
    "url",
    "type",
    "complaint_id",
    "shops",
}
# ... and what says nothing but itself. A name on none of the lists fails the tests: is it an id?
SAYS_ITSELF = {
    "about", "access_token", "action", "active", "address", "amount", "away", "bn", "closes", "complainant", "closures", "configuration_name", "currency",
    "decision", "description", "email", "en", "enabled", "entry", "example", "examples", "expires_in_days", "expires_in_minutes", "fetch", "first_day", "friday", "greeting", "gstin", "hi", "hsn", "keys", "language", "languages", "last_day",
    "legal_name", "licence", "lines", "listed", "loop_guard", "manners", "mcc", "meaning", "media_type", "minor", "minutes", "monday", "name", "names", "not_understood", "note",
    "off", "opens", "order_details", "pan", "price", "quantity", "reason", "registration", "replies", "role", "saturday", "settings", "silence_minutes", "sku", "stock", "sunday",
    "tax_basis_points", "text", "texts", "thursday", "timezone", "trade_name", "tuesday", "udyam", "unit", "unsupported", "upi", "wait_seconds", "website", "websites",
    "verdict", "wanted", "wednesday", "week", "channel", "kind", "sureness", "template", "titles", "to_person",
}  # fmt: skip


@dataclass(slots=True)
class Furnished:
    """One shop and what it has: ids by the names that paths give them."""

    api: Api
    shop: DemoShop
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The text of the owner's token."""
        return self.api.token(self.shop.merchant.id)

    def json(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """What the owner is answered."""
        return self.api.json(method, path, body, as_=self.shop.merchant.id, **more)

    def furnish(self, number: int) -> "Furnished":
        """Make one of everything. `number` tells the shops' own choices apart."""
        ids, stage = self.ids, self.api.stage
        ids |= {
            "merchant_id": self.shop.merchant.id,
            "channel": self.shop.phone_number_id,
            "page_id": self.shop.page_id,
            "account_id": self.shop.account,
        }
        ids["handle"], ids["entry"] = f"shop-{number}", f"entry-{number}"
        profile = {
            "name": f"Shop {number}",
            "language": "en",
            "handle": ids["handle"],
            "listed": True,
            "place": "Kolkata",
        }
        self.json("PUT", "business-profile", profile, match=self.etag("business-profile"))
        self.json(
            "POST",
            "auto-replies",
            {"id": ids["entry"], "examples": [f"word{number}"], "replies": {"en": "x"}},
            expect=201,
        )
        url = {"url": f"{stage.listener.url}/{number}"}
        ids["endpoint_id"] = self.json("POST", "notice-endpoints", url, expect=201)["endpoint"]["id"]
        self._sells(number)
        customer = stage.graph.customer(phone=f"91980000002{number}")
        customer.writes(self.shop.phone_number_id, "do you sell elephants")
        stage.drain()
        (talk,) = self.json("GET", "conversations")["items"]
        ids |= {"conversation_id": talk["id"], "customer_id": talk["customer_id"]}
        (question,) = self.json("GET", "unanswered-messages")["items"]
        ids["question_id"] = question["id"]
        order = {"customer_id": talk["customer_id"], "lines": [{"product_id": ids["product_id"], "quantity": 1}]}
        made = self.json("POST", "orders", order, expect=201)
        ids |= {"order_id": made["id"], "number": made["number"]}
        self.json("POST", "blocked-customers", {"customer_id": talk["customer_id"]}, expect=201)
        token = {"role": "read-only", "name": f"of shop {number}"}
        ids["token_id"] = self.json("POST", "tokens", token, expect=201)["token"]["id"]
        staff = {"phone": f"+91980000003{number}", "name": "Anita (invented)", "language": "bn"}
        ids["staff_id"] = self.json("POST", "staff-numbers", staff, expect=201)["id"]
        self._takes_money(number)
        petitions = Petitions(self.api)
        ids["badge_id"] = petitions.badged(ids["merchant_id"]).id
        ids["request_id"] = petitions.waits(ids["merchant_id"])
        request = petitions.dossier(ids["merchant_id"]).request
        assert request is not None
        ids["document_id"] = request.documents[0].id
        ids |= {"provider": "hdfc", "item": "kit", "trade": "services"}  # the deployment's own, and no shop's
        stage.run_for(60)
        ids["notice_id"] = self.json("GET", f"notice-endpoints/{ids['endpoint_id']}/deliveries")["items"][0]["id"]
        return self

    def _takes_money(self, number: int) -> None:
        account = {"provider": "razorpay", "upi_address": f"shop{number}@upi", "name": f"Shop {number}"}
        account |= {"provider_merchant_id": f"acc_{number}"}
        keys = {"webhook_secret": f"hook-{number}", "key_id": f"id-{number}", "key_secret": f"secret-{number}"}
        made = self.json("POST", "payee-accounts", account | {"keys": keys}, expect=201)
        self.ids["payee_account_id"] = made["id"]
        table = Table(self.api.stage.client("dynamodb"), self.api.stage.deployment.outputs["PaymentTable"])
        accounts = DynamoAccounts(table, self.api.stage.clock.now)
        known = accounts.get(made["id"], fresh=True)
        assert known is not None
        accounts.save(replace(known, state="live", version=known.version + 1))
        ids, payments = self.ids, DynamoPayments(table)
        ids["reference_id"], ids["rrn"] = f"H{made['id']}", f"41234567890{number}"
        filed = {"payee_account_id": made["id"], "first_day": "2026-01-04"}
        who: dict[str, Any] = {"as_": OPERATOR, "role": Role.OPERATOR, "expect": 201}
        ids["file_id"] = self.api.json("POST", "/v1/operator/settlement-files", filed, **who)["id"]
        request = Request(
            tr=ids["reference_id"],
            merchant=self.shop.merchant.id,
            account=made["id"],
            provider="razorpay",
            payee_vpa=account["upi_address"],
            payee_id=account["provider_merchant_id"],
            amount=100,
            currency="INR",
            created_at=self.api.now,
            expires_at=self.api.now,
            state="PAID",
        )
        payments.begin(Payment(request=request), Writing())
        orphan = Orphan(
            provider="razorpay",
            account=made["id"],
            rrn=ids["rrn"],
            provider_txn_id="",
            tr="",
            amount=100,
            currency="INR",
            occurred_at=self.api.now,
            merchant=self.shop.merchant.id,
        )
        payments.keep_orphan(orphan, Writing())

    def _sells(self, number: int) -> None:
        ids = self.ids
        ids["collection_id"] = self.json("POST", "collections", {"name": f"shelf {number}"}, expect=201)["id"]
        self.json("POST", "collections", {"name": f"other shelf {number}"}, expect=201)
        product = {"name": f"thing {number}", "unit": "piece", "price": {"minor": 100, "currency": "INR"}}
        put = product | {"collections": [ids["collection_id"]], "sku": f"SKU-{number}"}
        ids["product_id"] = self.json("POST", "products", put, expect=201)["id"]
        self.json("POST", "products", put | {"sku": f"OTHER-{number}"}, expect=201)
        pictures = f"products/{ids['product_id']}/pictures"
        offer = self.json("POST", pictures, {"type": "image/png"}, expect=201)
        form = offer["upload"]
        assert requests.post(form["url"], form["fields"], files={"file": PNG}, timeout=5).status_code == 204
        ids["picture_id"] = offer["picture_id"]
        self.json("PUT", f"{pictures}/{offer['picture_id']}")
        table = {"content-type": "text/csv"}
        taken = self.json("POST", "products/import", f"name,price\nfrom a table {number},1\n".encode(), headers=table)
        ids["import_id"] = taken["import_id"]

    def speaks(self, role: Role) -> tuple[str, Role]:
        """Whom a token of a role stands for here."""
        return {Role.OPERATOR: OPERATOR, Role.REVIEWER: REVIEWER}.get(role, self.shop.merchant.id), role

    def text(self, operation: Described) -> str:
        """A token that may do it: of this shop's owner, an operator or a reviewer."""
        return self.api.token(*self.speaks(Role(operation.roles[0])))

    def etag(self, path: str, by: Role = Role.OWNER) -> str:
        """The version of a thing of this shop's."""
        who = self.speaks(by)
        return self.api.call("GET", path, as_=who[0], role=who[1]).headers["etag"]

    def cursor(self, operation: Described) -> str:
        """Where the second page of a list of this shop's begins; of its products where that list is short."""
        for path in (operation.at(self.ids), f"/v1/merchants/{self.ids['merchant_id']}/products"):
            answer = self.api.stage.http("GET", f"{path}?limit=1", {"authorization": f"Bearer {self.owner}"})
            if answer.status == 200 and (next := json.loads(answer.body).get("next")):
                return str(next)
        raise AssertionError("a shop has two products")

    def ask(
        self, operation: Described, ids: Mapping[str, str], text: str | None, *, body: Any = None, query: str = ""
    ) -> Response:
        """One request with a token: about this shop's own things, but for the ids, and for the body where one is given."""
        sent = headers(operation, next(_numbers)) | ({} if text is None else {"authorization": f"Bearer {text}"})
        if "if-match" in sent:  # of the thing as it is now: no lost race is tried here
            # Above them stands what is decided, and what the evidence is of.
            decided = operation.at(self.ids).removesuffix("/decisions").removesuffix("/evidence")
            sent["if-match"] = self.etag(decided, Role(operation.roles[0]))
        body = self.body(operation) if body is None else body
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if operation.body is not None:
            (sent["content-type"],) = operation.body
        return self.api.stage.http(operation.method, operation.at(ids) + query, sent, raw)

    def body(self, operation: Described) -> Any:
        """A body that the operation takes, about this shop's own things; None where it takes none, bytes where it takes no JSON."""
        if operation.body is None:
            return None
        ((media, content),) = operation.body.items()
        return self._own(operation, sample(content["schema"])) if media == "application/json" else b"name,price\nx,1\n"

    def _own(self, operation: Described, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._own(operation, held, name) for name, held in value.items()}
        if isinstance(value, list):
            return [self._own(operation, held, name) for held in value]
        if name == "access_token":
            return self.shop.token
        return self.ids[thing(operation, name)] if name in NAMES_A_THING else value


def thing(operation: Described, name: str) -> str:
    """What a name in a body or query of an operation is called here."""
    return MEANS.get((operation.id, name)) or NAMES_A_THING[name]


def named(schema: Schema, place: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The place of every field that a body may have; "0" stands for each entry of a list."""
    if "$ref" in schema:
        return named(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]], place)
    found = []
    for name, held in schema.get("properties", {}).items():
        found += [(*place, name), *named(held, (*place, name))]
    if "items" in schema:
        found += named(schema["items"], (*place, "0"))
    return found


def with_value(body: Any, place: tuple[str, ...], value: Any) -> Any:
    """The body with another value at a place; what is not there on the way is made."""
    name, *rest = place
    if name == "0":
        return [with_value(body[0] if body else {}, tuple(rest), value), *(body or [])[1:]]
    inner = with_value((body or {}).get(name), tuple(rest), value) if rest else value
    return {**(body or {}), name: inner}


def kept(api: Api) -> list[str]:
    """Everything that is kept, but how often tokens were used, and what is remembered of requests that may come again."""
    items = [
        item for table in ("business", "conversation", "payment", "verification") for item in api.stage.items(table)
    ]
    aside = ("RATE#", "ONCE#")
    return sorted(
        json.dumps(item, sort_keys=True, default=_text) for item in items if not item["pk"]["S"].startswith(aside)
    )


def outside(api: Api) -> tuple[int, int]:
    """How much was said to customers and to merchants' systems."""
    return len(api.stage.graph.sent()), len(api.stage.listener.heard)


def _text(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def refused(answer: Response) -> tuple[int, str]:
    """Status and type of a problem."""
    return answer.status, json.loads(answer.body)["type"].removeprefix("urn:haat:problem:")


def is_markets(operation: Described) -> bool:
    """Whether people of the market call it: operators, or reviewers."""
    return any(role in MARKET for role in operation.roles)

"""A request for each POST of the API that succeeds, with what anyone can then see of its effect.

Each method of `Posts` has the name of the operation that it asks for. Each of its calls prepares something new to ask
it about, so that one test may ask many times.
"""

import hashlib
from typing import Any

from infra.local.simulators.customer import Customer
from infra.local.stage import LISTENER
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.notified import asks, log, opened
from tests.stack.business.ordering import Stall
from tests.stack.business.posts_operator import Post
from tests.stack.business.posts_payments import BEFORE_THE_BANK_IS_ASKED
from tests.stack.business.posts_verification import VerificationPosts

HERE = f"/v1/merchants/{SWEET_SHOP}"
TEMPLATES = ("sweets", "clothing")


class Posts(VerificationPosts):
    """The sweet shop's owner and an operator ask."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        self._stall = Stall(api)

    # What the bot is taught

    def create_reply(self) -> Post:
        """A question that nobody has taught."""
        body = {"id": self._name("entry"), "examples": [self._words()], "replies": {"en": "Yes."}}
        return Post(path=f"{HERE}/auto-replies", body=body, seen=lambda: self._listed("auto-replies", "id", body["id"]))

    def try_reply(self) -> Post:
        """What is never said to anybody."""
        seen = self._api.stage.graph.sent
        return Post(path=f"{HERE}/auto-replies/test", body={"text": "hours"}, seen=lambda: [one.text for one in seen()])

    def start_from_template(self) -> Post:
        """A template of which one entry is not there; each time another template."""
        for template in TEMPLATES:
            self._api.json("POST", "auto-replies/from-template", {"template": template}, expect=201)
        etag = self._api.call("GET", "auto-replies").headers["etag"]
        assert self._api.call("DELETE", "auto-replies/offer", match=etag).status == 204
        return Post(
            path=f"{HERE}/auto-replies/from-template",
            body={"template": TEMPLATES[next(self._numbers) % 2]},
            seen=lambda: self._listed("auto-replies", "id", "offer"),
        )

    def teach_unanswered(self) -> Post:
        """A question of a new customer."""
        asks(self._api, text := self._words(), next(self._numbers))
        (question,) = self._listed("unanswered-messages", "text", text)
        body = {"entry": {"id": self._name("taught"), "replies": {"en": "Yes."}}}
        return Post(
            path=f"{HERE}/unanswered-messages/{question['id']}/teach",
            body=body,
            seen=lambda: [
                self._listed("auto-replies", "id", body["entry"]["id"]),
                self._listed("unanswered-messages", "text", text),
            ],
        )

    # The inbox

    def send_message(self) -> Post:
        """An answer to a customer who has just written."""
        customer, chat = self._chat()
        text = self._words()
        return Post(
            path=f"{HERE}/{chat}/messages",
            body={"text": text},
            seen=lambda: [
                [line for line in self._read(f"{chat}/messages")["items"] if line["author"] == "staff"],
                self._stall.heard(customer).count(text),
                self._read(chat)["bot"],
            ],
        )

    def take_over(self) -> Post:
        """A conversation in which the bot answers."""
        _, chat = self._chat()
        return Post(path=f"{HERE}/{chat}/takeover", body={"minutes": 90}, seen=lambda: self._read(chat)["bot"])

    def release(self) -> Post:
        """A conversation that was taken over."""
        _, chat = self._chat()
        self._api.json("POST", f"{chat}/takeover", {})
        return Post(path=f"{HERE}/{chat}/release", seen=lambda: self._read(chat)["bot"])

    def block_customer(self) -> Post:
        """A customer who has written."""
        _, chat = self._chat()
        customer = self._read(chat)["customer_id"]
        body = {"customer_id": customer}
        return Post(
            path=f"{HERE}/blocked-customers",
            body=body,
            seen=lambda: [self._listed("blocked-customers", "customer_id", customer), self._read(chat)["bot"]],
        )

    # What the shop sells

    def create_product(self) -> Post:
        """One more product."""
        price = {"minor": 52_500, "currency": "INR"}
        body = {"name": "Rosogolla", "unit": "kg", "price": price, "sku": self._name("R")}
        return Post(path=f"{HERE}/products", body=body, seen=lambda: self._listed("products", "sku", body["sku"]))

    def import_products(self) -> Post:
        """A table of three products, one of them bad."""
        name = self._name("sheet")
        table = f"name,price\n{name},1\n{name},2\n{name},free\n"
        headers = {"content-type": "text/csv"}
        return Post(
            path=f"{HERE}/products/import",
            body=table.encode(),
            headers=headers,
            seen=lambda: self._listed("products", "name", name),
        )

    def offer_picture(self) -> Post:
        """A product without pictures."""
        path = f"products/{self._stall.product()['id']}"
        return Post(
            path=f"{HERE}/{path}/pictures",
            body={"type": "image/png"},
            seen=lambda: [self._read(path), self._read(f"{path}/pictures")],
        )

    def create_collection(self) -> Post:
        """One more collection."""
        body = {"name": self._name("shelf")}
        return Post(
            path=f"{HERE}/collections", body=body, seen=lambda: self._listed("collections", "name", body["name"])
        )

    def create_order(self) -> Post:
        """A customer's order of what is in stock."""
        product, (customer, chat) = self._stall.product(stock=10), self._chat()
        lines = [{"product_id": product["id"], "quantity": 2}]
        body = {"customer_id": self._read(chat)["customer_id"], "lines": lines}
        return Post(path=f"{HERE}/orders", body=body, seen=lambda: self._sold(product, customer))

    def move_order(self) -> Post:
        """An order that is taken back: its pieces return, and the customer is told."""
        product, (customer, chat) = self._stall.product(stock=10), self._chat()
        lines = [{"product_id": product["id"], "quantity": 2}]
        order = {"customer_id": self._read(chat)["customer_id"], "lines": lines}
        made = self._api.json("POST", "orders", order, expect=201)
        self._api.stage.run_for(60)
        path = f"{HERE}/orders/{made['id']}/transitions"
        return Post(path=path, body={"action": "cancel"}, seen=lambda: self._sold(product, customer))

    # Who is told, and who may call

    def create_notice_endpoint(self) -> Post:
        """One more address; there was one before."""
        opened(self._api)
        self._forget_endpoints()
        body = {"url": f"{LISTENER}/{self._name('shop')}", "kinds": ["order.placed"]}
        return Post(path=f"{HERE}/notice-endpoints", body=body, seen=lambda: self._read("notice-endpoints")["items"])

    def redeliver_notice(self) -> Post:
        """A notice that was taken."""
        endpoint, notice = self._told()
        heard = self._api.stage.listener.heard
        return Post(
            path=f"{HERE}/notice-endpoints/{endpoint['id']}/deliveries/{notice['id']}/redeliver",
            seen=lambda: [log(self._api, endpoint), [one.id for one in heard].count(notice["id"])],
        )

    def resume_notice_endpoint(self) -> Post:
        """An address that has said that it is gone."""
        self._api.stage.listener.answer = lambda _: 410
        endpoint, _ = self._told()
        self._api.stage.listener.answer = lambda _: 204
        return Post(
            path=f"{HERE}/notice-endpoints/{endpoint['id']}/resume",
            seen=lambda: self._listed("notice-endpoints", "id", endpoint["id"]),
        )

    def renew_notice_secret(self) -> Post:
        """An address that has its first secret, which signs for a day more; two renewals would end it."""
        self._forget_endpoints()
        endpoint = opened(self._api)

        def seen() -> Any:
            asks(self._api, self._words(), next(self._numbers))
            signed = self._api.stage.listener.heard[-1].signed_with(endpoint["secret"])
            return self._listed("notice-endpoints", "id", endpoint["id"]), signed

        return Post(path=f"{HERE}/notice-endpoints/{endpoint['id']}/secret", seen=seen)

    def create_token(self) -> Post:
        """One more person of the shop."""
        body = {"role": "staff", "name": self._name("counter")}
        return Post(path=f"{HERE}/tokens", body=body, seen=lambda: self._listed("tokens", "name", body["name"]))

    def create_staff_number(self) -> Post:
        """One more person of the shop, who is told of orders."""
        for one in self._read("staff-numbers")["items"]:
            assert self._api.call("DELETE", f"staff-numbers/{one['id']}").status == 204
        body = {"phone": f"+9198000{next(self._numbers):05d}", "name": self._name("counter"), "language": "bn"}
        return Post(
            path=f"{HERE}/staff-numbers", body=body, seen=lambda: self._listed("staff-numbers", "name", body["name"])
        )

    # Where its money goes

    def create_payee_account(self) -> Post:
        """One more account; there was one before."""
        self._account()
        body = self._payee()
        return Post(
            path=f"{HERE}/payee-accounts",
            body=body,
            seen=lambda: self._listed("payee-accounts", "upi_address", body["upi_address"]),
        )

    def replace_payee_keys(self) -> Post:
        """A new token for callbacks, beside the one before it."""
        path = self._account()
        body = {"keys": {"callback_token": self._words(), "callback_token_previous": self._words()}}
        return Post(path=f"{HERE}/{path}/keys", body=body, seen=lambda: self._read(path))

    def create_test_payment(self) -> Post:
        """Of an account that nobody has tested, and nobody pays."""
        self._quiet()
        path = self._account()
        asked = f"{HERE}/{path}/test-payments"
        return Post(path=asked, seen=lambda: self._read(path), over_s=BEFORE_THE_BANK_IS_ASKED)

    def want_upi_address(self) -> Post:
        """Another one."""
        path = self._account()
        body = {"upi_address": f"{self._words()}@upi"}
        return Post(path=f"{HERE}/{path}/upi-address-changes", body=body, seen=lambda: self._read(path))

    def confirm_payee_change(self) -> Post:
        """An address that has waited for a day."""
        path = self._account()
        self._api.json("POST", f"{path}/upi-address-changes", {"upi_address": f"{self._words()}@upi"}, expect=202)
        self._api.stage.run_for(24 * 3_600)
        return Post(path=f"{HERE}/{path}/confirm", seen=lambda: self._read(path))

    # Inside

    def _payee(self) -> dict[str, Any]:
        keys = {"callback_token": self._words(), "api_token": self._words()}
        payee = {"provider": "simbank", "name": "Mishti Bhandar", "provider_merchant_id": self._words(), "keys": keys}
        return payee | {"upi_address": f"{self._words()}@upi"}

    def _account(self) -> str:
        """The path of a new payee account; those before it are closed."""
        for one in self._read("payee-accounts")["items"]:
            assert self._api.call("DELETE", f"payee-accounts/{one['id']}").status == 204
        return f"payee-accounts/{self._api.json('POST', 'payee-accounts', self._payee(), expect=201)['id']}"

    def _words(self) -> str:
        """What nobody has said before, and no two of which are alike."""
        digest = hashlib.sha256(str(next(self._numbers)).encode()).digest()
        return "".join(chr(97 + byte % 26) for byte in digest[:14])

    def _chat(self) -> tuple[Customer, str]:
        """A new customer who has been answered, and the path of the conversation."""
        customer = self._stall.customer(next(self._numbers))
        self._stall.says(customer, "hours")
        (chat,) = self._listed("conversations", "phone", f"+{customer.phone}")
        return customer, f"conversations/{chat['id']}"

    def _sold(self, product: dict[str, Any], customer: Customer) -> Any:
        orders = [one for one in self._stall.orders() if one["lines"][0]["product_id"] == product["id"]]
        return orders, self._stall.stock(product), len(self._stall.heard(customer))

    def _forget_endpoints(self) -> None:
        for endpoint in self._read("notice-endpoints")["items"]:
            assert self._api.call("DELETE", f"notice-endpoints/{endpoint['id']}").status == 204

    def _told(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """A new endpoint, and a notice that went there."""
        self._forget_endpoints()
        endpoint = opened(self._api)
        asks(self._api, self._words(), next(self._numbers))
        (notice,) = log(self._api, endpoint)
        return endpoint, notice

"""A request for each POST of the API about a shop's money; the others are in posts.py."""

from typing import Any

from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.posts_operator import Post
from tests.stack.business.posts_reviewers import ReviewerPosts
from tests.stack.payment.paying import Purse

# Seconds, twice: 90 s after a request began its bank is asked, 60 s after a refund was sent, and that is no effect of the POST.
BEFORE_THE_BANK_IS_ASKED = 20.0
HERE = f"/v1/merchants/{SWEET_SHOP}"


class PaymentPosts(ReviewerPosts):
    """The sweet shop's owner asks for money, and gives it back."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        self._purse = Purse(api)
        self._refunded: list[dict[str, Any]] = []

    def create_payment_request(self) -> Post:
        """Of an order, whose customer is asked."""
        self._quiet()
        account, order = self._purse.account(), self._purse.order()
        return Post(
            path=f"{HERE}/payment-requests",
            body={"order_id": order["id"], "account_id": account},
            seen=lambda: [self._listed("payment-requests", "order_id", order["id"]), self._heard()],
            over_s=BEFORE_THE_BANK_IS_ASKED,
        )

    def cancel_payment_request(self) -> Post:
        """One that nobody has begun to pay."""
        self._quiet()
        asked = self._purse.asks(account_id=self._purse.account())
        path = f"payment-requests/{asked['reference_id']}"
        return Post(path=f"{HERE}/{path}/cancel", seen=lambda: self._read(path), over_s=BEFORE_THE_BANK_IS_ASKED)

    def create_refund(self) -> Post:
        """Of money that has come. The bank is done with the one before."""
        for before in self._refunded:
            self._purse.returned(before)
        self._quiet()
        asked = self._purse.asks(account_id=self._purse.account())
        rrn = self._purse.pays(asked)
        path = f"payments/{asked['reference_id']}"
        body = {"rrn": rrn, "amount": {"minor": 20_000, "currency": "INR"}}
        self._refunded = [asked]
        return Post(
            path=f"{HERE}/{path}/refunds",
            body=body,
            seen=lambda: self._read(path),
            over_s=BEFORE_THE_BANK_IS_ASKED,
        )

    def assign_receipt(self) -> Post:
        """Money of a printed code, and an order of that sum."""
        account, order = self._purse.account(), self._purse.order()
        rrn = self._purse.comes(account, "", order["total"]["minor"])

        def seen() -> Any:
            asked = self._listed("payment-requests", "order_id", order["id"])
            money = [self._read(f"payments/{one['reference_id']}") for one in asked]
            return money, self._listed("unassigned-receipts", "rrn", rrn), self._heard()

        body = {"account_id": account, "order_id": order["id"]}
        return Post(path=f"{HERE}/unassigned-receipts/{rrn}/assign", body=body, seen=seen)

    def _quiet(self) -> None:
        """Let the time of every earlier request be over: what is due at one of them is none of the next one's doing."""
        self._api.stage.run_for(20 * 60)

    def _heard(self) -> int:
        """How much was said to customers."""
        return len(self._api.stage.graph.sent())

"""A request for each POST of the API by which a shop asks to be verified; the others are in posts.py."""

from typing import Any

from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.posts_operator import Post
from tests.stack.business.posts_payments import PaymentPosts
from tests.stack.business.verifying import REQUESTS, SAID, WHY_NOT, Asker

HERE = f"/v1/merchants/{SWEET_SHOP}/{REQUESTS}"


class VerificationPosts(PaymentPosts):
    """The sweet shop's owner asks to be verified."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        self._asker = Asker(api)

    def begin_verification_request(self) -> Post:
        """One more; the one before it has ended."""
        self._asker.begins()
        self._asker.ends()
        body = SAID | {"trade_name": self._name("Bhandar")}
        return Post(path=HERE, body=body, seen=lambda: self._asked("?limit=1"))

    def announce_document(self) -> Post:
        """Of a request that nobody has sent."""
        id = self._asker.begins()
        body = {"kind": "bank", "media_type": "image/png"}
        return Post(path=f"{HERE}/{id}/documents", body=body, seen=lambda: self._asker.reads(id)["documents"])

    def read_document(self) -> Post:
        """One that was posted."""
        id = self._asker.begins()
        document = self._asker.posts(self._asker.announces(id))
        return Post(
            path=f"{HERE}/{id}/documents/{document}/read", seen=lambda: self._asker.reads(id)["documents"], over_s=20.0
        )

    def send_verification_request(self) -> Post:
        """One that has what it needs. Its number is not connected: with one that is, the first request alone would give a badge."""
        id = self._asker.begins(SAID | {"phone": "+91 98310 00001"})
        return Post(path=f"{HERE}/{id}/send", seen=lambda: self._checked(id), over_s=20.0)

    def withdraw_verification_request(self) -> Post:
        """One that is under way."""
        id = self._asker.begins(SAID)
        return Post(path=f"{HERE}/{id}/withdraw", seen=lambda: self._ended(id))

    def appeal_verification_request(self) -> Post:
        """One that a reviewer has refused."""
        id = self._asker.refused()
        body = {"reason": f"It is not so: {WHY_NOT}"}
        return Post(path=f"{HERE}/{id}/appeal", body=body, seen=lambda: self._ended(id))

    def _ended(self, id: str) -> Any:
        """All but the website's token, which each shop has of its own."""
        return {name: held for name, held in self._asker.reads(id).items() if name != "website"}

    def _asked(self, path: str) -> Any:
        return self._asker.json("GET", path)["items"]

    def _checked(self, id: str) -> Any:
        request = self._asker.reads(id)
        return request["state"], request["times_sent"], [one["check"] for one in request["checks"]]

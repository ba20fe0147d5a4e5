"""A shop that asks to be verified, over the stage's API."""

from typing import Any

import requests

from haat.kernel.ids import BadgeId, OperatorId, RequestId, TokenId
from haat.kernel.time import Instant
from haat.verification.model.dossier import Change, Dossier, ShopNow
from haat.verification.rules import badges, deciding
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.reviewing import ANITA, Petitions

WHY_NOT = "The papers are another's."
REQUESTS = "verification-requests"
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n" + b"%" * 40
# Invented; what can be checked of such numbers is right. The phone is the sweet shop's in the market.
SAID: dict[str, Any] = {
    "legal_name": "Mishti Bhandar Works",
    "trade_name": "Mishti Bhandar",
    "gstin": "19AAAFB0001C1ZJ",
    "pan": "AAAFB0001C",
    "upi": "sweets.works@upi",
}


class Asker:
    """A shop's owner."""

    def __init__(self, api: Api, shop: str = SWEET_SHOP) -> None:
        self.api, self.shop = api, shop
        self._petitions: Petitions | None = None

    def json(self, method: str, path: str = "", body: Any = None, **more: Any) -> Any:
        """What the owner is answered; `path` is below the requests."""
        return self.api.json(method, f"{REQUESTS}{path}", body, as_=self.shop, **more)

    def ends(self) -> None:
        """A request that is under way is withdrawn."""
        for one in self.json("GET", "?limit=1")["items"]:
            if one["state"] not in ("approved", "refused", "withdrawn"):
                self.json("POST", f"/{one['id']}/withdraw")

    def begins(self, said: dict[str, Any] | None = None) -> str:
        """A request; one that is under way is withdrawn. Its id."""
        self.ends()
        id: str = self.json("POST", "", said or {}, expect=201)["id"]
        return id

    def reads(self, id: str) -> dict[str, Any]:
        """The request as the shop sees it."""
        body: dict[str, Any] = self.json("GET", f"/{id}")
        return body

    def etag(self, id: str) -> str:
        """Its version."""
        return self.api.call("GET", f"{REQUESTS}/{id}", as_=self.shop).headers["etag"]

    def announces(self, id: str, media: str = "application/pdf") -> dict[str, Any]:
        """A form for a document."""
        body = {"kind": "registration", "media_type": media}
        offer: dict[str, Any] = self.json("POST", f"/{id}/documents", body, expect=201)
        return offer

    def posts(self, offer: dict[str, Any], content: bytes = PDF) -> str:
        """Do what a browser does with the form; the document's id."""
        form = offer["upload"]
        assert requests.post(form["url"], form["fields"], files={"file": content}, timeout=5).status_code == 204
        id: str = offer["document_id"]
        return id

    def phone(self) -> str:
        """The number on which the shop is here."""
        listed = self.api.json("GET", "channels", as_=self.shop)["items"]
        (number,) = (one["display_phone_number"] for one in listed if one["kind"] == "whatsapp")
        return f"+{''.join(filter(str.isdecimal, number))}"

    def refused(self) -> str:
        """A request that a reviewer has refused; one that is under way is withdrawn. Its id."""
        self.ends()
        petitions = self._petitions = self._petitions or Petitions(self.api)  # each of its requests has another id
        id = petitions.waits(self.shop, since=self.api.now)

        def refuses(before: Dossier) -> Change:
            by = deciding.Reviewer(id=OperatorId(ANITA), token=TokenId("token"))
            return refusing(before, id, by, self.api.now)

        petitions.moved(self.shop, refuses)
        return id


def refusing(before: Dossier, id: RequestId, by: deciding.Reviewer, now: Instant) -> Change:
    """What a reviewer's no makes of a request; nothing of the shop matters to it."""
    shop = ShopNow(merchant=before.merchant, name="", legal_name="", open=True, country="IN")
    known = deciding.Known(shop=shop, likenesses=(), new=badges.New(id=BadgeId("none"), list="none", index=0))
    return deciding.decide(before, id, deciding.Decision(verdict="refuse", reason=WHY_NOT), by, known, now)

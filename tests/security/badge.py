"""A shop asks to be verified, with papers full of what nobody may see but its owner and reviewers; then everybody dies over them."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from haat.business.model.token import Role
from infra.local.faults import NotStruck, Refusal
from infra.local.market import SWEETS
from tests.security.words import LATIN, PHONE
from tests.stack.business.conftest import Api
from tests.stack.business.verifying import Asker
from tests.stack.conversation.conftest import Market

SHOP = SWEETS.merchant.id
REVIEWER = "01KE66PJA0REV1EWERCANARY01"
CHECKER = "verification_request"
UPI = "gooseberry.zuleikha@pistachio"
# All of these are invented; check digits are right.
SAID = {
    "legal_name": "Zuleikha Gooseberrywalla",
    "trade_name": "Persimmonwalla Confections",
    "pan": "AAAPC9081Q",
    "gstin": "19AAAPC9081Q1Z6",
    "udyam": "UDYAM-WB-10-7734190",
    "upi": UPI,
}
APPEAL, REASON = "marzipanically speaking", "quincunxish papers"
EVIDENCE: Mapping[str, str] = {
    "legal name": SAID["legal_name"],
    "trade name": "Persimmonwalla",
    "PAN": SAID["pan"],
    "Udyam": "7734190",
    "UPI address": UPI.partition("@")[0],
    "appeal": "marzipanically",
    "reason": "quincunxish",
}


class Applicant:
    """The sweet shop's owner, and a reviewer who says no."""

    def __init__(self, market: Market) -> None:
        self.api, self.stage = Api(market.stage), market.stage
        self.owner = Asker(self.api, SHOP)

    def asks(self) -> str:
        """A request with papers, sent and checked; its id."""
        id = self.owner.begins({**SAID, "phone": self.owner.phone()})
        self.owner.posts(offer := self.owner.announces(id))
        self.owner.json("POST", f"/{id}/documents/{offer['document_id']}/read", expect=202)
        self.stage.run_for(60)
        # Where nobody could look at the document it can't be sent: that is somebody else's test.
        self.api.call("POST", f"verification-requests/{id}/send", as_=SHOP)
        self.stage.run_for(900)
        return id

    def is_refused(self, id: str) -> None:
        """Looked at, refused, appealed against, and erased."""
        who: dict[str, Any] = {"as_": REVIEWER, "role": Role.REVIEWER}
        here = f"/v1/reviewer/merchants/{SHOP}/verification-requests/{id}"
        shown = self.api.call("POST", f"{here}/looks", {}, **who)
        assert SAID["pan"] in shown.body.decode(), "reviewers see it"
        etag = self.api.call("GET", here, **who).headers["etag"]
        self.api.json("POST", f"{here}/decisions", {"verdict": "refuse", "reason": REASON}, match=etag, **who)
        assert self.owner.reads(id)["state"] == "refused"
        self.owner.json("POST", f"/{id}/appeal", {"reason": APPEAL})

    def erases(self, id: str) -> None:
        """Nothing of it stays."""
        assert SAID["pan"] in self.api.call("GET", f"verification-requests/{id}/evidence", as_=SHOP).body.decode()
        self.api.call("DELETE", f"verification-requests/{id}/evidence", as_=SHOP)
        self.stage.run_for(60)

    def day(self) -> None:
        """One whole request, in whatever state the day leaves it."""
        id = self.asks()
        if self.owner.reads(id)["state"] == "waiting":
            self.is_refused(id)
        self.erases(id)


def asks_for_a_badge(applicant: Applicant) -> None:
    """Everything that a shop and a reviewer do, and the clock."""
    stage = applicant.stage
    applicant.day()
    stage.schedules_sleep = False
    stage.run_for(200)
    stage.schedules_sleep = True


def deaths_of_papers(applicant: Applicant) -> None:
    """Who checks dies, and AWS quotes the papers."""
    stage = applicant.stage
    stage.runner.forget()
    stage.faults.clear()
    applicant.day()
    points = [one for one in stage.faults.points() if one.function == CHECKER]
    calls = {(call.service, call.operation) for call in stage.faults.calls if call.function == CHECKER}
    for point in points[:: max(len(points) // 4, 1)]:
        with suppress(NotStruck), stage.faults.kill(function=CHECKER, call=point.call, when=point.when):
            applicant.asks()
    quoted = f"{' '.join(SAID.values())} {PHONE} {LATIN} {APPEAL} {REASON}"
    for number, (service, operation) in enumerate(sorted(calls)):
        refusal = Refusal(code="ValidationException", status=400, message=quoted)
        error = ValueError(quoted) if number % 2 or service == "http" else refusal
        with (
            suppress(NotStruck),
            stage.faults.fail(error, service=service, operation=operation, function=CHECKER, times=9),
        ):
            applicant.asks()
    stage.run_for(3_600)

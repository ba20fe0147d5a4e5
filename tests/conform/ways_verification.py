"""Ways of the green badge: a shop asks, posts a paper, is checked, looked at by a reviewer and verified; its badge is checked by anyone, and falls.

The rules are those of `ways_http.py`: in the end everything is sent again, and what is there must be there once. A request that has been
decided is not sent again: what was done with it stands.
"""

import base64
import json
from typing import Any, cast

import requests

from haat.business.model.token import Role
from infra.local.market import HARDWARE, SWEETS, DemoShop
from infra.local.payees import SIMBANK, open_accounts
from tests.conform.caller import Caller, Hindered, begun_again
from tests.conform.ways import Way

PAPER = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
# With this the machine gives no badge.
NOT_ITS_NUMBER = {"gstin": "27ZZZFP9999Z1ZN", "phone": "+91 98310 00001"}
REVIEWER: dict[str, Any] = {"as_": "01KDVDNA000REV1EWER0000001", "role": Role.REVIEWER}
QUEUE = "/v1/reviewer/verification-requests"
# Long enough for what asks others to have its answer, and for a check that was lost to be made by the clock.
MINUTES_S = 720.0
# More of verification_request's 60 s than it may have spent where it begins another record.
LONG_CHECK_S = 50.0


@begun_again
def verified(it: Caller) -> bool:
    """A shop asks with a paper, a reviewer looks at it and says yes, and anyone checks the badge; then the shop erases what proved it."""
    open_accounts(it.deployed)
    handle = _listed(it, SWEETS, f"mishti-{it.turn}")
    path = _sent(it, SWEETS, {"gstin": "19ZZZFM9999Z1ZN", "pan": "ZZZFM9999Z", "upi": SIMBANK.vpa})
    state = _checked(it, SWEETS, path)["state"]
    if state == "waiting":
        _decided(it, SWEETS, path)
        it.deployed.run_for(MINUTES_S)
    badge = it.does("GET", f"/v1/directory/{handle}/badge", as_=None)
    if badge["badge"] is None:
        raise Hindered("the badge is not signed yet")
    keys = {one["kid"] for one in it.does("GET", "/.well-known/jwks.json", as_=None)["keys"]}
    head = _read(badge["badge"].partition(".")[0])
    listed = _read(badge["badge"].split(".")[1])["status"]["status_list"]["uri"]
    status = it.call("GET", f"/v1/badge-status-lists/{listed.rpartition('/')[2]}", as_=None)
    if status.status >= 500:
        raise Hindered(listed)
    kept = it.does("GET", f"{path}/evidence", as_=SWEETS.merchant.id)
    for document in kept["documents"]:
        if document["url"] and requests.get(document["url"], timeout=5).status_code == 403:
            raise Hindered("the paper can't be read")
    it.does("DELETE", f"{path}/evidence")
    it.does("GET", "verification-history")
    it.deployed.drain()
    held = it.does("GET", path)
    left = _papers(it, SWEETS, path)
    return (badge["level"], status.status, head["kid"] in keys, held["state"], held["evidence"], left) == (
        "verified",
        200,
        True,
        "approved",
        {},
        [],
    )


@begun_again
def revoked(it: Caller) -> bool:
    """A shop that is verified is complained of, and a reviewer takes its badge away: nobody draws it, and the signed list says so."""
    handle = _listed(it, SWEETS, f"mishti-{it.turn}")
    path = _sent(it, SWEETS, {"gstin": "19ZZZFM9999Z1ZN"})
    if _checked(it, SWEETS, path)["state"] == "waiting":
        _decided(it, SWEETS, path)
        it.deployed.run_for(MINUTES_S)
    of = f"/v1/reviewer/merchants/{SWEETS.merchant.id}"
    badge = it.does("GET", f"{of}/badge", **REVIEWER)
    if badge["state"] == "standing" and not badge["signed"]:
        raise Hindered("the badge is not signed yet")
    for person in range(3):
        said = {"complainant": f"person-{it.turn}-{person}", "about": "goods"}
        it.does("POST", f"{of}/complaints", said, key=f"{it.turn}-complaint-{person}", gone=True, **REVIEWER)
    no = {"badge_id": badge["id"], "decision": "revoke", "reason": "three people had the same trouble"}
    it.does("POST", f"{of}/badge/decisions", no, **REVIEWER)
    it.deployed.run_for(MINUTES_S)
    shown = it.does("GET", f"/v1/directory/{handle}/badge", as_=None)
    fallen = it.does("GET", f"{of}/badge", **REVIEWER)
    history = it.does("GET", f"{of}/verification-history?limit=100", **REVIEWER)["items"]
    falls = [one for one in history if one["what"] == "fallen"]
    return (shown["level"], shown["badge"], fallen["state"], len(falls) >= 1) == ("unconfirmed", None, "fallen", True)


@begun_again
def renamed(it: Caller) -> bool:
    """A shop that is verified takes another name: its badge falls by itself, and its name is free for others again."""
    path = _sent(it, HARDWARE, {"gstin": "27ZZZFP9999Z1ZN"})
    if _checked(it, HARDWARE, path)["state"] == "waiting":
        _decided(it, HARDWARE, path)
        it.deployed.run_for(MINUTES_S)
    for name in (f"Hardware {it.turn}", HARDWARE.merchant.name):
        it.changes("business-profile", {"name": name, "language": HARDWARE.merchant.language}, as_=HARDWARE.merchant.id)
        it.deployed.run_for(MINUTES_S)
    badge = it.does("GET", f"/v1/reviewer/merchants/{HARDWARE.merchant.id}/badge", **REVIEWER)
    return (badge["state"], badge["reason"]) == ("fallen", "name_changed")


@begun_again
def taken_away(it: Caller) -> bool:
    """A shop posts a paper that is none, takes it away again, and withdraws what it has asked for."""
    made = it.does("POST", "verification-requests", {}, as_=HARDWARE.merchant.id)
    path = f"verification-requests/{made['id']}"
    if it.does("GET", path, as_=HARDWARE.merchant.id)["state"] == "open":
        document = _posted(it, HARDWARE, path, b"no picture")
        it.deployed.drain()
        (seen,) = it.does("GET", path, as_=HARDWARE.merchant.id)["documents"] or [{"state": "gone"}]
        if seen["state"] == "given":
            raise Hindered("the paper was not looked at yet")
        it.does("DELETE", f"{path}/documents/{document}", as_=HARDWARE.merchant.id)
        it.does("POST", f"{path}/withdraw", as_=HARDWARE.merchant.id)
    it.deployed.drain()
    held = it.does("GET", path, as_=HARDWARE.merchant.id)
    return (held["state"], held["documents"], _papers(it, HARDWARE, path)) == ("withdrawn", [], [])


@begun_again
def checked_out_of_time(it: Caller) -> bool:
    """The time of verification_request runs out between two checks: the rest is made by its next call."""
    with it.deployed.faults.hold("verification_request"):
        # Four checks wait in the queue: they come together, in one batch of at most five. Were there two batches, the time could run
        # out in one that has a single record, before the other has begun.
        path = _sent(it, HARDWARE, NOT_ITS_NUMBER, paper=False)
        it.deployed.drain()
        if it.once("slow"):
            it.deployed.engine.slow("dynamodb:PutItem", LONG_CHECK_S)
    state = _checked(it, HARDWARE, path)["state"]
    if state == "waiting":
        it.does("POST", f"{path}/withdraw", as_=HARDWARE.merchant.id)
    return bool(it.does("GET", path, as_=HARDWARE.merchant.id)["state"] == "withdrawn")


# The one that always runs out of time before those in which two checks may meet by chance; the one in which the machine
# gives the grey badge each time before those in which a shop may have a better one.
WAYS_VERIFIED: tuple[Way, ...] = (checked_out_of_time, renamed, verified, revoked, taken_away)


def _listed(it: Caller, shop: DemoShop, handle: str) -> str:
    """The shop stands in the directory under a handle of this turn."""
    merchant = shop.merchant
    profile = {
        "name": merchant.name,
        "language": merchant.language,
        "listed": True,
        "category": "sweets",
        "place": "Kolkata",
    }
    it.changes("business-profile", profile | {"handle": handle}, as_=merchant.id)
    return handle


def _sent(it: Caller, shop: DemoShop, papers: dict[str, str], *, paper: bool = True) -> str:
    """A request of this turn with what proves it, sent once; where it is."""
    who: dict[str, Any] = {"as_": shop.merchant.id}
    said = {"legal_name": shop.merchant.name, "phone": f"+{shop.display_number}", **papers}
    made = it.does("POST", "verification-requests", said, **who)
    path = f"verification-requests/{made['id']}"
    if it.does("GET", path, **who)["state"] == "open":
        if paper:
            _posted(it, shop, path, PAPER)
            it.deployed.drain()
            (seen,) = it.does("GET", path, **who)["documents"]
            if seen["state"] != "kept":
                raise Hindered(f"the paper is {seen['state']}: {seen['reason']}")
        it.does("POST", f"{path}/send", **who)
    return path


def _posted(it: Caller, shop: DemoShop, path: str, file: bytes) -> str:
    """A document of this turn, posted by its form; its id. Raises Hindered where S3 refuses it."""
    who: dict[str, Any] = {"as_": shop.merchant.id}
    offer = it.does("POST", f"{path}/documents", {"kind": "tax", "media_type": "image/png"}, **who)
    form = offer["upload"]
    sent = requests.post(form["url"], form["fields"], files={"file": file}, timeout=5)
    if sent.status_code == 403:  # who signed the form may not do it
        raise Hindered(form["url"])
    assert sent.status_code == 204, sent.text
    it.does("POST", f"{path}/documents/{offer['document_id']}/read", **who)
    return cast("str", offer["document_id"])


def _checked(it: Caller, shop: DemoShop, path: str) -> Any:
    """The request once its checks have come to something. Raises Hindered until then."""
    it.deployed.run_for(MINUTES_S)
    request = it.does("GET", path, as_=shop.merchant.id)
    if request["state"] == "checking":
        waiting = [one["check"] for one in request["checks"] if one["state"] == "waiting"]
        raise Hindered(f"not checked yet: {waiting}")
    return request


def _decided(it: Caller, shop: DemoShop, path: str) -> None:
    """A reviewer finds it in the queue, looks at the evidence and at the paper, and says yes."""
    id = path.rpartition("/")[2]
    listed = it.does("GET", f"{QUEUE}?limit=100", **REVIEWER)["items"]
    if id not in [one["request"]["id"] for one in listed if one["request"]]:
        raise Hindered("no reviewer sees it yet")
    of = f"/v1/reviewer/merchants/{shop.merchant.id}/verification-requests/{id}"
    answer = it.call("GET", of, **REVIEWER)
    if answer.status >= 500:
        raise Hindered(of)
    it.does("POST", f"{of}/looks", {}, key=f"{it.turn}-look-{id}", **REVIEWER)
    for document in json.loads(answer.body)["documents"]:
        seen = {"document_id": document["id"]}
        link = it.does("POST", f"{of}/looks", seen, key=f"{it.turn}-look-{document['id']}", **REVIEWER)["link"]
        shown = requests.get(link, timeout=5)
        if shown.status_code == 403:
            raise Hindered(link)
        assert shown.content == PAPER
    yes = {"verdict": "approve", "reason": "The papers are in order."}
    it.does("POST", f"{of}/decisions", yes, match=answer.headers["etag"], **REVIEWER)


def _papers(it: Caller, shop: DemoShop, path: str) -> list[str]:
    """What lies in the bucket of papers for a request."""
    s3, id = it.deployed.client("s3"), path.rpartition("/")[2]
    (bucket,) = [one["Name"] for one in s3.list_buckets()["Buckets"] if "-evidence-" in one["Name"]]
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", ())
    return [one["Key"] for one in listed if f"/{shop.merchant.id}/{id}/" in one["Key"]]


def _read(part: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))

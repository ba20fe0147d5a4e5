"""Asking to be verified, over HTTP: a shop asks, gives, uploads, sends, sees, withdraws."""

import json
from typing import Any

import pytest

from haat.business.model.token import Role
from infra.local.function import ACCOUNT
from tests.stack.business.conftest import SAREE_SHOP, SWEET_SHOP, Api
from tests.stack.business.operating import OPERATOR
from tests.stack.business.verifying import PDF, REQUESTS, SAID, WHY_NOT, Asker


@pytest.fixture
def owner(api: Api) -> Asker:
    """Return the sweet shop's."""
    return Asker(api)


def files(api: Api) -> list[str]:
    """What lies in the bucket of evidence."""
    s3 = api.stage.client("s3")
    named = f"-evidence-{ACCOUNT}-{s3.meta.region_name}"
    (bucket,) = (one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].endswith(named))
    return [held["Key"] for held in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]


def test_shop_asks_gives_uploads_sends_and_withdraws(api: Api, owner: Asker) -> None:
    """From nothing to a request that is checked: what is missing gets less, and the history has it all."""
    id = owner.begins()
    assert {one["field"] for one in owner.reads(id)["missing"]} == {"legal_name", "phone", "documents"}
    said = SAID | {"phone": owner.phone()}
    shown = owner.json("PUT", f"/{id}/evidence", said, match=owner.etag(id))
    assert shown["evidence"]["gstin"] == "••••C1ZJ"
    assert shown["missing"] == []
    document = owner.posts(owner.announces(id))
    assert [one["field"] for one in owner.reads(id)["missing"]] == ["documents"]
    assert owner.json("POST", f"/{id}/documents/{document}/read", expect=202)["state"] == "open"
    api.stage.run_for(10)
    (kept,) = owner.reads(id)["documents"]
    assert (kept["id"], kept["state"], kept["bytes"]) == (document, "kept", len(PDF))
    assert owner.json("POST", f"/{id}/send")["state"] == "checking"
    api.stage.run_for(10)
    checks = {one["check"]: one for one in owner.reads(id)["checks"]}
    assert (checks["gstin"]["state"], checks["pan_in_gstin"]["state"]) == ("passed", "passed")
    assert checks["website"]["state"] == "not_given"
    assert all(one["says"] for one in checks.values())
    assert api.refused("PUT", f"{REQUESTS}/{id}/evidence", SAID, match=owner.etag(id)) == (409, "conflict")
    assert owner.json("POST", f"/{id}/withdraw")["state"] == "withdrawn"
    happened = [one["what"] for one in api.json("GET", "verification-history?limit=100")["items"]]
    assert happened[:3] == ["begun", "given", "document_announced"]
    assert (happened.count("sent"), happened[-1]) == (1, "withdrawn")


def test_people_of_the_shop_read_and_only_the_owner_acts(api: Api, owner: Asker) -> None:
    """Staff see how it stands; what was sent is the owner's alone."""
    id = owner.begins(SAID)
    for role in (Role.STAFF, Role.READ_ONLY):
        assert api.json("GET", f"{REQUESTS}/{id}", role=role)["state"] == "open"
        assert api.json("GET", "badge", role=role) | {"says": ""} == {
            "level": "unconfirmed", "why_not": "none", "says": "", "badge": None,
        }  # fmt: skip
        assert api.refused("GET", f"{REQUESTS}/{id}/evidence", role=role) == (403, "forbidden")
        assert api.refused("POST", f"{REQUESTS}/{id}/send", role=role) == (403, "forbidden")


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"gstin": "19AAAFB"}, {"gstin"}),
        ({"pan": "AAAFB0001CC", "udyam": "?"}, {"pan", "udyam"}),
        ({"upi": "no address"}, {"upi"}),
        ({"licence": {"kind": "fssai"}}, {"licence.registration"}),
        ({"licence": {"kind": "gun", "registration": "12345"}}, {"licence.kind"}),
        ({"website": "nowhere", "phone": "12", "legal_name": "x" * 76}, {"website", "phone", "legal_name"}),
        ({"legal_name": "a\nb", "trade_name": "\u3164"}, {"legal_name", "trade_name"}),
        ({"aadhaar": "1"}, {"aadhaar"}),
    ],
    ids=["short", "long", "upi", "half a licence", "licence to what", "by the rules", "names", "unknown"],
)
def test_bad_evidence_is_refused_by_its_fields(api: Api, owner: Asker, said: dict[str, Any], fields: set[str]) -> None:
    """Each is named with what is wrong with it; the same in both ways to give it, and nothing is kept."""
    id = owner.begins()
    for answer in (
        api.call("PUT", f"{REQUESTS}/{id}/evidence", said, match=owner.etag(id)),
        api.call("POST", REQUESTS, said, as_=SAREE_SHOP),
    ):
        told = json.loads(answer.body)
        assert (answer.status, {error["field"] for error in told["errors"]}) == (422, fields)
    assert owner.reads(id)["evidence"] == {}
    assert api.json("GET", REQUESTS, as_=SAREE_SHOP)["items"] == []


def test_evidence_lies_sealed_and_is_exported_to_its_owner(api: Api, owner: Asker) -> None:
    """No number stands anywhere in the tables; its owner reads it whole, and the history says so."""
    said = SAID | {"phone": owner.phone(), "licence": {"kind": "shop_act", "registration": "KOL/2026/0001"}}
    id = owner.begins(said)
    tables = str([api.stage.items(table) for table in ("verification", "business", "conversation", "payment")])
    assert not [word for word in (SAID["gstin"], SAID["pan"], SAID["upi"], "KOL/2026") if word in tables]
    assert owner.json("GET", f"/{id}/evidence")["evidence"] == said
    assert api.json("GET", "verification-history")["items"][-1]["what"] == "exported"


def test_owner_of_a_closed_shop_takes_the_evidence_home_and_erases_it(api: Api, owner: Asker) -> None:
    """Everything else is shut; files go too, and erasing again changes nothing."""
    id = owner.begins(SAID)
    document = owner.posts(owner.announces(id))
    owner.json("POST", f"/{id}/documents/{document}/read", expect=202)
    api.stage.run_for(10)
    assert files(api)
    shut = f"/v1/operator/merchants/{SWEET_SHOP}/close"
    api.json("POST", shut, {"reason": "a test"}, as_=OPERATOR, role=Role.OPERATOR)
    assert [one["id"] for one in api.json("GET", REQUESTS)["items"]] == [id], "else nobody could name what to erase"
    assert api.refused("GET", REQUESTS, role=Role.STAFF) == (403, "merchant-blocked")
    assert api.refused("GET", f"{REQUESTS}/{id}") == (403, "merchant-blocked")
    assert owner.json("GET", f"/{id}/evidence")["evidence"]["pan"] == SAID["pan"]
    for _ in range(2):
        assert api.call("DELETE", f"{REQUESTS}/{id}/evidence").status == 204
    api.stage.run_for(10)
    assert files(api) == []
    said = owner.json("GET", f"/{id}/evidence")
    assert (said["evidence"], [one["state"] for one in said["documents"]]) == ({}, ["deleted"])


def test_document_is_taken_away_with_its_file(api: Api, owner: Asker) -> None:
    """Posted or looked at: nothing of it stays."""
    id = owner.begins()
    document = owner.posts(owner.announces(id))
    owner.json("POST", f"/{id}/documents/{document}/read", expect=202)
    api.stage.run_for(10)
    assert api.call("DELETE", f"{REQUESTS}/{id}/documents/{document}").status == 204
    api.stage.run_for(10)
    assert (owner.reads(id)["documents"], files(api)) == ([], [])


def test_refusal_is_appealed_against_once(api: Api, owner: Asker) -> None:
    """Then it waits for another reviewer, and can't be appealed against again."""
    id = owner.refused()
    assert owner.reads(id)["decision"]["reason"] == WHY_NOT
    assert owner.json("POST", f"/{id}/appeal", {"reason": "They are my father's."})["state"] == "waiting"
    answer = api.call("POST", f"{REQUESTS}/{id}/appeal", {"reason": "Please."})
    assert (answer.status, json.loads(answer.body)["reason"]) == (409, "no-refusal")
    assert owner.reads(id)["appeal"] == "They are my father's."


def test_requests_are_listed_in_pages(api: Api, owner: Asker) -> None:
    """The newest first; the history the other way."""
    ids = []
    for _ in range(3):
        ids.append(owner.begins())
        api.stage.run_for(1)
    first = owner.json("GET", "?limit=2")
    rest = owner.json("GET", f"?limit=2&cursor={first['next']}")
    assert [one["id"] for one in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next"] is None
    page = api.json("GET", "verification-history?limit=2")
    more = api.json("GET", f"verification-history?limit=2&cursor={page['next']}")
    assert [one["what"] for one in page["items"] + more["items"]] == ["begun", "withdrawn", "begun", "withdrawn"]

"""Reviewers on the stage: whose turn it is, what is written down of who looked, and that people decide, not tokens."""

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import requests

from haat.business.model.token import Role
from haat.verification.rules import machine
from tests.stack.business.conftest import HARDWARE_SHOP, SAREE_SHOP, SWEET_SHOP, Api
from tests.stack.business.notified import log, opened
from tests.stack.business.operating import OPERATOR, Operator
from tests.stack.business.reviewing import ANITA, BANK, BIMAL, PNG, WHY, Petitions, Reviewer, ago, unlike
from tests.stack.business.test_tokens import bearer

if TYPE_CHECKING:
    from infra.local.http import Response

QUEUE = "verification-requests"


@pytest.fixture
def shops(api: Api) -> Petitions:
    """Return the shops of the market, who ask to be verified."""
    return Petitions(api)


@pytest.fixture
def anita(api: Api) -> Reviewer:
    """Return a reviewer."""
    return Reviewer(api)


@pytest.fixture
def bimal(api: Api) -> Reviewer:
    """Return another one."""
    return Reviewer(api, BIMAL)


def of(shop: str, id: str = "") -> str:
    """Where a shop's request is reviewed."""
    return f"merchants/{shop}/{QUEUE}/{id}"


def history(reviewer: Reviewer, shop: str) -> list[dict[str, object]]:
    """All that a reviewer sees of what happened to a shop."""
    items: list[dict[str, object]] = reviewer.json("GET", f"merchants/{shop}/verification-history?limit=100")["items"]
    return items


def hired(api: Api, **more: object) -> tuple[Reviewer, str]:
    """Somebody whom an operator has made a reviewer, and their id."""
    made = Operator(api).json("POST", "tokens", {"name": "Chitra", "role": "reviewer", **more}, expect=201)
    return Reviewer(api, text=made["secret"]), made["token"]["operator_id"]


def test_queue_has_the_most_urgent_first(api: Api, shops: Petitions, anita: Reviewer) -> None:
    """Complaints before all, then risk, which age outweighs; page by page each shop once; nobody sees their own."""
    shops.waits(SWEET_SHOP, since=ago(api, 60))
    shops.waits(SAREE_SHOP, alike=[BANK], since=ago(api, 5))
    badge = shops.badged(HARDWARE_SHOP)
    for number in range(3):
        said = {"complainant": f"case-{number}", "about": "money"}
        anita.json("POST", f"merchants/{HARDWARE_SHOP}/complaints", said, expect=201)
    first = anita.json("GET", f"{QUEUE}?limit=2")
    second = anita.json("GET", f"{QUEUE}?limit=2&cursor={first['next']}")
    listed = [*first["items"], *second["items"]]
    assert [it["merchant_id"] for it in listed] == [HARDWARE_SHOP, SAREE_SHOP, SWEET_SHOP]
    assert (listed[0]["badge"]["id"], listed[0]["badge"]["about"]) == (badge.id, ["money"])
    assert [it["request"]["risk"] for it in listed[1:]] == ["high", "low"]
    assert listed[1]["request"]["protected"]
    chitra, _ = hired(api, shops=[SAREE_SHOP])
    assert [it["merchant_id"] for it in chitra.json("GET", QUEUE)["items"]] == [HARDWARE_SHOP, SWEET_SHOP]


def test_each_look_is_in_the_history_once(shops: Petitions, anita: Reviewer, api: Api) -> None:
    """Evidence in plain, a document by a link that opens; who looked at what stands in the history, and nothing of it in any marker."""
    id = shops.waits(SWEET_SHOP)
    read = anita.json("GET", of(SWEET_SHOP, id))
    (paper,) = read["documents"]
    assert "19AAACT0000A1Z5" not in json.dumps(read)
    looks = f"{of(SWEET_SHOP, id)}/looks"
    plain = [anita.json("POST", looks, {}, key="plain") for _ in range(2)]
    assert [it["evidence"]["gstin"] for it in plain] == ["19AAACT0000A1Z5"] * 2
    linked = [anita.json("POST", looks, {"document_id": paper["id"]}, key="paper") for _ in range(2)]
    opened_up = requests.get(linked[1]["link"], timeout=5)
    assert (opened_up.status_code, opened_up.content) == (200, PNG)
    lines = [it for it in history(anita, SWEET_SHOP) if it["what"] == "looked"]
    assert {(it["by"], it["who"]) for it in lines} == {("reviewer", ANITA)}
    said = [{"request": id}, {"request": id, "document": paper["id"]}]  # of one moment, in any order
    assert sorted((it["said"] for it in lines), key=str) == sorted(said, key=str)
    assert "19AAACT0000A1Z5" not in json.dumps(api.stage.items("verification"), default=str)


@pytest.mark.on_moto("faults inside functions")
def test_look_that_can_not_be_written_down_shows_nothing(shops: Petitions, anita: Reviewer, api: Api) -> None:
    """Whichever call fails until it is written, nothing is shown; what was opened is in the history, also where the answer was lost."""
    looks = f"{of(SWEET_SHOP, shops.waits(SWEET_SHOP))}/looks"
    anita.json("POST", looks, {}, key="before")
    with api.stage.faults.throttle("dynamodb", "TransactWriteItems", function="operator_api", times=100):
        failed = anita.call("POST", looks, {}, key="one")
    assert (failed.status, b"19AAACT" in failed.body) == (503, False)
    assert [it["what"] for it in history(anita, SWEET_SHOP)].count("looked") == 1
    with api.stage.faults.throttle("kms", "Decrypt", function="operator_api", times=100):
        assert anita.call("POST", looks, {}, key="one").status == 503
    assert anita.json("POST", looks, {}, key="one")["evidence"]
    assert [it["what"] for it in history(anita, SWEET_SHOP)].count("looked") == 2


def test_protected_name_needs_two_people(shops: Petitions, anita: Reviewer, bimal: Reviewer, api: Api) -> None:
    """Two tokens of one person are one; another person's yes gives the badge, and the history names both."""
    id = shops.waits(SWEET_SHOP, alike=[BANK])
    assert json.loads(anita.decides(of(SWEET_SHOP, id)).body)["state"] == "waiting"
    more = {"name": "another phone", "role": "reviewer", "operator_id": ANITA}
    second = Reviewer(api, text=Operator(api).json("POST", "tokens", more, expect=201)["secret"])
    assert json.loads(second.decides(of(SWEET_SHOP, id)).body)["reason"] == "same-reviewer"
    assert shops.dossier(SWEET_SHOP).badge is None
    (mine,) = second.json("GET", QUEUE)["items"]
    assert (mine["request"]["approvals"], mine["request"]["for_another"]) == (1, True)
    done = json.loads(bimal.decides(of(SWEET_SHOP, id)).body)
    assert (done["state"], [yes["by"] for yes in done["approvals"]]) == ("approved", [ANITA, BIMAL])
    assert [it["who"] for it in history(anita, SWEET_SHOP) if it["what"] in ("agreed", "approved")] == [ANITA, BIMAL]
    badge = anita.json("GET", f"merchants/{SWEET_SHOP}/badge")
    assert (badge["level"], badge["state"], badge["request_id"]) == ("verified", "standing", id)


def test_nobody_reviews_their_own_shop(shops: Petitions, api: Api) -> None:
    """Whatever they ask about it, by whichever token, also after the one that said so was revoked: 409."""
    id = shops.waits(SWEET_SHOP)
    _, who = hired(api, shops=[SWEET_SHOP])
    operator = Operator(api)
    first = next(it for it in operator.json("GET", "tokens")["items"] if it["operator_id"] == who)
    assert (first["role"], first["shops"]) == ("reviewer", [SWEET_SHOP])
    assert operator.call("DELETE", f"tokens/{first['id']}").status == 204
    own, same = hired(api, operator_id=who)
    assert same == who
    asks: list[tuple[str, str, object]] = [
        ("GET", of(SWEET_SHOP, id), None),
        ("POST", f"{of(SWEET_SHOP, id)}/looks", {}),
        ("GET", f"merchants/{SWEET_SHOP}/badge", None),
        ("POST", f"merchants/{SWEET_SHOP}/badge/decisions", {"badge_id": id, "decision": "revoke", "reason": WHY}),
        ("POST", f"merchants/{SWEET_SHOP}/complaints", {"complainant": "case-1", "about": "other"}),
        ("GET", f"merchants/{SWEET_SHOP}/verification-history", None),
    ]
    before = shops.dossier(SWEET_SHOP), len(shops.rows(SWEET_SHOP, "HISTORY#"))
    for ask in asks:
        assert own.refused(*ask) == (409, "own-shop"), ask
    said = {"verdict": "approve", "reason": WHY}
    decisions = f"{of(SWEET_SHOP, id)}/decisions"
    assert own.refused("POST", decisions, said, match=f'"{before[0].version}"') == (409, "own-shop")
    assert (shops.dossier(SWEET_SHOP), len(shops.rows(SWEET_SHOP, "HISTORY#"))) == before


def test_reviewers_are_no_operators_and_operators_no_reviewers(shops: Petitions, anita: Reviewer, api: Api) -> None:
    """403 on the other's addresses; a shop's people find nothing there, and reviewers nothing at a shop's own. Complaints both may write down."""
    id = shops.waits(SWEET_SHOP)
    shops.badged(SAREE_SHOP)
    for path in (QUEUE, of(SWEET_SHOP, id), f"merchants/{SWEET_SHOP}/badge"):
        assert api.refused("GET", f"/v1/reviewer/{path}", as_=OPERATOR, role=Role.OPERATOR) == (403, "forbidden")
        for role in (Role.OWNER, Role.STAFF, Role.READ_ONLY):
            assert api.refused("GET", f"/v1/reviewer/{path}", role=role) == (404, "not-found")
    for path in ("merchants", f"merchants/{SWEET_SHOP}", "tokens", "health"):
        assert api.refused("GET", f"/v1/operator/{path}", as_=ANITA, role=Role.REVIEWER) == (403, "forbidden")
    asked = f"/v1/merchants/{SWEET_SHOP}/business-profile"
    assert api.refused("GET", asked, as_=ANITA, role=Role.REVIEWER) == (404, "not-found")
    said, there = {"complainant": "case-1", "about": "goods"}, f"/v1/reviewer/merchants/{SAREE_SHOP}/complaints"
    api.json("POST", there, said, as_=OPERATOR, role=Role.OPERATOR, expect=201)
    # One person may hold tokens of both roles, and does with each what it is for.
    both, _ = hired(
        api, operator_id=Operator(api).json("POST", "tokens", {"name": "D"}, expect=201)["token"]["operator_id"]
    )
    assert both.json("GET", QUEUE)["items"]


def test_reviewers_token_must_make_sense(api: Api) -> None:
    """Shops are a reviewer's alone, and each must be one: a tie with a slip of the pen in it would bind nobody."""
    operator = Operator(api)
    for body, field in (({"shops": [SWEET_SHOP]}, "shops"), ({"role": "reviewer", "shops": [OPERATOR]}, "shops.0")):
        refused = operator.call("POST", "tokens", {"name": "E", **body})
        assert (refused.status, [it["field"] for it in json.loads(refused.body)["errors"]]) == (422, [field])
    chitra, _ = hired(api)
    assert chitra.json("GET", QUEUE)["items"] == []
    made = next(it for it in operator.json("GET", "tokens")["items"] if it["name"] == "Chitra")
    assert operator.call("DELETE", f"tokens/{made['id']}").status == 204
    assert chitra.refused("GET", QUEUE) == (401, "unauthenticated")


def test_refusal_is_appealed_to_another(shops: Petitions, anita: Reviewer, bimal: Reviewer, api: Api) -> None:
    """The shop reads the reason; who refused it can't decide the appeal, another can."""
    id = shops.waits(SWEET_SHOP)
    assert json.loads(anita.decides(of(SWEET_SHOP, id), "refuse").body)["state"] == "refused"
    shops.moved(SWEET_SHOP, lambda it: machine.appeal(it, id, "the deed is new", "owner", api.now))
    assert json.loads(anita.decides(of(SWEET_SHOP, id)).body)["reason"] == "own-refusal"
    read = bimal.json("GET", of(SWEET_SHOP, id))
    assert (read["appeal"], read["refused_by"]) == ("the deed is new", ANITA)
    assert json.loads(bimal.decides(of(SWEET_SHOP, id)).body)["state"] == "approved"


def test_decision_is_about_what_was_read(shops: Petitions, anita: Reviewer, bimal: Reviewer) -> None:
    """Somebody else decided since: 412, and theirs stands. Who does not say what they read is asked for it."""
    id = shops.waits(SWEET_SHOP)
    seen = anita.call("GET", of(SWEET_SHOP, id)).headers["etag"]
    bimal.decides(of(SWEET_SHOP, id), "ask_more", wanted=["pan", "documents"])
    said = {"verdict": "approve", "reason": WHY}
    assert anita.refused("POST", f"{of(SWEET_SHOP, id)}/decisions", said, match=seen) == (412, "changed")
    assert anita.refused("POST", f"{of(SWEET_SHOP, id)}/decisions", said) == (428, "if-match")
    read = anita.json("GET", of(SWEET_SHOP, id))
    assert (read["state"], read["wanted"]) == ("more_wanted", ["pan", "documents"])


@pytest.mark.on_moto("faults inside functions")
def test_decision_ten_times_at_once_is_one(shops: Petitions, anita: Reviewer, api: Api) -> None:
    """One badge, one place on a list, one notice of each kind, one line of history, and the same answer for all ten."""
    endpoint, id = opened(api), shops.waits(SWEET_SHOP)
    said, path = {"verdict": "approve", "reason": WHY}, f"{of(SWEET_SHOP, id)}/decisions"
    seen = anita.call("GET", of(SWEET_SHOP, id)).headers["etag"]
    answers: list[Response] = []

    def asks() -> None:
        answers.append(anita.call("POST", path, said, match=seen, key="one"))

    with api.stage.faults.meanwhile(
        asks, function="operator_api", service="dynamodb", operation="TransactWriteItems", times=9
    ):
        asks()
    assert len(answers) == 10
    assert {(it.status, it.body, it.headers["etag"]) for it in answers} == {
        (200, answers[0].body, answers[0].headers["etag"])
    }
    lines = Counter(it["what"] for it in history(anita, SWEET_SHOP))
    assert (lines["approved"], lines["issued"]) == (1, 1)
    rows = [item["pk"]["S"] for item in api.stage.items("verification")]
    assert sum(pk.startswith("INDEX#") for pk in rows) == 1
    api.stage.run_for(60)
    told = Counter(it["kind"] for it in log(api, endpoint))
    assert (told["verification.approved"], told["badge.issued"]) == (1, 1)


def withdrawing(shops: Petitions, anita: Reviewer, api: Api, name: str, **where: object) -> list[str]:
    """An approval of a new shop's request with a withdrawal in between -> the calls that it made; the withdrawal wins."""
    shop = Operator(api).opens(name=name)
    id, said = shops.waits(shop), {"verdict": "approve", "reason": WHY}
    seen = anita.call("GET", of(shop, id)).headers["etag"]
    api.token(shop)
    api.stage.faults.clear()
    withdrawn: list[int] = []

    def withdraws() -> None:
        withdrawn.append(api.call("POST", f"/v1/merchants/{shop}/{QUEUE}/{id}/withdraw", as_=shop).status)

    with api.stage.faults.meanwhile(withdraws, function="operator_api", **where):  # type: ignore[arg-type]  # its own words
        answer = anita.call("POST", f"{of(shop, id)}/decisions", said, match=seen)
    calls = [call.operation for call in api.stage.faults.calls if call.function == "operator_api"]
    assert withdrawn == [200], "it comes before the approval is written"
    state, badge = anita.json("GET", of(shop, id))["state"], shops.dossier(shop).badge
    assert (answer.status, state, badge) == (412, "withdrawn", None), where
    return calls


@pytest.mark.on_moto("faults inside functions")
def test_of_an_approval_and_a_withdrawal_at_once_one_wins(shops: Petitions, anita: Reviewer, api: Api) -> None:
    """Before the approval is written the withdrawal stands, and there is no badge; after it there is a badge, and nothing to withdraw."""
    withdrawing(shops, anita, api, unlike(1), service="dynamodb", operation="TransactWriteItems")
    approved = Operator(api).opens(name=unlike(2))
    id = shops.waits(approved)
    assert anita.decides(of(approved, id)).status == 200
    late = api.call("POST", f"/v1/merchants/{approved}/{QUEUE}/{id}/withdraw", as_=approved)
    assert (late.status, json.loads(late.body)["reason"]) == (409, "request-over")
    badge = shops.dossier(approved).badge
    assert badge is not None
    assert (badge.state, badge.level) == ("standing", "verified")


@pytest.mark.slow
@pytest.mark.on_moto("faults inside functions")
def test_withdrawal_between_any_two_calls_of_an_approval_wins(shops: Petitions, anita: Reviewer, api: Api) -> None:
    """Whichever call it comes before, up to the one that would write the approval."""
    written = withdrawing(shops, anita, api, unlike(100), service="dynamodb", operation="TransactWriteItems")
    last = written.index("TransactWriteItems") + 1
    for call in range(1, last + 1):
        withdrawing(shops, anita, api, unlike(100 + call), call=call)


def test_complaints_bring_a_badge_to_review(shops: Petitions, anita: Reviewer, api: Api) -> None:
    """Of three people; the same complaint again, and another one of the same person, count once. Restored, it stands; revoked, it has fallen."""
    badge = shops.badged(SWEET_SHOP)
    there = f"merchants/{SWEET_SHOP}/complaints"
    said = {"complainant": "case-1", "about": "pretends", "complaint_id": badge.request}
    for body in (said, said, {"complainant": "case-1", "about": "goods"}, {"complainant": "case-2", "about": "goods"}):
        assert anita.json("POST", there, body, expect=201)["badge"]["state"] == "standing"
    assert (
        anita.json("POST", there, {"complainant": "case-3", "about": "goods"}, expect=201)["badge"]["state"] == "review"
    )
    (turn,) = anita.json("GET", QUEUE)["items"]
    assert (turn["request"], turn["badge"]["complaints"]) == (None, 4)
    judged = {"badge_id": badge.id, "reason": WHY}
    decisions = f"merchants/{SWEET_SHOP}/badge/decisions"
    assert anita.json("POST", decisions, judged | {"decision": "restore"})["state"] == "standing"
    assert anita.json("GET", QUEUE)["items"] == []
    fallen = [anita.call("POST", decisions, judged | {"decision": "revoke"}, key="once") for _ in range(2)]
    assert fallen[0].body == fallen[1].body
    assert json.loads(fallen[0].body)["reason"] == "revoked"
    assert [it["what"] for it in history(anita, SWEET_SHOP)].count("fallen") == 1
    assert anita.refused("POST", decisions, judged | {"decision": "restore"}) == (409, "no-badge")
    for name in ("Rina Das", "+91 98300 12345", "case/1", "x" * 41):
        refused = anita.call("POST", there, {"complainant": name, "about": "goods"})
        assert (refused.status, [it["field"] for it in json.loads(refused.body)["errors"]]) == (422, ["complainant"])


def test_name_of_a_shop_that_was_verified_since_is_seen_first(shops: Petitions, anita: Reviewer, api: Api) -> None:
    """Of two shops of one name the second is not approved before a reviewer has seen the first among its likenesses."""
    operator = Operator(api)
    first, second = (operator.opens(name=unlike(7)) for _ in range(2))
    ids = {shop: shops.waits(shop) for shop in (first, second)}
    assert anita.decides(of(first, ids[first])).status == 200
    assert anita.decides(of(second, ids[second])).status == 412
    read = anita.json("GET", of(second, ids[second]))
    assert (read["state"], [it["name"] for it in read["likenesses"]], read["risk"]) == ("waiting", [unlike(7)], "high")
    assert anita.decides(of(second, ids[second])).status == 200


def test_token_of_a_reviewer_is_read_anew(shops: Petitions, api: Api) -> None:
    """Bearer in hand: what is revoked reads nothing more, not even for a minute."""
    shops.waits(SWEET_SHOP)
    made = Operator(api).json("POST", "tokens", {"name": "F", "role": "reviewer"}, expect=201)
    path = f"/v1/reviewer/{QUEUE}"
    assert api.call("GET", path, as_=None, headers=bearer(made["secret"])).status == 200
    Operator(api).call("DELETE", f"tokens/{made['token']['id']}")
    assert api.refused("GET", path, as_=None, headers=bearer(made["secret"])) == (401, "unauthenticated")

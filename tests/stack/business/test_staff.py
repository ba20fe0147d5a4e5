"""A shop's staff numbers over HTTP, through the deployed stack."""

import json
from typing import Any

import pytest

from haat.business.model.token import Role
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api

PHONE, SHOWN = "98000 00021", "+919800000021"
ANITA: dict[str, Any] = {"phone": PHONE, "name": "Anita (invented)", "language": "bn"}
WISHES: dict[str, Any] = {"name": "Anita", "language": "en", "told": ["question.unanswered", "message.not_sent"]}
NOBODYS = "01KDVDNA00ZZZZZZZZZZZZZZZZ"


def add(api: Api, number: int = 21, **more: Any) -> dict[str, Any]:
    """One more phone of the sweet shop."""
    body = ANITA | {"phone": f"+9198000000{number:02d}"} | more.pop("body", {})
    made: dict[str, Any] = api.json("POST", "staff-numbers", body, expect=201, **more)
    return made


def listed(api: Api, **more: Any) -> list[dict[str, Any]]:
    """All phones of the sweet shop."""
    items: list[dict[str, Any]] = api.json("GET", "staff-numbers", **more)["items"]
    return items


def wrong(api: Api, method: str, path: str, body: Any, **more: Any) -> set[str]:
    """The fields that are refused."""
    answer = api.call(method, path, body, **more)
    assert answer.status == 422, answer.body
    return {error["field"] for error in json.loads(answer.body)["errors"]}


def rows(api: Api) -> list[str]:
    """All that is kept of business, but the shops themselves, callers' tokens, and what is remembered of their requests."""
    aside = ("ONCE#", "RATE#", "TOKEN#")
    kept = [item for item in api.stage.items("business") if item["sk"]["S"] != "PROFILE"]
    return sorted(json.dumps(item, sort_keys=True) for item in kept if not item["pk"]["S"].startswith(aside))


def test_owner_keeps_the_phones_of_the_shops_people(api: Api) -> None:
    """One is added as it is dialled in the shop's country, shown in E.164, changed and removed."""
    made = api.call("POST", "staff-numbers", ANITA)
    entry = json.loads(made.body)
    assert made.status == 201
    assert (entry["phone"], entry["name"], entry["told"]) == (SHOWN, "Anita (invented)", ["order.placed", "order.paid"])
    one = f"staff-numbers/{entry['id']}"
    for role in (Role.OWNER, Role.STAFF, Role.READ_ONLY):
        assert listed(api, role=role) == [entry]
        assert api.json("GET", one, role=role) == entry
    changed = api.call("PUT", one, WISHES, match=made.headers["etag"])
    assert json.loads(changed.body) == entry | WISHES
    assert api.call("GET", "staff-numbers").headers["etag"] == changed.headers["etag"]
    assert api.call("GET", "business-profile").headers["etag"] == changed.headers["etag"]
    assert api.call("DELETE", one).status == 204
    assert api.refused("DELETE", one) == (404, "not-found")
    assert api.refused("GET", one) == (404, "not-found")
    assert listed(api) == []


@pytest.mark.on_moto("each row of a table of ours")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phone": "12345"}, "phone"),
        ({"phone": "Anita"}, "phone"),
        ({"phone": "+91 98000 0002"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"name": " "}, "name"),
        ({"name": "অনিতা " * 20}, "name"),
        ({"language": "fr"}, "language"),
        ({"told": ["channel.stopped"]}, "told.0"),
        ({"told": ["order.placed", "order.placed"]}, "told"),
    ],
)
def test_what_can_not_be_is_refused_by_its_field(api: Api, body: dict[str, Any], field: str) -> None:
    """Nothing is kept."""
    assert wrong(api, "POST", "staff-numbers", ANITA | body) == {field}
    assert listed(api) == []


def test_phone_is_not_changed(api: Api) -> None:
    """Another phone is another entry; all that may change must be said."""
    one = f"staff-numbers/{add(api)['id']}"
    tag = api.call("GET", one).headers["etag"]
    assert wrong(api, "PUT", one, WISHES | {"phone": PHONE}, match=tag) == {"phone"}
    assert wrong(api, "PUT", one, {"name": "Anita", "language": "en"}, match=tag) == {"told"}
    assert listed(api)[0]["phone"] == SHOWN


def test_one_phone_has_one_entry(api: Api) -> None:
    """However it is written; another shop may have it too."""
    add(api)
    answer = api.call("POST", "staff-numbers", ANITA | {"phone": "0091 98000-00021"})
    assert answer.status == 409
    assert json.loads(answer.body)["reason"] == "number-taken"
    add(api, as_=HARDWARE_SHOP)
    assert len(listed(api)) == len(listed(api, as_=HARDWARE_SHOP)) == 1


def test_eleventh_number_is_refused(api: Api) -> None:
    """Ten for each shop; one that is removed makes room."""
    made = [add(api, number) for number in range(10)]
    assert api.refused("POST", "staff-numbers", ANITA) == (409, "too-many-staff-numbers")
    assert api.call("DELETE", f"staff-numbers/{made[4]['id']}").status == 204
    add(api)
    assert [one["phone"][-2:] for one in listed(api)] == ["00", "01", "02", "03", "05", "06", "07", "08", "09", "21"]


def test_change_that_somebody_overtook_is_refused(api: Api) -> None:
    """Also where they changed the profile: it has the same version. Adding and removing do not ask for one."""
    entry = add(api)
    one = f"staff-numbers/{entry['id']}"
    tag = api.call("GET", one).headers["etag"]
    profile = {"name": "Mishti Bhandar", "language": "bn"}
    assert api.call("PUT", "business-profile", profile, match=tag).status == 200
    assert api.refused("PUT", one, WISHES, match=tag) == (412, "changed")
    assert api.refused("PUT", one, WISHES) == (428, "if-match")
    assert listed(api) == [entry], "a change of the profile leaves them as they are"
    add(api, 22)
    assert api.call("DELETE", one).status == 204
    assert api.json("GET", "business-profile")["name"] == "Mishti Bhandar"


def test_same_request_has_one_effect_and_one_answer(api: Api) -> None:
    """Also when the entry was changed or removed since; another body under the key is refused."""
    first = api.call("POST", "staff-numbers", ANITA, key="one")
    entry = json.loads(first.body)
    again = api.call("POST", "staff-numbers", ANITA, key="one")
    assert (again.status, again.body, again.headers["etag"]) == (201, first.body, first.headers["etag"])
    assert api.refused("POST", "staff-numbers", ANITA | {"name": "B"}, key="one") == (422, "idempotency-key-reused")
    assert listed(api) == [entry]
    api.json("PUT", f"staff-numbers/{entry['id']}", WISHES, match=first.headers["etag"])
    assert api.call("POST", "staff-numbers", ANITA, key="one").body == first.body
    assert api.call("DELETE", f"staff-numbers/{entry['id']}").status == 204
    assert api.call("POST", "staff-numbers", ANITA, key="one").body == first.body
    assert listed(api) == []


def test_death_at_every_point_leaves_one_entry(api: Api) -> None:
    """Whichever call the function dies before or after: the same request again has one effect and the answer of the first."""
    add(api, 20)
    api.stage.faults.clear()
    add(api, 21)
    points = api.stage.faults.points("merchant_api")
    assert len(points) >= 8
    for number, point in enumerate(points, start=30):
        key, body = f"death-{number}", ANITA | {"phone": f"+9198000000{number}"}
        before = listed(api)
        with api.stage.faults.kill(function="merchant_api", call=point.call, when=point.when):
            api.call("POST", "staff-numbers", body, key=key)
        answer = api.json("POST", "staff-numbers", body, key=key, expect=201)
        assert listed(api) == [*before, answer], point.name
        assert api.json("POST", "staff-numbers", body, key=key, expect=201) == answer, point.name
        assert api.call("DELETE", f"staff-numbers/{answer['id']}").status == 204


def test_staff_are_the_shops_own_business(api: Api) -> None:
    """Neither the directory nor WhatsApp's profile of the shop is written again, and nobody else sees a phone."""
    tag = api.call("GET", "business-profile").headers["etag"]
    said = {
        "name": "Mishti Bhandar", "language": "bn", "handle": "mishti", "listed": True, "place": "Kolkata", "about": "sweets",
    }  # fmt: skip
    assert api.call("PUT", "business-profile", said, match=tag).status == 200
    api.stage.drain()
    before, calls = rows(api), len(api.stage.faults.calls)
    entry = add(api)
    tag = api.call("GET", "staff-template").headers["etag"]
    tag = api.call("PUT", f"staff-numbers/{entry['id']}", WISHES, match=tag).headers["etag"]
    api.call("PUT", "staff-template", {"name": "news", "language": "en"}, match=tag)
    for path in (f"staff-numbers/{entry['id']}", "staff-template"):
        assert api.call("DELETE", path).status == 204
    add(api)
    api.stage.drain()
    assert rows(api) == before
    assert {call.function for call in api.stage.faults.calls[calls:]} == {"merchant_api"}
    seen = [api.call("GET", "business-profile").body, api.stage.http("GET", "/v1/directory/mishti").body]
    assert not any(b"98000000" in body for body in seen)


def test_removed_number_is_gone_at_once(api: Api) -> None:
    """No table holds the phone or the name any more, what is remembered of the request neither."""
    entry = add(api)
    kept = json.dumps([api.stage.items("business"), api.stage.items("conversation")], default=str)
    assert (kept.count("919800000021"), kept.count("Anita")) == (1, 1)
    assert api.call("DELETE", f"staff-numbers/{entry['id']}").status == 204
    kept = json.dumps([api.stage.items("business"), api.stage.items("conversation")], default=str)
    assert (kept.count("919800000021"), kept.count("Anita")) == (0, 0)
    assert not any("9800000021" in line for line in api.stage.logs.lines())


def test_template_is_kept_and_taken_away(api: Api) -> None:
    """Its name as Meta allows it; null where there is none."""
    none = {"name": None, "language": None}
    read = api.call("GET", "staff-template", role=Role.READ_ONLY)
    assert json.loads(read.body) == none
    said = {"name": "staff_news_2", "language": "en_US"}
    put = api.call("PUT", "staff-template", said, match=read.headers["etag"])
    assert json.loads(put.body) == said
    assert api.json("GET", "staff-template") == said
    assert api.refused("PUT", "staff-template", said, match=read.headers["etag"]) == (412, "changed")
    tag = put.headers["etag"]
    for name in ("", "News", "staff-news", "staff news", "n" * 513, "খবর", "news\n"):
        assert wrong(api, "PUT", "staff-template", said | {"name": name}, match=tag) == {"name"}
    for language in ("", "English", "EN", "en-US"):
        assert wrong(api, "PUT", "staff-template", said | {"language": language}, match=tag) == {"language"}
    for _ in range(2):
        assert api.call("DELETE", "staff-template").status == 204
    assert api.json("GET", "staff-template") == none


def test_other_shop_and_lesser_roles_are_refused(api: Api) -> None:
    """Another shop's owner finds no entry of this one, under their own address neither; staff and readers only read."""
    entry = add(api)
    one = f"staff-numbers/{entry['id']}"
    tag = api.call("GET", one, as_=HARDWARE_SHOP).headers.get("etag", '"1"')
    for method, body in (("GET", None), ("PUT", WISHES), ("DELETE", None)):
        for path in (one, f"/v1/merchants/{SWEET_SHOP}/{one}", f"staff-numbers/{NOBODYS}"):
            assert api.refused(method, path, body, as_=HARDWARE_SHOP, match=tag) == (404, "not-found")
    for role in (Role.STAFF, Role.READ_ONLY):
        for method, path, body in (
            ("POST", "staff-numbers", ANITA),
            ("PUT", one, WISHES),
            ("DELETE", one, None),
            ("PUT", "staff-template", {"name": "news", "language": "en"}),
            ("DELETE", "staff-template", None),
        ):
            assert api.refused(method, path, body, role=role, match='"1"') == (403, "forbidden")
    assert listed(api) == [entry]

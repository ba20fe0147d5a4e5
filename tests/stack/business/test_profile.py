"""What a shop says of itself, and how it is found."""

import json
from typing import Any

import pytest

from haat.business.model.token import Role
from tests.stack.business.conftest import HARDWARE_SHOP, SAREE_SHOP, SWEET_SHOP, Api

SAID: dict[str, Any] = {
    "name": "Mishti Bhandar",
    "language": "bn",
    "languages": ["bn", "en"],
    "handle": "mishti-bhandar",
    "listed": True,
    "category": "sweets",
    "place": "Kolkata",
    "about": "Sandesh since 1962",
    "email": "shop@example.com",
    "websites": ["https://example.com/mishti"],
}


def told(api: Api, said: dict[str, Any] = SAID, *, as_: str = SWEET_SHOP) -> Any:
    """Let a shop say this of itself."""
    tag = api.call("GET", "business-profile", as_=as_).headers["etag"]
    return api.json("PUT", "business-profile", said, match=tag, as_=as_)


def found(api: Api, query: str) -> list[str]:
    """Names that a search lists."""
    return [shop["name"] for shop in api.json("GET", f"/v1/directory?{query}", as_=None)["items"]]


def test_profile_is_read_as_it_was_told(api: Api) -> None:
    """What a shop says is read back, beside what only an operator may change."""
    before = api.json("GET", "business-profile")
    assert (before["name"], before["country"], before["currency"]) == ("Mishti Bhandar", "IN", "INR")
    after = told(api)
    assert {name: after[name] for name in SAID} == SAID
    # Whether WhatsApp shows it is a fact of its own, which comes in its own time.
    assert api.json("GET", "business-profile") | {"whatsapp": after["whatsapp"]} == after


def test_gstin_is_checked_and_shown_to_the_shop_alone(api: Api) -> None:
    """It is kept compact; left out it is gone; the directory does not show it."""
    assert api.json("GET", "business-profile")["gstin"] is None
    assert told(api, SAID | {"gstin": "19 aaafb 0001 c1zj"})["gstin"] == "19AAAFB0001C1ZJ"
    assert api.json("GET", "business-profile")["gstin"] == "19AAAFB0001C1ZJ"
    assert "AAAFB" not in api.call("GET", "/v1/directory/mishti-bhandar", as_=None).body.decode()
    assert "AAAFB" not in api.call("GET", "/v1/directory?place=kolkata", as_=None).body.decode()
    tag = api.call("GET", "business-profile").headers["etag"]
    wrong = api.call("PUT", "business-profile", SAID | {"gstin": "19AAAFB0001C1ZK"}, match=tag)
    assert (wrong.status, [e["field"] for e in json.loads(wrong.body)["errors"]]) == (422, ["gstin"])
    assert told(api, SAID | {"gstin": None})["gstin"] is None
    assert told(api, SAID | {"gstin": ""})["gstin"] is told(api)["gstin"] is None


def test_second_of_two_edits_is_refused(api: Api) -> None:
    """Who changes what somebody else has changed since gets 412, and the first change stands."""
    tag = api.call("GET", "business-profile").headers["etag"]
    api.json("PUT", "business-profile", SAID | {"about": "first"}, match=tag)
    assert api.refused("PUT", "business-profile", SAID | {"about": "second"}, match=tag) == (412, "changed")
    assert api.json("GET", "business-profile")["about"] == "first"
    assert api.refused("PUT", "business-profile", SAID) == (428, "if-match")


@pytest.mark.on_moto("each row of a table of ours")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "ক্ষ" * 76),
        ("name", "  "),
        ("about", "x" * 140),
        ("handle", "No"),
        ("email", "nobody"),
        ("email", "<script>@example.com"),
        ("email", "a@b@example.com"),
        ("websites", ["ftp://example.com"]),
        ("websites", ["https://"]),
        ("websites", ["https://shop"]),
        ("websites", ["https://example.com/a\nb"]),
        ("websites", ["https://user@example.com"]),
        ("websites", ['https://example.com/"><b>']),
        ("category", "poetry"),
        ("languages", ["bn", "bn"]),
    ],
)
def test_each_wrong_field_is_named(api: Api, field: str, value: Any) -> None:
    """A field that is wrong is named, and nothing changes."""
    answer = api.call("PUT", "business-profile", SAID | {field: value}, match='"1"')
    assert answer.status == 422
    assert field in answer.body.decode()
    assert api.json("GET", "business-profile")["name"] == "Mishti Bhandar"


def test_letters_are_counted_as_people_see_them(api: Api) -> None:
    """75 Bengali letters are 75, however many code points each has."""
    assert told(api, SAID | {"name": "ক্ষ" * 75})["name"] == "ক্ষ" * 75


def test_handle_of_another_is_refused(api: Api) -> None:
    """A handle belongs to one shop; given up, it is free again."""
    told(api)
    tag = api.call("GET", "business-profile", as_=SAREE_SHOP).headers["etag"]
    mine = {"name": "Kashi", "language": "hi", "handle": "mishti-bhandar"}
    assert api.refused("PUT", "business-profile", mine, match=tag, as_=SAREE_SHOP) == (409, "conflict")
    told(api, SAID | {"handle": "", "listed": False})
    assert told(api, mine, as_=SAREE_SHOP)["handle"] == "mishti-bhandar"


def test_reader_changes_nothing(api: Api) -> None:
    """A read-only token reads the profile and may not change it."""
    assert api.call("GET", "business-profile", role=Role.READ_ONLY).status == 200
    assert api.refused("PUT", "business-profile", SAID, role=Role.READ_ONLY, match='"1"') == (403, "forbidden")


def test_hours_decide_what_customers_are_told(api: Api) -> None:
    """New hours are in the next answer to a customer, within a minute."""
    tag = api.call("GET", "business-hours").headers["etag"]
    week = {day: [{"opens": "18:00", "closes": "02:00"}] for day in ("monday", "tuesday")}
    said = api.json("PUT", "business-hours", {"week": week, "closures": ["2026-12-25"]}, match=tag)
    assert said == {"timezone": "Asia/Kolkata", "week": week, "closures": ["2026-12-25"]}
    api.stage.run_for(61)
    rina = api.stage.graph.customer(phone="919800000001")
    rina.writes("100000000000001", "hours")
    api.stage.drain()
    (answer,) = [sent.text for sent in api.stage.graph.sent()]
    assert "18:00–02:00" in answer


@pytest.mark.parametrize(
    "week",
    [
        {"monday": [{"opens": "08:00", "closes": "12:00"}, {"opens": "11:00", "closes": "13:00"}]},
        {"monday": [{"opens": "20:00", "closes": "09:00"}], "tuesday": [{"opens": "08:00", "closes": "10:00"}]},
        {"sunday": [{"opens": "20:00", "closes": "09:00"}], "monday": [{"opens": "08:00", "closes": "10:00"}]},
    ],
)
def test_hours_that_overlap_are_refused(api: Api, week: dict[str, Any]) -> None:
    """Ranges that overlap, also over midnight and over the week's end, are refused."""
    assert api.refused("PUT", "business-hours", {"week": week}, match='"1"') == (422, "invalid")


def test_listed_shop_is_found_by_place_category_and_word(api: Api) -> None:
    """A shop that is listed is found at once, in any case of letters; one that is not listed never."""
    told(api)
    told(
        api,
        {"name": "কাশি শাড়ি ঘর", "language": "hi", "handle": "kashi", "listed": True, "place": "KOLKATA"},
        as_=SAREE_SHOP,
    )
    told(api, {"name": "Mart", "language": "en", "handle": "mart", "place": "Kolkata"}, as_=HARDWARE_SHOP)
    assert found(api, "place=kolkata") == ["Mishti Bhandar", "কাশি শাড়ি ঘর"]
    assert found(api, "category=sweets") == ["Mishti Bhandar"]
    assert found(api, "place=Kolkata&category=sweets&word=bhan") == ["Mishti Bhandar"]
    assert found(api, "place=Kolkata&word=শাড়ি") == ["কাশি শাড়ি ঘর"]
    assert found(api, "place=Pune") == []
    assert api.refused("GET", "/v1/directory", as_=None) == (422, "invalid")


def test_shop_that_leaves_the_directory_is_gone(api: Api) -> None:
    """A shop that is listed no more is in no list, and its public profile is 404."""
    told(api)
    assert api.json("GET", "/v1/directory/mishti-bhandar", as_=None)["name"] == "Mishti Bhandar"
    told(api, SAID | {"listed": False})
    assert found(api, "place=kolkata") == found(api, "category=sweets") == []
    assert api.refused("GET", "/v1/directory/mishti-bhandar", as_=None) == (404, "not-found")


def test_shop_that_moves_is_found_in_its_new_place_only(api: Api) -> None:
    """A new name and place replace the old ones in every list."""
    told(api)
    told(api, SAID | {"name": "Notun Bhandar", "place": "Howrah"})
    assert found(api, "place=kolkata") == []
    assert found(api, "place=howrah&word=notun") == ["Notun Bhandar"]
    assert found(api, "category=sweets&word=mishti") == []


def test_pages_hold_each_shop_once(api: Api) -> None:
    """Following `next` lists every shop once."""
    for number, shop in enumerate((SWEET_SHOP, SAREE_SHOP, HARDWARE_SHOP)):
        told(
            api,
            {"name": f"Shop {number}", "language": "en", "handle": f"shop-{number}", "listed": True, "place": "Puri"},
            as_=shop,
        )
    names: list[str] = []
    cursor = ""
    while True:
        page = api.json("GET", f"/v1/directory?place=puri&limit=1{cursor}", as_=None)
        names += [shop["name"] for shop in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert names == ["Shop 0", "Shop 1", "Shop 2"]


def test_public_profile_shows_no_private_thing(api: Api) -> None:
    """Anyone sees what the shop says of itself, and no e-mail address, token, number or customer."""
    told(api)
    shown = api.json("GET", "/v1/directory/mishti-bhandar", as_=None)
    assert set(shown) <= {
        "level",
        "handle",
        "name",
        "country",
        "timezone",
        "languages",
        "category",
        "place",
        "about",
        "websites",
        "hours",
    }


@pytest.mark.parametrize(
    "site", ["http://example.com", "https://a.example.com:8443/x?y=1#z", "https://মিষ্টি.example/দোকান"]
)
def test_website_of_any_script_is_taken(api: Api, site: str) -> None:
    """As it was told."""
    assert told(api, SAID | {"websites": [site]})["websites"] == [site]


def test_address_that_can_be_no_shops_is_unknown(api: Api) -> None:
    """However long it is: no table is asked."""
    assert api.refused("GET", f"/v1/directory/{'a' * 3_000}", as_=None) == (404, "not-found")


def test_invented_cursor_is_refused(api: Api) -> None:
    """A cursor that no page gave is refused, or begins at a place of the same list."""
    assert api.refused("GET", "/v1/directory?place=puri&cursor=x", as_=None) == (422, "invalid")
    assert api.json("GET", "/v1/directory?place=puri&cursor=UFJPRklMRQ", as_=None)["items"] == []

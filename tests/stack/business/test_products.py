"""Products and collections, as a merchant's own program sees them."""

import json
from typing import Any

import pytest

from haat.business.model.token import Role
from infra.local.faults import When
from tests.stack.business.conftest import HARDWARE_SHOP, Api

SWEET: dict[str, Any] = {
    "name": "রসগোল্লা",
    "price": {"minor": 52_500, "currency": "INR"},
    "unit": "kg",
    "stock": 12,
    "tax_basis_points": 500,
    "hsn": "2106",
    "sku": "R-1",
    "names": {"en": "Rosogolla", "hi": "रसगुल्ला"},
}
PLAIN = {"name": "plain", "price": {"minor": 100, "currency": "INR"}, "unit": "piece"}


def test_product_is_made_read_changed_and_removed(api: Api) -> None:
    """What is said is what is read; a change says all anew; what is removed is gone."""
    answer = api.call("POST", "products", SWEET)
    made = json.loads(answer.body)
    assert (answer.status, answer.headers["etag"]) == (201, '"1"')
    assert {name: made[name] for name in SWEET} == SWEET
    assert api.json("GET", f"products/{made['id']}") == made
    changed = api.json("PUT", f"products/{made['id']}", PLAIN, match='"1"')
    assert (changed["name"], changed["stock"], changed["sku"], changed["version"]) == ("plain", None, "", 2)
    assert api.json("GET", "products")["items"] == [changed]
    assert api.call("DELETE", f"products/{made['id']}", match='"2"').status == 204
    assert api.call("DELETE", f"products/{made['id']}", match='"2"').status == 204
    assert api.refused("GET", f"products/{made['id']}") == (404, "not-found")
    assert api.json("GET", "products") == {"items": [], "next": None}


def test_of_two_people_who_edit_one_product_one_is_told(api: Api) -> None:
    """Both read the same; the second to save gets 412, and the first one's words stand."""
    made = api.json("POST", "products", SWEET, expect=201)
    path = f"products/{made['id']}"
    api.json("PUT", path, SWEET | {"name": "hers"}, match='"1"')
    assert api.refused("PUT", path, SWEET | {"name": "his"}, match='"1"', role=Role.STAFF) == (412, "changed")
    assert api.refused("DELETE", path, match='"1"') == (412, "changed")
    assert api.refused("PUT", path, SWEET) == (428, "if-match")
    assert api.json("GET", path)["name"] == "hers"


@pytest.mark.on_moto("each row of a table of ours")
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "ক" * 121}, "name"),
        ({"name": "   "}, "name"),
        ({"names": {"Bengali!": "x"}}, "names"),
        ({"names": {"bn": "ক" * 121}}, "names.bn"),
        ({"description": "x" * 1_001}, "description"),
        ({"price": {"minor": 100, "currency": "USD"}}, "price.currency"),
        ({"price": {"minor": 1.5, "currency": "INR"}}, "price.minor"),
        ({"price": {"minor": -1, "currency": "INR"}}, "price.minor"),
        ({"unit": "cubit"}, "unit"),
        ({"stock": -1}, "stock"),
        ({"hsn": "123"}, "hsn"),
        ({"sku": "ছোট"}, "sku"),
        ({"tax_basis_points": 10_001}, "tax_basis_points"),
        ({"collections": ["01KDVDNA008252GHK0JAF24VNQ"]}, "collections"),
    ],
)
def test_field_that_is_wrong_is_named(api: Api, said: dict[str, Any], field: str) -> None:
    """422 names the field, and nothing is made."""
    answer = api.call("POST", "products", PLAIN | said)
    assert answer.status == 422
    assert field in {error["field"] for error in json.loads(answer.body)["errors"]}
    assert api.json("GET", "products")["items"] == []


def test_name_is_measured_as_people_see_it(api: Api) -> None:
    """A letter with its marks is one: 120 of them are a name, though they are many code points."""
    letters = "ক্ষি" * 120
    made = api.json("POST", "products", PLAIN | {"name": letters}, expect=201)
    assert made["name"] == letters
    assert api.refused("POST", "products", PLAIN | {"name": letters + "ক"})[0] == 422


def test_number_of_the_shop_is_one_products(api: Api) -> None:
    """A second product with the same sku gets 409; another shop's is its own."""
    api.json("POST", "products", SWEET, expect=201)
    answer = api.call("POST", "products", PLAIN | {"sku": "R-1"})
    assert (answer.status, json.loads(answer.body)["reason"]) == (409, "sku-taken")
    api.json("POST", "products", SWEET, expect=201, as_=HARDWARE_SHOP)


def dying(api: Api) -> list[tuple[int, When]]:
    """The points at which the function could have died in what was just asked."""
    return [(point.call, point.when) for point in api.stage.faults.points("merchant_api")]


def test_products_come_in_pages(api: Api) -> None:
    """Each page says where the next one begins; a cursor of nobody's making leads nowhere else."""
    ids = [api.json("POST", "products", PLAIN, expect=201)["id"] for _ in range(5)]
    api.json("POST", "products", PLAIN, expect=201, as_=HARDWARE_SHOP)
    got: list[str] = []
    cursor = ""
    while True:
        page = api.json("GET", f"products?limit=2{cursor}")
        got += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert got == sorted(ids)
    assert api.json("GET", "products?cursor=enp6enp6") == {"items": [], "next": None}
    assert api.refused("GET", "products?cursor=*") == (422, "invalid")
    assert api.refused("GET", "products?limit=101") == (422, "invalid")


def test_collection_holds_products_until_it_is_removed(api: Api) -> None:
    """Products are listed in their collection; when it is removed they stay, and know it no more."""
    shelf = api.json("POST", "collections", {"name": "Sweets"}, expect=201)
    said = PLAIN | {"collections": [shelf["id"]]}
    made = [api.json("POST", "products", said, expect=201) for _ in range(3)]
    api.json("POST", "products", PLAIN, expect=201)
    listed = api.json("GET", f"products?collection={shelf['id']}")["items"]
    assert sorted(one["id"] for one in listed) == sorted(one["id"] for one in made)
    renamed = api.json("PUT", f"collections/{shelf['id']}", {"name": "Best sweets"}, match='"1"')
    assert api.refused("PUT", f"collections/{shelf['id']}", {"name": "x"}, match='"1"') == (412, "changed")
    assert api.json("GET", "collections")["items"] == [renamed]
    assert api.call("DELETE", f"collections/{shelf['id']}", match='"2"').status == 204
    assert api.refused("GET", f"products?collection={shelf['id']}") == (404, "not-found")
    assert [one["collections"] for one in api.json("GET", "products")["items"]] == [[]] * 4
    assert api.json("GET", "collections")["items"] == []


def test_removal_of_a_collection_that_was_cut_off_goes_on(api: Api) -> None:
    """Whichever call the function dies at, the same request again takes the rest of the collection away."""

    def filled(name: str) -> str:
        shelf: str = api.json("POST", "collections", {"name": name}, expect=201)["id"]
        for _ in range(2):
            api.json("POST", "products", PLAIN | {"collections": [shelf]}, expect=201)
        return f"collections/{shelf}"

    path = filled("first")
    api.stage.faults.clear()
    assert api.call("DELETE", path, match='"1"').status == 204
    for call, when in dying(api):
        path = filled(f"{call} {when}")
        with api.stage.faults.kill(function="merchant_api", call=call, when=when):
            api.call("DELETE", path, match='"1"')
        assert api.call("DELETE", path, match='"1"').status in (204, 404)
        assert api.refused("GET", path) == (404, "not-found")
    assert all(one["collections"] == [] for one in api.json("GET", "products?limit=100")["items"])
    assert api.json("GET", "collections")["items"] == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_who_only_reads_changes_nothing(api: Api, method: str) -> None:
    """A read-only token reads products and changes none."""
    made = api.json("POST", "products", SWEET, expect=201)
    path = "products" if method == "POST" else f"products/{made['id']}"
    body = None if method == "DELETE" else PLAIN
    match = None if method == "POST" else '"1"'
    assert api.refused(method, path, body, match=match, role=Role.READ_ONLY) == (403, "forbidden")
    assert api.json("GET", "products", role=Role.READ_ONLY)["items"] == [made]


def test_another_shops_products_are_unknown(api: Api) -> None:
    """Ids of another shop's product and collection get 404, as those of nobody do."""
    product = api.json("POST", "products", SWEET, expect=201, as_=HARDWARE_SHOP)
    shelf = api.json("POST", "collections", {"name": "Tools"}, expect=201, as_=HARDWARE_SHOP)
    assert api.refused("GET", f"products/{product['id']}") == (404, "not-found")
    assert api.refused("PUT", f"products/{product['id']}", PLAIN, match='"1"') == (404, "not-found")
    assert api.refused("DELETE", f"products/{product['id']}", match='"1"') == (404, "not-found")
    assert api.refused("GET", f"products?collection={shelf['id']}") == (404, "not-found")
    assert api.refused("POST", "products", PLAIN | {"collections": [shelf["id"]]}) == (422, "invalid")
    assert api.refused("DELETE", f"collections/{shelf['id']}", match='"1"') == (404, "not-found")

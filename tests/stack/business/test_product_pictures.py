"""Pictures of products: from a form to an address at which anyone sees them."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from haat.business.model.token import Role
from haat.business.rules.pictures import MOST_BYTES
from infra.local import buckets, state
from infra.local.function import ACCOUNT
from tests.stack.business.conftest import HARDWARE_SHOP, Api

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0" + bytes(40)
WEBP = b"RIFF\x20\0\0\0WEBPVP8 " + bytes(40)
PLAIN = {"name": "plain", "price": {"minor": 100, "currency": "INR"}, "unit": "piece"}


def product(api: Api) -> str:
    """The path of a new product."""
    return f"products/{api.json('POST', 'products', PLAIN, expect=201)['id']}"


def offered(api: Api, path: str, content: bytes, type: str = "image/png") -> str:
    """The path of a picture that was uploaded and not looked at."""
    offer = api.json("POST", f"{path}/pictures", {"type": type}, expect=201)
    upload(offer, content)
    return f"{path}/pictures/{offer['picture_id']}"


def upload(offer: dict[str, Any], content: bytes, *, expect: tuple[int, ...] = (204,)) -> None:
    """Do what a browser does with the form."""
    form = offer["upload"]
    assert requests.post(form["url"], form["fields"], files={"file": content}, timeout=5).status_code in expect


def kept(api: Api) -> list[str]:
    """What lies where only we write."""
    s3 = api.stage.client("s3")
    named = f"-pictures-{ACCOUNT}-{s3.meta.region_name}"
    (bucket,) = (one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].endswith(named))
    return [held["Key"] for held in s3.list_objects_v2(Bucket=bucket, Prefix="pictures/").get("Contents", ())]


@pytest.mark.parametrize(
    ("content", "type"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")], ids=["png", "jpeg", "webp"]
)
def test_picture_is_uploaded_looked_at_and_shown(api: Api, content: bytes, type: str) -> None:
    """What was uploaded is read at the address that the shop is given, as what its first bytes say it is."""
    path = product(api)
    picture = offered(api, path, content)
    shown = api.json("PUT", picture)
    assert shown["pictures"] == [{"id": picture[-26:], "type": type, "bytes": len(content)}]
    assert api.json("PUT", picture) == shown
    (listed,) = api.json("GET", f"{path}/pictures", role=Role.READ_ONLY)["items"]
    seen = requests.get(listed["url"], timeout=5)
    assert (seen.content, seen.headers["content-type"]) == (content, type)


@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        b"GIF89a" + bytes(40),
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WAVE",
        b"\xff\xd8",
    ],
    ids=["page", "gif", "png without a picture", "pdf", "wave", "two bytes"],
)
def test_file_that_is_no_picture_is_thrown_away(api: Api, content: bytes) -> None:
    """Whatever its form said of it, it is refused, gone, and never shown."""
    path = product(api)
    picture = offered(api, path, content)
    assert api.refused("PUT", picture) == (422, "invalid")
    answer = api.call("PUT", picture)
    assert (answer.status, json.loads(answer.body)["reason"]) == (409, "not-uploaded")
    assert kept(api) == []
    assert api.json("GET", path)["pictures"] == []


def test_file_that_is_too_large_is_no_picture(api: Api) -> None:
    """S3 keeps to the form and answers 400; where nobody does, as on moto, the file is refused when it is looked at, and gone."""
    path = product(api)
    offer = api.json("POST", f"{path}/pictures", {"type": "image/jpeg"}, expect=201)
    upload(offer, JPEG + bytes(MOST_BYTES), expect=(204, 400))
    refusals = ((422, "invalid"), (409, "conflict"))  # too large, not uploaded
    assert api.refused("PUT", f"{path}/pictures/{offer['picture_id']}") in refusals
    assert kept(api) == []
    assert api.json("GET", path)["pictures"] == []


def test_what_was_looked_at_stays_what_it_was(api: Api) -> None:
    """The form is still good when the picture is shown; another file posted by it changes nothing."""
    path = product(api)
    offer = api.json("POST", f"{path}/pictures", {"type": "image/png"}, expect=201)
    upload(offer, PNG)
    picture = f"{path}/pictures/{offer['picture_id']}"
    api.json("PUT", picture)
    upload(offer, b"<script>")
    api.json("PUT", picture)
    (listed,) = api.json("GET", f"{path}/pictures")["items"]
    assert requests.get(listed["url"], timeout=5).content == PNG


def test_picture_that_nobody_uploaded_is_not_shown(api: Api) -> None:
    """An offer alone is no picture, and another product's offer is none of this one's."""
    path, other = product(api), product(api)
    offer = api.json("POST", f"{path}/pictures", {"type": "image/png"}, expect=201)
    assert api.refused("PUT", f"{path}/pictures/{offer['picture_id']}") == (409, "conflict")
    upload(offer, PNG)
    assert api.refused("PUT", f"{other}/pictures/{offer['picture_id']}") == (409, "conflict")
    assert api.json("GET", f"{path}/pictures")["items"] == []


def test_repeated_offer_is_the_same_picture_signed_anew(api: Api) -> None:
    """The same request gets the same id and a form that is good; nothing of the form lies in a table."""
    path = product(api)
    first = api.json("POST", f"{path}/pictures", {"type": "image/png"}, key="one", expect=201)
    assert first["upload"]["fields"]["x-amz-signature"]
    assert "x-amz-signature" not in json.dumps(api.stage.items("business"))
    api.stage.run_for(60)
    again = api.json("POST", f"{path}/pictures", {"type": "image/png"}, key="one", expect=201)
    assert again["picture_id"] == first["picture_id"]
    assert again["upload"]["expires_at"] > first["upload"]["expires_at"]
    upload(again, PNG)
    api.json("PUT", f"{path}/pictures/{again['picture_id']}")


def test_product_has_ten_pictures_at_most(api: Api) -> None:
    """The eleventh is refused, also when it was offered before the tenth was there."""
    path = product(api)
    pictures = [offered(api, path, PNG) for _ in range(11)]
    for picture in pictures[:10]:
        api.json("PUT", picture)
    for answer in (api.call("PUT", pictures[10]), api.call("POST", f"{path}/pictures", {"type": "image/png"})):
        assert (answer.status, json.loads(answer.body)["reason"]) == (409, "too-many")


@pytest.mark.parametrize("what", ["picture", "product"])
def test_removal_that_was_cut_off_goes_on(api: Api, what: str) -> None:
    """Whichever call the function dies at, the same request again leaves no file behind."""

    def pictured() -> tuple[str, str | None]:
        path = product(api)
        picture = offered(api, path, PNG)
        api.json("PUT", picture)
        return (picture, None) if what == "picture" else (path, '"2"')

    path, match = pictured()
    assert len(kept(api)) == 1
    api.stage.faults.clear()
    assert api.call("DELETE", path, match=match).status == 204
    points = api.stage.faults.points("merchant_api")
    assert kept(api) == []
    for point in points:
        path, match = pictured()
        with api.stage.faults.kill(function="merchant_api", call=point.call, when=point.when):
            assert api.call("DELETE", path, match=match).status == 503
        assert api.call("DELETE", path, match=match).status == 204
        assert kept(api) == []
        assert api.call("GET", path).status in (404, 403)


def test_attaching_that_was_cut_off_goes_on(api: Api) -> None:
    """Whichever call the function dies at, the same request again shows the picture once."""
    path = product(api)
    picture = offered(api, path, PNG)
    api.stage.faults.clear()
    api.json("PUT", picture)
    for point in api.stage.faults.points("merchant_api"):
        path = product(api)
        picture = offered(api, path, PNG)
        with api.stage.faults.kill(function="merchant_api", call=point.call, when=point.when):
            assert api.call("PUT", picture).status == 503
        assert len(api.json("PUT", picture)["pictures"]) == 1


def test_another_shops_pictures_are_unknown(api: Api) -> None:
    """Neither its forms, nor its addresses, nor its pictures are to be had."""
    path = product(api)
    picture = offered(api, path, PNG)
    api.json("PUT", picture)
    for method, target, body in (
        ("GET", f"{path}/pictures", None),
        ("POST", f"{path}/pictures", {"type": "image/png"}),
        ("PUT", picture, None),
        ("DELETE", picture, None),
    ):
        assert api.refused(method, target, body, as_=HARDWARE_SHOP) == (404, "not-found")
    assert len(kept(api)) == 1


def test_pictures_survive_a_stop_of_the_stage(api: Api, tmp_path: Path) -> None:
    """What `make run` saves has the files in it, with their media types."""
    path = product(api)
    api.json("PUT", offered(api, path, PNG))
    state.save(api.stage, tmp_path)
    buckets.empty(api.stage.region)
    saved = state.read(tmp_path)
    assert saved is not None
    assert saved.put_back(api.stage) == []
    (listed,) = api.json("GET", f"{path}/pictures")["items"]
    seen = requests.get(listed["url"], timeout=5)
    assert (seen.content, seen.headers["content-type"]) == (PNG, "image/png")

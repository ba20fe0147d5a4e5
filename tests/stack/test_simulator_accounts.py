"""What stands beside messages: files, templates, the profile, the number's settings, subscriptions."""

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from infra.local.http import Request, Response
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.people import ShopNumber
from tests.stack.simulated import PHONE, SAREES, SWEETS, Clock, call, code, drain, post, text

PICTURE = b"\x89PNG\r\n\x1a\n--edge and\r\n\r\nmore\r\n"


@pytest.fixture
def clock() -> Clock:
    """Return the time of the simulator."""
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> GraphSimulator:
    """Return a simulator with two shops."""
    return GraphSimulator("app-secret", "verify-token", [SWEETS, SAREES], clock)


@pytest.fixture
def waba(sim: GraphSimulator) -> str:
    """Return the sweet shop's account."""
    return sim.shop(SWEETS).waba_id


def read(answer: Response) -> Any:
    """Return what a good answer holds."""
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def upload(sim: GraphSimulator, content: bytes = PICTURE, mime_type: str = "image/png", **more: bytes) -> Response:
    """Upload a file as browsers and clients do."""
    fields = {"messaging_product": b"whatsapp", "type": mime_type.encode()} | more
    parts = [b'form-data; name="%s"\r\n\r\n%s' % (name.encode(), value) for name, value in fields.items() if value]
    head = f'form-data; name="file"; filename="a b.png"\r\nContent-Type: {mime_type}\r\n\r\n'.encode()
    body = b"".join(b"--edge\r\nContent-Disposition: " + part + b"\r\n" for part in (*parts, head + content))
    headers = {"content-type": "multipart/form-data; boundary=edge"}
    return call(sim, "POST", f"{SWEETS}/media", body + b"--edge--\r\n", headers=headers)


def download(sim: GraphSimulator, url: str, *, shop: str = SWEETS) -> Response:
    """Fetch a file by its URL."""
    parts = urlsplit(url)
    headers = {"authorization": f"Bearer haat-local-token-{shop}"}
    return sim.handle(Request(method="GET", path=parts.path, query=dict(parse_qsl(parts.query)), headers=headers))


def test_file_comes_back_as_it_went_up(sim: GraphSimulator, clock: Clock) -> None:
    """An uploaded file is described by its id, and its bytes come from a URL that is good for five minutes."""
    media_id = read(upload(sim))["id"]
    described = read(call(sim, "GET", media_id))
    assert described["sha256"] == hashlib.sha256(PICTURE).hexdigest()
    assert (described["mime_type"], described["file_size"]) == ("image/png", len(PICTURE))
    clock.now += 299
    assert download(sim, described["url"]).body == PICTURE
    assert download(sim, described["url"], shop=SAREES).status == 404
    clock.now += 1
    assert download(sim, described["url"]).status == 404
    assert download(sim, described["url"].replace("ext=1", "ext=9")).status == 404, "nobody makes a URL good for longer"
    assert call(sim, "GET", media_id, shop=SAREES).status == 400
    assert read(call(sim, "DELETE", media_id)) == {"success": True}
    assert code(call(sim, "GET", media_id)) == 100


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (lambda sim: call(sim, "POST", f"{SWEETS}/media", {"file": "x"}), 100),
        (lambda sim: upload(sim, messaging_product=b"sms"), 100),
        (lambda sim: upload(sim, mime_type="image/gif"), 100),
        (lambda sim: upload(sim, b""), 131053),
        (lambda sim: upload(sim, b"x" * (500 * 1024 + 1), "image/webp"), 131053),
    ],
    ids=["no form", "product", "type", "empty", "size"],
)
def test_upload_that_is_none_is_refused(sim: GraphSimulator, answered: Any, expected: int) -> None:
    """A body that is no form, another product, a type or a size that Meta doesn't take: each has its code."""
    assert code(answered(sim)) == expected


def test_customers_file_can_be_fetched(sim: GraphSimulator, clock: Clock) -> None:
    """What a customer sends has an id that leads to its bytes, with the digest that the webhook told; for 30 days."""
    rina = sim.customer(phone=PHONE)
    sends = (rina.sends_image, rina.sends_video, rina.sends_document, rina.sends_sticker, rina.sends_audio)
    for send in sends:
        send(SWEETS)
    messages = [document["entry"][0]["changes"][0]["value"]["messages"][0] for document in drain(sim)]
    for message in messages:
        told = message[message["type"]]
        fetched = download(sim, read(call(sim, "GET", told["id"]))["url"])
        assert base64.b64decode(told["sha256"]) == hashlib.sha256(fetched.body).digest()
        assert fetched.headers["content-type"] == told["mime_type"]
    assert len(messages) == len(sends)
    clock.now += 30 * 86_400
    assert call(sim, "GET", messages[0]["image"]["id"]).status == 400


def test_files_survive_a_dump_unless_they_are_large(sim: GraphSimulator, clock: Clock) -> None:
    """Files, templates, subscriptions and used references come from a dump; a large file does not."""
    small, large = (read(upload(sim, b"x" * size))["id"] for size in (10, 300_000))
    call(sim, "DELETE", f"{sim.shop(SAREES).waba_id}/subscribed_apps", shop=SAREES)
    other = GraphSimulator("app-secret", "verify-token", [SWEETS, SAREES], clock)
    other.load(json.loads(json.dumps(sim.dump())))
    assert [call(other, "GET", one).status for one in (small, large)] == [200, 400]
    assert other.world.unsubscribed == {sim.shop(SAREES).waba_id}


NEW = {
    "name": "order_ready",
    "language": "bn",
    "category": "UTILITY",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "অর্ডার"},
        {"type": "BODY", "text": "{{1}}, অর্ডার {{2}} তৈরি।", "example": {"body_text": [["রিনা", "7"]]}},
        {"type": "FOOTER", "text": "Mishti Bhandar"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "ধন্যবাদ"}]},
    ],
}


def template(name: str = "order_ready", language: str = "bn", *values: str) -> dict[str, Any]:
    """Return the body of a template's send."""
    parameters = [{"type": "text", "text": value} for value in values]
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    content = {"name": name, "language": {"code": language}, "components": components}
    return text(type="template", text=None, template=content)


def test_template_is_made_judged_sent_and_deleted(sim: GraphSimulator, waba: str) -> None:
    """A new template waits, is approved with a webhook, is listed and sent with a price, and is gone when deleted."""
    sim.customer(phone=PHONE).writes(SAREES, "hours")
    drain(sim)
    made = read(call(sim, "POST", f"{waba}/message_templates", NEW))
    assert made == {"id": made["id"], "status": "PENDING", "category": "UTILITY"}
    (told,) = drain(sim)
    change = told["entry"][0]["changes"][0]
    assert (change["field"], change["value"]["event"]) == ("message_template_status_update", "APPROVED")
    assert change["value"]["message_template_id"] == int(made["id"])
    listed = read(call(sim, "GET", f"{waba}/message_templates", query={"name": "order_ready"}))["data"]
    assert [(one["status"], one["components"]) for one in listed] == [("APPROVED", NEW["components"])]
    assert post(sim, template("order_ready", "bn", "রিনা", "7")).status == 200
    pricing = drain(sim)[0]["entry"][0]["changes"][0]["value"]["statuses"][0]["pricing"]
    assert (pricing["category"], pricing["type"]) == ("utility", "regular")
    assert call(sim, "GET", made["id"], shop=SAREES).status == 400
    assert read(call(sim, "DELETE", f"{waba}/message_templates", query={"name": "order_ready"})) == {"success": True}
    assert code(post(sim, template("order_ready", "bn", "রিনা", "7"))) == 132001
    names = [one["name"] for one in read(call(sim, "GET", f"{waba}/message_templates"))["data"]]
    assert names == ["hello_world"]


def test_template_that_does_not_fit_is_refused(sim: GraphSimulator, waba: str) -> None:
    """Unknown, in another language, not yet judged, paused, disabled, with too few values: each has its code."""
    sim.customer(phone=PHONE)
    sim.templates.review = "hold"
    call(sim, "POST", f"{waba}/message_templates", NEW)
    assert code(post(sim, template("nothing"))) == 132001
    assert code(post(sim, template("order_ready", "bn", "রিনা", "7"))) == 132001
    sim.templates.decide("order_ready", "APPROVED")
    assert code(post(sim, template("order_ready", "hi", "রিনা", "7"))) == 132001
    assert code(post(sim, template("order_ready", "bn", "রিনা"))) == 132000
    sim.templates.decide("order_ready", "PAUSED", reason="quality")
    assert code(post(sim, template("order_ready", "bn", "রিনা", "7"))) == 132015
    sim.templates.decide("order_ready", "DISABLED")
    assert code(post(sim, template("order_ready", "bn", "রিনা", "7"))) == 132016
    events = [document["entry"][0]["changes"][0]["value"]["event"] for document in drain(sim)]
    assert events == ["APPROVED", "PAUSED", "DISABLED"]


def test_picture_template_wants_its_picture(sim: GraphSimulator, waba: str) -> None:
    """A template whose header is a picture is refused without one."""
    sim.customer(phone=PHONE)
    picture = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}}
    call(sim, "POST", f"{waba}/message_templates", NEW | {"components": [picture, {"type": "BODY", "text": "Hello"}]})
    assert code(post(sim, template())) == 132012
    body = template()
    link = {"type": "image", "image": {"link": "https://shop.example/a.png"}}
    body["template"]["components"] = [{"type": "header", "parameters": [link]}]
    assert post(sim, body).status == 200


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "Order Ready"}, 131009),
        ({"category": "TRANSACTIONAL"}, 100),
        ({"language": "Bengali"}, 131009),
        ({"colour": "red"}, 100),
        ({"components": [{"type": "FOOTER", "text": "only"}]}, 131008),
        ({"components": [{"type": "BODY", "text": "x" * 1025}]}, 131009),
        ({"components": [{"type": "HEADER", "text": "x" * 61}, {"type": "BODY", "text": "x"}]}, 131009),
        ({"components": [{"type": "BODY", "text": "x", "colour": "red"}]}, 100),
        ({"name": "hello_world", "language": "en_US"}, 100),
    ],
)
def test_template_outside_the_rules_is_refused(
    sim: GraphSimulator, waba: str, change: dict[str, Any], expected: int
) -> None:
    """A name, a category, a length or a field that Meta doesn't take; and a template that is there already."""
    assert code(call(sim, "POST", f"{waba}/message_templates", NEW | change)) == expected


@pytest.mark.parametrize(
    "bad",
    [
        {"about": ""}, {"about": "x" * 140}, {"address": "x" * 257}, {"description": "x" * 513}, {"email": "x" * 129},
        {"websites": ["https://a.example"] * 3}, {"websites": ["a.example"]}, {"vertical": "SWEETS"}, {"colour": "red"},
    ],
)  # fmt: skip
def test_profile_outside_its_limits_is_refused(sim: GraphSimulator, bad: dict[str, Any]) -> None:
    """Each limit of the business profile holds, in characters, and nothing of a refused change is kept."""
    path = f"{SWEETS}/whatsapp_business_profile"
    good = {
        "messaging_product": "whatsapp",
        "about": "অ" * 139,
        "vertical": "RETAIL",
        "websites": ["https://a.example"],
    }
    assert call(sim, "POST", path, good).status == 200
    assert code(call(sim, "POST", path, good | {"about": "new"} | bad)) == 100
    assert read(call(sim, "GET", path, query={"fields": "about,vertical"}))["data"][0]["about"] == "অ" * 139


def test_number_tells_what_meta_thinks_of_it(sim: GraphSimulator, waba: str) -> None:
    """Name, verification, quality and throughput are read at the number and in the account's list."""
    sim.add(replace(sim.shop(SWEETS), quality="RED", verification="EXPIRED", throughput=1000))
    known = read(call(sim, "GET", SWEETS))
    assert (known["quality_rating"], known["code_verification_status"]) == ("RED", "EXPIRED")
    assert (known["verified_name"], known["throughput"]) == ("Shop 001", {"level": "HIGH"})
    assert read(call(sim, "GET", f"{waba}/phone_numbers"))["data"] == [known]
    assert set(read(call(sim, "GET", SWEETS, query={"fields": "status,no_such"}))) == {"status", "id"}


def test_shop_window_is_switched(sim: GraphSimulator) -> None:
    """Cart and catalogue are switched in the query or in the body; another name is refused."""
    path = f"{SWEETS}/whatsapp_commerce_settings"
    assert call(sim, "POST", path, query={"is_catalog_visible": "true"}).status == 200
    assert call(sim, "POST", path, {"is_cart_enabled": False}).status == 200
    window = read(call(sim, "GET", path))["data"][0]
    assert (window["is_catalog_visible"], window["is_cart_enabled"]) == (True, False)
    assert code(call(sim, "POST", path, {"is_open": True})) == 100


def test_account_that_is_not_subscribed_gets_no_webhook(sim: GraphSimulator, waba: str) -> None:
    """Without a subscription nothing is posted; an address of its own is refused, as the simulator can't do that."""
    path = f"{waba}/subscribed_apps"
    assert len(read(call(sim, "GET", path))["data"]) == 1
    assert call(sim, "DELETE", path).status == 200
    assert read(call(sim, "GET", path))["data"] == []
    sim.customer(phone=PHONE).writes(SWEETS, "unheard")
    assert drain(sim) == []
    assert code(call(sim, "POST", path, {"override_callback_uri": "https://a.example"})) == 100
    assert call(sim, "POST", path).status == 200
    sim.customer(phone=PHONE).writes(SWEETS, "heard")
    assert len(drain(sim)) == 1


def test_token_sees_its_own_portfolio_only(sim: GraphSimulator, waba: str) -> None:
    """Accounts, lists and files of another shop are not there; a second number of the same portfolio is."""
    for path in (waba, f"{waba}/message_templates", f"{waba}/phone_numbers", f"{SWEETS}/whatsapp_business_profile"):
        assert code(call(sim, "GET", path, shop=SAREES)) == 100
    sibling = ShopNumber.of("100000000000009", portfolio=sim.shop(SWEETS).portfolio)
    sim.add(sibling)
    assert call(sim, "GET", sibling.phone_number_id).status == 200

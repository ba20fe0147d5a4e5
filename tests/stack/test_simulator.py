"""The simulator speaks as the platform does: shapes, bytes and signatures, held against recorded bodies."""

import base64
import hmac
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from infra.local.http import Request, Response
from infra.local.simulators.customer import Customer
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.people import ShopNumber
from infra.local.simulators.sends import Message, Receipt, parse
from infra.local.simulators.wire import escape, signatures, wamid

SHARED = Path(__file__).parents[2].parent / "shared"
META = SHARED / "fixtures" / "meta"
VECTORS = Path(__file__).parents[1] / "fixtures" / "signature-vectors.json"
SWEETS, SAREES = "100000000000001", "100000000000002"
NOW = 1_780_000_000.0

# Requests of the collection that no Cloud API takes: type names in capitals, and one without its frame.
REFUSED = {"expectedmessage18", *(f"interactive-button-expectedmessage{n}" for n in (11, 14, 15, 16))} | {
    "interactive-list-expectedmessage12"
}


@pytest.fixture
def sim() -> GraphSimulator:
    """Return a simulator with two shops, at a fixed time."""
    return GraphSimulator("app-secret", "verify-token", [SWEETS, SAREES], lambda: NOW)


@pytest.fixture
def rina(sim: GraphSimulator) -> Customer:
    """Return a customer who shows everything."""
    return sim.customer(phone="919800000001", name="রিনা")


def meta(kind: str) -> list[tuple[str, Any]]:
    """Return (name, document) of the recorded bodies of one kind; skip aloud where they are not beside the checkout."""
    files = sorted(META.glob(f"*/{kind}/*.json"))
    if not files:
        pytest.skip(f"no recorded bodies of kind {kind} beside this checkout")
    return [(file.stem, json.loads(file.read_bytes())) for file in files]


def shape(document: Any, path: str = "") -> Iterator[str]:
    """Yield every path of a document with the type found there; echoes count as messages, times as text."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from shape(value, f"{path}.{'messages' if name == 'message_echoes' else name}")
    elif isinstance(document, list):
        for value in document:
            yield from shape(value, f"{path}[]")
    else:
        yield f"{path}:{type(document).__name__}"


def send(sim: GraphSimulator, body: dict[str, Any], *, shop: str = SWEETS, token: str | None = None) -> Response:
    """POST one message as Haat does."""
    headers = {"authorization": f"Bearer {token or f'haat-local-token-{shop}'}", "content-type": "application/json"}
    return sim.handle(
        Request(method="POST", path=f"/v25.0/{shop}/messages", headers=headers, body=json.dumps(body).encode())
    )


def text(to: str, body: str = "নমস্কার", **more: Any) -> dict[str, Any]:
    """Return the body of a text to a number."""
    frame = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "type": "text"}
    return frame | {"text": {"body": body}} | more


def posted(sim: GraphSimulator, status: int = 200) -> list[Any]:
    """Take all webhooks that are due, answer each, and return their documents."""
    webhooks = sim.due(sim.now())
    for webhook in webhooks:
        sim.answered(webhook, status, sim.now())
    return [json.loads(webhook.body) for webhook in webhooks]


def everything(sim: GraphSimulator, rina: Customer) -> list[Any]:
    """Let a customer do all that one can do, the shop answer, and return the webhooks of it."""
    first = rina.writes(SWEETS, "দাম কত?")
    send(sim, text("919800000001", context={"message_id": first}, biz_opaque_callback_data="our-id"))
    answer = sim.transcript(SWEETS, rina)[-1].wamid
    rina.writes(SWEETS, "ধন্যবাদ", reply_to=answer)
    rina.reacts(SWEETS, answer, "👍")
    rina.reacts(SWEETS, answer, "")
    rina.sends_image(SWEETS, "এটা?")
    rina.sends_sticker(SWEETS)
    rina.sends_audio(SWEETS)
    rina.sends_video(SWEETS, "এটা?")
    rina.sends_document(SWEETS)
    rina.sends_location(SWEETS, 22.57, 88.36, "Kolkata")
    rina.sends_unsupported(SWEETS)
    rina.picks(SWEETS, "r1", "Doi", reply_to=answer)
    sim.templates.of(sim.shop(SWEETS).waba_id)
    sim.templates.decide("hello_world", "REJECTED", reason="SCAM")
    rina.taps_template(SWEETS, "Yes", "yes-1", reply_to=answer)
    rina.taps(SWEETS, "b1", "Open?", reply_to=answer)
    rina.edits(SWEETS, first, "দাম কত কেজি?")
    rina.revokes(SWEETS, first)
    sim.echo(SWEETS, rina, "আসছি")
    sim.faults.late(131047)
    send(sim, text("919800000001"))
    rina.changes_number("919800000002", announce=("user_changed_number", "user_changed_user_id", "user_id_update"))
    return posted(sim)


def test_every_webhook_has_only_paths_that_a_real_one_has(sim: GraphSimulator, rina: Customer) -> None:
    """Whatever the simulator posts, each field of it stands with the same type in some recorded body."""
    real = {path for _, document in meta("whatsapp-webhooks") for path in shape(document)}
    # A recorded edit is of a picture or an echo; the user's text edit has the echo's form.
    for document in everything(sim, rina):
        assert set(shape(document)) <= real, document


def test_a_text_lacks_nothing_that_all_real_texts_have(sim: GraphSimulator, rina: Customer) -> None:
    """An inbound text carries every field that every recorded text carries."""
    texts = [
        set(shape(document))
        for name, document in meta("whatsapp-webhooks")
        if name.startswith(("message-text", "textmessage")) and "status" not in name
    ]
    rina.writes(SWEETS, "hours")
    assert set.intersection(*texts) <= set(shape(posted(sim)[0]))


def test_answers_have_the_recorded_shapes(sim: GraphSimulator, rina: Customer) -> None:
    """A send is answered as recorded sends are: by number with wa_id, by user id with user_id."""
    real = {path for _, document in meta("whatsapp-responses") for path in shape(document)}
    rina.writes(SWEETS, "hours")
    by_number = json.loads(send(sim, text("919800000001")).body)
    body = text("") | {"recipient": rina.user_id(SWEETS)}
    del body["to"]
    by_id = json.loads(send(sim, body).body)
    assert set(shape(by_number)) | set(shape(by_id)) <= real
    assert by_number["contacts"] == [{"input": "919800000001", "wa_id": "919800000001"}]
    assert by_id["contacts"] == [{"input": rina.user_id(SWEETS), "user_id": rina.user_id(SWEETS)}]


def test_errors_have_the_recorded_shapes(sim: GraphSimulator, rina: Customer) -> None:
    """Errors carry message, type, code and trace, as recorded ones do; nothing else is invented."""
    real = {path for _, document in meta("graph-errors") for path in shape(document) if path.startswith(".error.")}
    answers = [
        send(sim, text("919800000001")),
        send(sim, text("919800000001"), token="stale"),
        send(sim, text("919800000001"), token=f"haat-local-token-{SAREES}"),
        sim.handle(
            Request(method="GET", path="/v25.0/nobody", headers={"authorization": f"Bearer haat-local-token-{SWEETS}"})
        ),
    ]
    errors = [json.loads(answer.body)["error"] for answer in answers]
    assert {path for error in errors for path in shape(error, ".error")} <= real
    assert [(answer.status, error["code"]) for answer, error in zip(answers, errors, strict=True)] == [
        (400, 131047),
        (401, 190),
        (400, 100),
        (400, 100),
    ]
    assert errors[2]["error_subcode"] == errors[3]["error_subcode"] == 33


def test_every_recorded_request_is_understood() -> None:
    """What other libraries send is taken, but for bodies that no Cloud API takes."""
    for name, document in meta("whatsapp-requests"):
        if name not in REFUSED:
            assert isinstance(parse(document), Message | Receipt)


def test_signatures_are_those_of_the_vectors() -> None:
    """The header over the raw bytes is the published one, or is not, as each vector says."""
    source = VECTORS if VECTORS.exists() else META / "signature-vectors.json"
    if not source.exists():
        pytest.skip("no signature vectors in this checkout or beside it")
    vectors = json.loads(source.read_text())
    for vector in vectors["vectors"]:
        made = signatures(vectors["app_secret"], base64.b64decode(vector["body_base64"]))
        assert (made["X-Hub-Signature-256"] == vector["header"]) == vector["valid"], vector["name"]


def test_the_wire_form_is_metas() -> None:
    """A document is written with exactly Meta's escapes: the first vector's bytes come back from its content."""
    source = VECTORS if VECTORS.exists() else META / "signature-vectors.json"
    if not source.exists():
        pytest.skip("no signature vectors in this checkout or beside it")
    wire = base64.b64decode(json.loads(source.read_text())["vectors"][0]["body_base64"])
    assert escape(json.loads(wire)) == wire


def test_escaping_loses_nothing() -> None:
    """Backslashes, quotes, emoji, lone surrogates and control characters come back as they were."""
    odd = 'a\\/b "<%@>" \\u0041 🙂 \ud800 \x00\x7f দাম'
    assert json.loads(escape({"body": odd}))["body"] == odd
    assert escape("/<%@দ") == rb'"\/\u003C\u0025\u0040\u09a6"'


def test_webhooks_are_signed_over_their_bytes(sim: GraphSimulator, rina: Customer) -> None:
    """Each webhook's header is the HMAC of exactly its body, with the secret of today."""
    rina.writes(SWEETS, "50% / <আম> @ ₹20")
    first = sim.due(NOW)[0]
    assert first.body.isascii()
    assert first.headers["X-Hub-Signature-256"] == "sha256=" + hmac.new(b"app-secret", first.body, sha256).hexdigest()
    sim.answered(first, 401, NOW)
    sim.app_secret = "rotated"
    again = sim.due(NOW + 60)[0]
    assert again.body == first.body
    assert again.headers["X-Hub-Signature-256"] == "sha256=" + hmac.new(b"rotated", first.body, sha256).hexdigest()


def test_message_ids_contain_the_phone_number() -> None:
    """A wamid has the layout of recorded ones, with the customer's number readable in its base64."""
    inside = base64.b64decode(wamid("919800000001", "m-1", "in").removeprefix("wamid."))
    assert inside.startswith(b"\x1c\x18\x0c919800000001\x15\x02\x00\x12\x18\x14")
    recorded = base64.b64decode("HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=")
    assert len(inside) - len("919800000001") == len(recorded) - len("16503879439")


def test_customers_are_known_by_what_they_show(sim: GraphSimulator) -> None:
    """A hidden number is in no field, a withheld user id in none, and each portfolio sees an id of its own."""
    hidden = sim.customer(phone="919800000011", hides_number=True)
    silent = sim.customer(phone="919800000012", hides_user_id=True)
    for shop in (SWEETS, SAREES):
        hidden.writes(shop, "hours")
        silent.writes(shop, "hours")
    values = [document["entry"][0]["changes"][0]["value"] for document in posted(sim)]
    seen = [(value["contacts"][0], value["messages"][0]) for value in values]
    for contact, message in (seen[0], seen[2]):
        assert "wa_id" not in contact
        assert "from" not in message
        assert message["from_user_id"] == contact["user_id"]
    assert seen[0][0]["user_id"] != seen[2][0]["user_id"]
    for contact, message in (seen[1], seen[3]):
        assert "user_id" not in contact
        assert "from_user_id" not in message
        assert message["from"] == contact["wa_id"] == "919800000012"
    with pytest.raises(ValueError, match="without a number and without a user id"):
        hidden.shows(user_id=False)


def test_a_new_number_brings_a_new_user_id(sim: GraphSimulator, rina: Customer) -> None:
    """After a change of number every shop written to is told, and the old number and id lead nowhere."""
    rina.writes(SWEETS, "hours")
    before = rina.user_id(SWEETS)
    posted(sim)
    rina.changes_number("919800000002")
    system, update = (document["entry"][0]["changes"][0] for document in posted(sim))
    assert system["value"]["messages"][0]["from"] == "919800000001"
    assert system["value"]["messages"][0]["system"]["wa_id"] == "919800000002"
    assert update["field"] == "user_id_update"
    ids = update["value"]["user_id_update"][0]["user_id"]
    assert ids == {"previous": before, "current": rina.user_id(SWEETS)}
    for address in ({"to": "919800000001"}, {"to": None, "recipient": before}):
        assert send(sim, text("") | address).status == 400
    for address in ({"to": "919800000002"}, {"to": None, "recipient": rina.user_id(SWEETS)}):
        assert send(sim, text("") | address).status == 200


def test_the_same_run_yields_the_same_bytes() -> None:
    """Ids come from a counter and time from outside: nothing differs between two runs."""

    def run() -> list[Any]:
        sim = GraphSimulator("app-secret", "verify-token", [ShopNumber.of(SWEETS, name="Sweets")], lambda: NOW)
        return everything(sim, sim.customer(phone="919800000001", name="রিনা"))

    assert run() == run()


def test_the_handshake_carries_the_token(sim: GraphSimulator) -> None:
    """The GET by which the address is verified has mode, token and challenge."""
    assert sim.handshake("42").query == {
        "hub.mode": "subscribe",
        "hub.challenge": "42",
        "hub.verify_token": "verify-token",
    }

"""What a stranger, a broken client or a bad day may bring to the webhook: each has its answer, its line in the log and its metric.

Whatever stands beside it or comes right after it is answered as ever.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from haat.edge.settings import LOCAL_APP_SECRET, LOCAL_PEPPER, LOCAL_VERIFY_TOKEN
from infra.local.http import Response
from infra.local.seed import seed
from infra.local.simulators.customer import Customer
from infra.local.simulators.wire import signatures, wamid
from infra.local.stage import Stage
from tests.stack.conversation.conftest import HARDWARE_SHOP, SAREE_SHOP, SWEET_SHOP, Market
from tests.stack.conversation.posted import PAGE_WEBHOOK, WEBHOOK, event, page_webhook, post, said, webhook
from tests.stack.conversation.ways import EVERYWHERE, MESSENGER, WHATSAPP

CANARY = "kingfisher4711"
PHONE, PSID = "919800000071", "7100000000000071"
# For the many forms of what is refused before a channel reads it, or read by what all share: every day on one channel.
ELSEWHERE_SLOW = pytest.mark.parametrize(
    "market", [WHATSAPP, pytest.param(MESSENGER, marks=pytest.mark.slow)], indirect=True, ids=lambda way: way.name
)
ATTEMPTS = 3  # of one call to AWS, each of which must fail before Haat notices
KILOBYTE, MEGABYTE = 1_000, 1024 * 1024


def deep(levels: int) -> bytes:
    """Lists in lists."""
    return b"[" * levels + b"]" * levels


def one(text: str, *, at: float, shop: str = SWEET_SHOP, serial: str = "1", **more: Any) -> bytes:
    """A body with one message of a customer."""
    message = said(text, by=PHONE, id=wamid(PHONE, serial, "in"), at=at, **more)
    return webhook({"messages": [message]}, shop=shop)


def door(market: Market) -> str:
    """Where the channel's webhooks are posted."""
    return PAGE_WEBHOOK if market.way.name == "messenger" else WEBHOOK


def said_here(market: Market, text: str, *, at: float = 0.0, serial: str = "1", **more: Any) -> dict[str, Any]:
    """A customer's message, as the channel of this market brings it."""
    if market.way.name == "messenger":
        content = {"mid": f"m_{serial}", "text": text, **more}
        return event(by=PSID, page=market.way.sweets, at=at or market.stage.clock.now(), message=content)
    return said(text, by=PHONE, id=wamid(PHONE, serial, "in"), at=at or market.stage.clock.now(), **more)


def body_here(market: Market, *messages: Any) -> bytes:
    """A body with these messages for the sweet shop."""
    if market.way.name == "messenger":
        return page_webhook(*messages, page=market.way.sweets)
    return webhook({"messages": [*messages]}, shop=market.way.sweets)


def one_here(market: Market, text: str, **more: Any) -> bytes:
    """A body with one message of a customer, as the channel of this market brings it."""
    return body_here(market, said_here(market, text, **more))


def timed(market: Market, at: Any) -> bytes:
    """One whose time is this, in the channel's unit: seconds, or on Messenger milliseconds."""
    if market.way.name == "messenger" and (isinstance(at, int) or (isinstance(at, str) and at.isdecimal())):
        at = type(at)(int(at) * 1000)
    return body_here(market, said_here(market, "hours") | {"timestamp": at})


def written_to(market: Market) -> list[str | None]:
    """Whom it was tried to answer."""
    return [sent.to or sent.recipient for sent in market.stage.graph.sent()]


def lines(stage: Stage, word: str, function: str = "inbound_message") -> list[dict[str, Any]]:
    """What a function has logged under a word."""
    documents = [json.loads(line) for line in stage.logs.lines(function)]
    return [line for line in documents if line.get("message") == word]


def was_logged(market: Market, word: str, function: str = "inbound_message", *, counted: str = "") -> None:
    """Assert a line and a metric under this word, and nothing of what came in any line."""
    assert lines(market.stage, word, function), word
    assert market.counted(counted or word, function), word
    everything = "\n".join(market.stage.logs.lines())
    assert CANARY not in everything
    assert PHONE not in everything
    assert PSID not in everything
    assert "m_1" not in everything
    assert "wamid." not in everything


def is_problem(response: Response, status: int, *, has_body: bool = True) -> None:
    """Assert an answer as RFC 9457 wants it, that says nothing of what came."""
    assert response.status == status
    assert response.headers["content-type"] == "application/problem+json"
    if not has_body:
        return
    document = json.loads(response.body)
    assert document["status"] == status
    assert document["type"].startswith("urn:haat:problem:")
    assert document["title"]
    assert CANARY not in response.body.decode()


def nothing_was_kept(market: Market) -> None:
    """Assert that nothing came of it: no fact, no message in a queue, nobody written to."""
    market.stage.drain()
    assert market.items("MESSAGE#") + market.items("NOTE#") == []
    assert market.stage.graph.sent() == []
    assert not any(market.stage.queue_depth(queue) for queue in market.stage.deployment.queues)


def still_answers(market: Market) -> None:
    """Assert that the next good message is answered."""
    assert len(market.says(market.customer(42), "hours")) == 1


@ELSEWHERE_SLOW
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"kingfisher4711"',
        b'["kingfisher4711"]',
        b'{"object":"whatsapp_business_account","entry":[{"id":"kingfisher4711"',
        b'{"object":"whatsapp_business_account","entry":NaN}',
        b"entry=kingfisher4711",
        b"\xff\xfe\x00kingfisher4711",
        b"\x00",
        deep(5_000),
        b'{"object":' + deep(100_000) + b"}",
        b'{"a":' * 100_000 + b'"kingfisher4711"' + b"}" * 100_000,
    ],
    ids=[
        "nothing", "null", "text", "list", "broken off", "NaN", "form", "no UTF-8", "NUL", "5,000 lists",
        "100,000 lists inside", "100,000 objects",
    ],
)  # fmt: skip
def test_signed_body_that_is_no_object_is_refused(market: Market, body: bytes) -> None:
    """Malformed JSON under a good signature is a 400 with problem details; the next message is answered."""
    is_problem(post(market.stage, body, path=door(market)), 400)
    was_logged(market, "malformed")
    assert "request" in lines(market.stage, "malformed")[0]
    still_answers(market)


@EVERYWHERE
@pytest.mark.parametrize("levels", [30, 1_000, 5_000])
def test_deep_nesting_beside_a_message_costs_the_message_nothing(market: Market, levels: int) -> None:
    """What is nested deeper than anything sensible is cut off; the message in the same body is answered."""
    body = one_here(market, "hours")
    part = b'"messaging": [' if market.way.name == "messenger" else b'"messages": ['
    nested = body.replace(part, b'"depth": ' + deep(levels) + b", " + part)
    assert nested != body
    assert post(market.stage, nested, path=door(market)).status == 200
    market.stage.drain()
    assert written_to(market) in ([PHONE], [PSID])
    was_logged(market, "kept", counted="facts")


@EVERYWHERE
def test_deep_nesting_inside_a_message_leaves_its_text(market: Market) -> None:
    """A message that carries 5,000 levels of something is answered by its text, and says that something was cut."""
    body = one_here(market, "hours", extra=0).replace(b'"extra": 0', b'"extra": ' + deep(5_000))
    assert post(market.stage, body, path=door(market)).status == 200
    market.stage.drain()
    assert len(market.stage.graph.sent()) == 1
    (item,) = market.items("MESSAGE#")
    assert "truncated" in item["doc"]["S"]


@pytest.mark.slow
def test_thousand_updates_in_one_body_all_arrive(market: Market) -> None:
    """A body of a thousand: 300 messages are answered in their order, 60 ticks arrive, 640 of somebody else's are counted."""
    shops, people = (SWEET_SHOP, SAREE_SHOP, HARDWARE_SHOP), [market.customer(number) for number in range(20)]
    market.stage.graph.statuses = "held"
    for shop in shops:
        for person in people:
            person.writes(shop, "price")
    market.stage.drain()
    first, now = market.stage.graph.sent(), market.stage.clock.now()

    def message(number: int) -> tuple[str, dict[str, Any]]:
        phone = people[number % 20].phone
        return shops[number % 3], {"messages": [said("hours", by=phone, id=wamid(phone, f"m{number}", "in"), at=now)]}

    def tick(number: int) -> tuple[str, dict[str, Any]]:
        status = {"id": f"wamid.{number}", "status": "read", "timestamp": str(int(now)), "recipient_id": PHONE}
        ours = {"biz_opaque_callback_data": first[number].opaque} if number < len(first) else {}
        return first[number % len(first)].phone_number_id, {"statuses": [status | ours]}

    updates = [message(number) for number in range(300)] + [tick(number) for number in range(700)]
    changes = [json.loads(webhook(value, shop=shop))["entry"][0]["changes"][0] for shop, value in updates]
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "3", "changes": changes}]}).encode()
    assert (len(first), len(changes)) == (60, 1_000)
    market.stage.logs.clear()
    assert post(market.stage, body).status == 200
    waiting = market.stage.messages("conversation-inbound.fifo")
    assert len({entry["group"] for entry in waiting}) == len(shops) * len(people), "order holds for each customer"
    market.stage.drain()

    for shop in shops:
        for person in people:
            asked = [v["messages"][0] for s, v in updates[:300] if s == shop]
            mine = [each["id"] for each in asked if each["from"] == person.phone]
            assert [sent.quoted for sent in market.stage.graph.sent(shop, person)[1:]] == mine
    ranks = {state["pk"]["S"].partition("#")[2]: state.get("rnk", {}).get("N") for state in market.items("SEND#")}
    assert {ranks[sent.opaque or ""] for sent in first} == {"3"}
    (ignored,) = lines(market.stage, "ignored")
    assert (ignored["kind"], ignored["times"]) == ("foreign_status", 640)
    (kept,) = lines(market.stage, "kept")
    assert (kept["count"], len(kept["facts"])) == (300, 20)  # a line has its length
    was_logged(market, "kept", counted="facts")


@ELSEWHERE_SLOW
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("hours\ud800", "hours\ufffd"),
        ("\udfffhours", "\ufffdhours"),
        ("hours\x00", "hours"),
        ("ho\x00urs", "hours"),
        ("hours\uffff", "hours\ufffd"),
        ("hours\u202e\u200b", "hours\u202e\u200b"),
    ],
    ids=["high surrogate", "low surrogate", "NUL at the end", "NUL inside", "no letter", "invisible"],
)
def test_letters_that_no_store_can_hold_are_replaced(market: Market, text: str, kept: str) -> None:
    """Half letters and NUL don't stop a message: it is answered, and kept with what could be kept."""
    rina, shop = market.customer(1), market.way.sweets
    rina.writes(shop, text)
    market.stage.drain()
    assert len(market.at_home(shop, rina)) == 1
    (item,) = market.items("MESSAGE#")
    assert json.loads(item["doc"]["S"])["text"] == kept
    was_logged(market, "kept", counted="facts")


@EVERYWHERE
def test_raw_half_letters_in_the_bytes_are_read(market: Market) -> None:
    """A body that is not quite UTF-8 is signed as it is, and its message answered."""
    body = one_here(market, "hours!").replace(b"hours!", b"hours\xed\xa0\x80")
    assert post(market.stage, body, path=door(market)).status == 200
    market.stage.drain()
    assert len(market.stage.graph.sent()) == 1


@EVERYWHERE
@pytest.mark.parametrize("letter", ["a", "ক", "😀"])
def test_long_text_is_answered_and_kept_whole(market: Market, letter: str) -> None:
    """60 kB of text in any script is one message with one answer, and the merchant has all of it."""
    text = letter * (60 * KILOBYTE // len(letter.encode()))
    rina, shop = market.customer(1), market.way.sweets
    rina.writes(shop, text)
    market.stage.drain()
    assert len(market.at_home(shop, rina)) == 1
    (item,) = market.items("MESSAGE#")
    assert json.loads(item["doc"]["S"])["text"] == text
    assert not any(market.stage.queue_depth(queue) for queue in market.stage.deployment.queues)


@ELSEWHERE_SLOW
@pytest.mark.parametrize("at", ["0", "1", 0, "86400"], ids=repr)
def test_message_of_1970_is_kept_and_not_answered(market: Market, at: object) -> None:
    """A time long past is believed: its window is closed, the merchant sees the message, and nobody is written to."""
    assert post(market.stage, timed(market, at), path=door(market)).status == 200
    market.stage.drain()
    assert market.stage.graph.sent() == []
    assert len(market.items("MESSAGE#")) == 1
    was_logged(market, "too_late", "auto_reply")
    still_answers(market)


@ELSEWHERE_SLOW
@pytest.mark.parametrize(
    "at", ["4102444800", 4102444800, "99999999999999999999", 1e300, "-1", "soon", None, {}], ids=repr
)
def test_time_that_cannot_be_is_the_time_of_receipt(market: Market, at: object) -> None:
    """A time of 2100, or none at all, opens no window into the future: the message is one of now, and is answered."""
    assert post(market.stage, timed(market, at), path=door(market)).status == 200
    market.stage.drain()
    assert len(market.stage.graph.sent()) == 1
    (conversation,) = market.items("CUSTOMER#")
    assert json.loads(conversation["doc"]["S"])["last_customer_at"] == market.stage.clock.now() * 1000


@ELSEWHERE_SLOW
@pytest.mark.parametrize("name", ["other", "instagram", "kingfisher4711", None, 7, {}], ids=repr)
def test_unknown_object_is_taken_and_counted(market: Market, name: object) -> None:
    """A body for another product of Meta's is answered with 200, so that it does not come for a week, and not kept."""
    if name == "other":  # each channel's own address takes its own alone
        name = "page" if market.way.name == "whatsapp" else "whatsapp_business_account"
    body = json.loads(one_here(market, "hours")) | {"object": name}
    assert post(market.stage, json.dumps(body).encode(), path=door(market)).status == 200
    market.stage.drain()
    assert market.items("MESSAGE#") == []
    assert lines(market.stage, "ignored")[0]["kind"] == "unknown_object"
    was_logged(market, "ignored")
    still_answers(market)


def test_message_for_an_unknown_number_hinders_nobody(market: Market) -> None:
    """What comes for a number that no shop here has is counted and let go; the message beside it is answered."""
    now = market.stage.clock.now()
    stray = json.loads(one(CANARY, at=now, shop="199999999999999", serial="stray"))
    good = json.loads(one("hours", at=now))
    stray["entry"][0]["changes"] += good["entry"][0]["changes"]
    assert post(market.stage, json.dumps(stray).encode()).status == 200
    market.stage.drain()
    (sent,) = market.stage.graph.sent()
    assert sent.phone_number_id == SWEET_SHOP
    assert len(market.items("MESSAGE#")) == 1
    was_logged(market, "unknown_address", "auto_reply")


@EVERYWHERE
def test_odd_items_beside_a_message_cost_it_nothing(market: Market) -> None:
    """Items that are no objects, have no id or no sender are shown to the merchant; the good one among them is answered."""
    odd: list[object] = [7, None, CANARY, [], {}, {"id": "wamid.x"}, {"from": PHONE}, {"type": "text", "text": CANARY}]
    odd += [{"sender": {"id": PSID}}, {"message": CANARY}, {"sender": {"id": PSID}, "message": {"text": [CANARY]}}]
    document = json.loads(body_here(market, *odd, said_here(market, "hours")))
    if market.way.name == "whatsapp":
        document["entry"][0]["changes"][0]["value"] |= {"statuses": odd, "contacts": odd, "errors": CANARY}
    else:
        document["entry"][0] |= {"standby": odd, "changes": odd}
    assert post(market.stage, json.dumps(document).encode(), path=door(market)).status == 200
    market.stage.drain()
    assert written_to(market) in ([PHONE], [PSID])
    assert CANARY in str(market.items("NOTE#"))
    was_logged(market, "noted", "auto_reply")


@EVERYWHERE
@pytest.mark.parametrize("over", [0, 1])
def test_body_over_3_mb_is_refused(market: Market, over: int) -> None:
    """3 MB are taken, one byte more is a 413, before anything else is done with it."""
    body = one_here(market, "hours")
    body += b" " * (3 * MEGABYTE + over - len(body))
    market.stage.faults.clear()
    answer = post(market.stage, body, path=door(market))
    if over:
        is_problem(answer, 413)
        assert market.stage.faults.calls == []
        was_logged(market, "too_large")
        still_answers(market)
    else:
        assert answer.status == 200
        market.stage.drain()
        assert len(market.stage.graph.sent()) == 1


SIGNATURE = "x-hub-signature-256"


@ELSEWHERE_SLOW
@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: {},
        lambda good: {SIGNATURE: ""},
        lambda good: {SIGNATURE: good[:-1]},
        lambda good: {SIGNATURE: good[:-1] + ("0" if good[-1] != "0" else "1")},
        lambda good: {SIGNATURE: "sha256=" + good[7:].upper()},
        lambda good: {SIGNATURE: good.upper()},
        lambda good: {SIGNATURE: good[7:]},
        lambda good: {SIGNATURE: f"{good},{good}"},
        lambda good: {SIGNATURE: f" {good}"},
        lambda good: {SIGNATURE: good + "\n"},
        lambda good: {SIGNATURE: "sha256=" + "ক" * 64},
        lambda good: {SIGNATURE: "sha1=" + good[7:47]},
        lambda good: {"x-hub-signature": "sha1=" + good[7:47]},
        lambda good: {SIGNATURE: signatures("another secret", b"{}")["X-Hub-Signature-256"]},
    ],
    ids=[
        "none", "empty", "short", "one letter wrong", "upper-case digits", "upper case", "bare", "twice", "with a blank",
        "with a line end", "Bengali", "SHA-1", "SHA-1 header", "another secret's",
    ],
)  # fmt: skip
def test_signature_that_is_not_right_is_refused(market: Market, spoil: Callable[[str], dict[str, str]]) -> None:
    """Without the one right header nothing is read: 401, counted, and not one byte of the body in the log."""
    body = one_here(market, f"hours {CANARY}")
    good = signatures(market.stage.settings.app_secret, body)["X-Hub-Signature-256"]
    headers = {"content-type": "application/json", **spoil(good)}
    is_problem(post(market.stage, body, headers, path=door(market)), 401)
    nothing_was_kept(market)
    was_logged(market, "signature_refused")
    still_answers(market)


@EVERYWHERE
def test_signature_of_another_body_is_refused(market: Market) -> None:
    """One changed byte behind a good signature is a 401."""
    body = one_here(market, "hours")
    good = signatures(market.stage.settings.app_secret, body)
    is_problem(post(market.stage, body.replace(b"hours", b"price"), good, path=door(market)), 401)
    assert post(market.stage, body, good, path=door(market)).status == 200


def test_signature_header_may_be_written_in_any_case(market: Market) -> None:
    """The header's name is no secret: Meta and its relays write it as they like."""
    body = one("hours", at=market.stage.clock.now())
    digest = signatures(market.stage.settings.app_secret, body)["X-Hub-Signature-256"]
    event = _event(body.decode(), headers={"X-HUB-Signature-256": digest})
    assert market.stage.invoke("inbound_message", event)["statusCode"] == 200


@EVERYWHERE
@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream", "application/x-www-form-urlencoded"])
def test_body_is_read_as_text_and_as_base64(market: Market, kind: str) -> None:
    """However Lambda wraps the bytes, by content type, the same message is answered."""
    body = one_here(market, "দাম কত?")
    headers = {"content-type": kind} | signatures(market.stage.settings.app_secret, body)
    assert market.stage.http("POST", door(market), headers, body).status == 200
    market.stage.drain()
    assert "সন্দেশ" in market.stage.graph.sent()[0].text


@pytest.mark.parametrize("body", ["%%%", "ক", "aGVsbG8"])
def test_base64_that_is_none_is_refused(market: Market, body: str) -> None:
    """A body that can't be unpacked has no good signature, and is no crash."""
    digest = signatures(market.stage.settings.app_secret, body.encode())["X-Hub-Signature-256"]
    event = _event(body, headers={SIGNATURE: digest}, encoded=True)
    assert market.stage.invoke("inbound_message", event)["statusCode"] == 401
    was_logged(market, "signature_refused")


def _event(body: str, *, headers: dict[str, str], encoded: bool = False) -> dict[str, Any]:
    http = {"method": "POST", "path": WEBHOOK}
    return {
        "version": "2.0",
        "rawPath": WEBHOOK,
        "headers": headers,
        "requestContext": {"http": http, "requestId": "r-1"},
        "body": body,
        "isBase64Encoded": encoded,
    }


@EVERYWHERE
def test_handshake_with_the_right_token_gives_the_challenge_back(market: Market) -> None:
    """Meta's GET is answered with its challenge, as plain text and nothing more."""
    request = market.stage.graph.handshake("1158201444")
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    answer = market.stage.http("GET", f"{door(market)}?{query}")
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    assert market.counted("handshake")


@ELSEWHERE_SLOW
@pytest.mark.parametrize(
    "query",
    [
        "",
        "hub.mode=subscribe&hub.challenge=kingfisher4711",
        "hub.mode=subscribe&hub.challenge=kingfisher4711&hub.verify_token=",
        "hub.mode=subscribe&hub.challenge=kingfisher4711&hub.verify_token=kingfisher4711",
        "hub.mode=subscribe&hub.challenge=kingfisher4711&hub.verify_token=haat-local-verify-token,haat-local-verify-token",
        "hub.mode=subscribe&hub.verify_token=haat-local-verify-token",
        "hub.mode=unsubscribe&hub.challenge=kingfisher4711&hub.verify_token=haat-local-verify-token",
        "hub.challenge=kingfisher4711&hub.verify_token=haat-local-verify-token",
        "hub.mode=subscribe&hub.challenge=kingfisher4711&hub.verify_token=%ED%A0%80",
    ],
    ids=["nothing", "no token", "empty", "wrong", "twice", "no challenge", "other mode", "no mode", "half a letter"],
)
def test_handshake_without_the_right_token_is_refused(market: Market, query: str) -> None:
    """Whoever does not know the token learns nothing: 403, counted, the challenge is not given back."""
    is_problem(market.stage.http("GET", f"{door(market)}?{query}"), 403)
    was_logged(market, "handshake_refused")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
def test_other_method_is_refused(market: Market, method: str) -> None:
    """The webhook takes GET and POST, and says so."""
    body = one("hours", at=market.stage.clock.now())
    answer = market.stage.http(method, WEBHOOK, signatures(market.stage.settings.app_secret, body), body)
    is_problem(answer, 405, has_body=method != "HEAD")  # HTTP carries none there
    assert answer.headers["allow"] == "GET, POST"
    nothing_was_kept(market)
    was_logged(market, "method_refused")


@pytest.mark.parametrize("path", ["/", "/webhooks", "/webhooks/whatsapp/kingfisher4711", "/kingfisher4711", "//"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_path_is_not_found(market: Market, method: str, path: str) -> None:
    """A function URL takes any path: all but the webhook's are a 404, signed or not."""
    body = one("hours", at=market.stage.clock.now())
    headers = signatures(market.stage.settings.app_secret, body)
    is_problem(market.stage.function_url("inbound_message", method, path, headers, body), 404)
    nothing_was_kept(market)
    was_logged(market, "not_found")


def rotate(stage: Stage, secrets: str, *, of: str = "local") -> None:
    """Let the operator write app secrets into Parameter Store."""
    stage.client("ssm").put_parameter(
        Name=f"/haat/{of}/whatsapp/app-secrets", Value=secrets, Type="SecureString", Overwrite=True
    )


def test_both_secrets_are_good_while_one_is_rotated(market: Market) -> None:
    """With two secrets in the parameter both sign; when the old one is taken out it is refused five minutes later."""
    rotate(market.stage, "the new secret, the old secret , a third one")
    now = market.stage.clock.now()

    def status(secret: str, serial: str) -> int:
        return post(market.stage, one("hours", at=now, serial=serial), secret=secret).status

    assert status("the new secret", "1") == status("the old secret", "2") == 200
    assert status("a third one", "3") == status(LOCAL_APP_SECRET, "4") == 401
    rotate(market.stage, "the new secret")
    market.stage.run_for(301)
    assert status("the old secret", "5") == 401
    assert status("the new secret", "6") == 200
    market.stage.drain()
    assert len(market.stage.graph.sent()) == 3


def test_app_of_its_own_opens_its_own_address_alone(market: Market) -> None:
    """Where pages belong to another app than numbers, each address takes its app's secret and token, and not the other's."""
    stage, pages = market.stage, ("the pages' secret", "the pages' token")
    for name, value in zip(("app-secrets", "verify-token"), pages, strict=True):
        stage.client("ssm").put_parameter(
            Name=f"/haat/local/messenger/{name}", Value=value, Type="SecureString", Overwrite=True
        )
    apps = {WEBHOOK: (LOCAL_APP_SECRET, LOCAL_VERIFY_TOKEN), PAGE_WEBHOOK: pages}
    for path in apps:
        for app, (secret, token) in apps.items():
            query = urlencode({"hub.mode": "subscribe", "hub.challenge": "7", "hub.verify_token": token})
            answers = post(stage, b"{}", secret=secret, path=path).status, stage.http("GET", f"{path}?{query}").status
            assert answers == ((200, 200) if app == path else (401, 403)), (path, app)


@pytest.mark.parametrize("secrets", ["", " ", ",", " , "])
def test_empty_secret_opens_nothing(market: Market, secrets: str) -> None:
    """A parameter in which nothing stands lets nobody in, also not who signs with nothing."""
    if not secrets:  # Parameter Store takes no empty value, so none is there
        market.stage.client("ssm").delete_parameter(Name="/haat/local/whatsapp/app-secrets")
    else:
        rotate(market.stage, secrets)
    body = one("hours", at=market.stage.clock.now())
    assert post(market.stage, body, signatures("", body)).status in (401, 500)
    nothing_was_kept(market)


OWN = {
    "/haat/dev/whatsapp/app-secrets": "a secret of our own",
    "/haat/dev/whatsapp/verify-token": "a token of our own",
    "/haat/dev/pepper": "a pepper of our own",
}


@pytest.mark.parametrize(
    ("parameter", "published"),
    [
        ("/haat/dev/whatsapp/app-secrets", LOCAL_APP_SECRET),
        ("/haat/dev/whatsapp/app-secrets", f"a secret of our own,{LOCAL_APP_SECRET}"),
        ("/haat/dev/pepper", LOCAL_PEPPER),
        ("/haat/dev/whatsapp/verify-token", LOCAL_VERIFY_TOKEN),
        (None, ""),
    ],
    ids=["app secret", "one of two app secrets", "pepper", "verify token", "none"],
)
def test_published_secret_opens_no_real_stage(parameter: str | None, published: str) -> None:
    """Deployed as `dev`, Haat takes nothing while a secret that everyone can read is in use; with its own it answers."""
    with Stage.in_process(region="ap-southeast-3", parameters={"Stage": "dev"}) as stage:
        for name, value in (OWN | ({parameter: published} if parameter else {})).items():
            stage.client("ssm").put_parameter(Name=name, Value=value, Type="SecureString")
        seed(stage)
        secret = published if parameter and parameter.endswith("app-secrets") else OWN["/haat/dev/whatsapp/app-secrets"]
        body = one("hours", at=stage.clock.now())
        taken = post(stage, body, secret=secret.split(",")[0]).status
        query = f"hub.mode=subscribe&hub.challenge=7&hub.verify_token={LOCAL_VERIFY_TOKEN}"
        shaken = stage.http("GET", f"{WEBHOOK}?{query}").status
        stage.drain()
        at_the_post = parameter is not None and not parameter.endswith("verify-token")
        assert taken == (500 if at_the_post else 200)
        assert len(stage.graph.sent()) == (0 if at_the_post else 1)
        assert shaken == (500 if parameter and parameter.endswith("verify-token") else 403)
        assert any('"misconfigured"' in line for line in stage.logs.lines()) == (parameter is not None)
        assert not any(word in line for word in OWN.values() for line in stage.logs.lines())


DOWN = EndpointConnectionError(endpoint_url="https://aws.invalid")
SILENT = ConnectTimeoutError(endpoint_url="https://aws.invalid")


@pytest.mark.parametrize("effect", ["throttled", "down", "silent"])
@pytest.mark.parametrize("call", ["ssm.GetParameter", "sqs.SendMessageBatch"])
def test_message_survives_a_part_that_does_not_answer(market: Market, call: str, effect: str) -> None:
    """While SSM or SQS does not answer, Meta hears 500 and brings the message again: it is answered once."""
    service, _, operation = call.partition(".")
    rina = market.customer(1)
    rina.writes(SWEET_SHOP, "hours")
    rina.writes(SWEET_SHOP, "price")
    faults = market.stage.faults
    trouble = (
        faults.throttle(service, operation, function="inbound_message", times=ATTEMPTS)
        if effect == "throttled"
        else faults.fail(
            DOWN if effect == "down" else SILENT,
            service=service,
            operation=operation,
            function="inbound_message",
            times=ATTEMPTS,
        )
    )
    with trouble:
        market.stage.run_for(10)
    was_logged(market, "not_kept")
    assert "request" in lines(market.stage, "not_kept")[0]
    market.stage.run_for(3600)
    answers = sorted(market.at_home(SWEET_SHOP, rina))
    assert len(answers) == 2
    assert "Sandesh" in answers[0] + answers[1]


def test_answer_of_sqs_that_is_lost_doubles_nothing(market: Market) -> None:
    """SQS took the message and its answer was lost: Meta brings it again, and the customer has one reply."""
    rina = market.customer(1)
    rina.writes(SWEET_SHOP, "hours")
    with (
        market.stage.without_deduplication(),
        market.stage.faults.fail(SILENT, service="sqs", function="inbound_message", when="after", times=ATTEMPTS),
    ):
        market.stage.run_for(3600)
    assert len(market.at_home(SWEET_SHOP, rina)) == 1
    was_logged(market, "not_kept")
    assert len(lines(market.stage, "duplicate", "auto_reply")) == ATTEMPTS


def test_body_that_was_taken_by_half_is_taken_whole_in_the_end(market: Market) -> None:
    """Ten of 25 messages were queued when the door died: after Meta's second delivery each has one reply, in order."""
    rina, now = market.customer(1), market.stage.clock.now()
    market.stage.graph.world.chat(SWEET_SHOP, rina.key).last_written_at = now
    ids = [wamid(rina.phone, str(number), "in") for number in range(25)]
    messages = [said("hours", by=rina.phone, id=id, at=now) for id in ids]
    market.stage.graph.raw(webhook({"messages": messages}, shop=SWEET_SHOP))
    second_batch = 4  # after two secrets and the first ten
    with (
        market.stage.without_deduplication(),
        market.stage.faults.kill(function="inbound_message", call=second_batch),
    ):
        market.stage.run_for(3600)
    calls = {call.number: call.operation for call in market.stage.faults.calls if call.function == "inbound_message"}
    assert calls[second_batch] == "SendMessageBatch"
    assert [sent.quoted for sent in market.stage.graph.sent()] == ids
    assert len(lines(market.stage, "duplicate", "auto_reply")) == 10


@pytest.mark.parametrize("effect", ["throttled", "down"])
def test_status_survives_a_table_that_does_not_answer(market: Market, effect: str) -> None:
    """While DynamoDB does not answer the door, Meta hears 500 and brings the ticks again: the last one stands in the end."""
    rina = market.customer(1)
    market.stage.graph.statuses = "held"
    market.says(rina, "hours")
    market.stage.graph.release()
    faults = market.stage.faults
    trouble = (
        faults.throttle("dynamodb", function="inbound_message", times=ATTEMPTS)
        if effect == "throttled"
        else faults.fail(DOWN, service="dynamodb", function="inbound_message", times=ATTEMPTS)
    )
    with trouble:
        market.stage.run_for(3600)
    was_logged(market, "not_kept")
    (state,) = market.items("SEND#")
    assert (state["st"]["S"], state["rnk"]["N"]) == ("sent", "3")
    assert _ticks(market, rina) == ["read"]
    assert len(market.said()) == 1


def test_crowd_of_statuses_survives_a_queue_that_does_not_answer(market: Market) -> None:
    """Many ticks in one body go by a queue: while that does not answer they are brought again, and arrive."""
    rina = market.customer(1)
    market.stage.graph.statuses = "held"
    for _ in range(5):
        market.says(rina, "hours")
    outgoing = [sent.opaque for sent in market.stage.graph.sent()]
    statuses = [
        {"id": f"wamid.{id}", "status": "read", "timestamp": "1", "recipient_id": PHONE, "biz_opaque_callback_data": id}
        for id in outgoing
    ]
    market.stage.graph.raw(webhook({"statuses": statuses}, shop=SWEET_SHOP))
    with market.stage.faults.throttle("sqs", "SendMessageBatch", function="inbound_message", times=ATTEMPTS):
        market.stage.run_for(60)
    assert [state["rnk"]["N"] for state in market.items("SEND#")] == ["3"] * 5
    was_logged(market, "not_kept")


def _ticks(market: Market, customer: Customer) -> list[str]:
    return [line.tick for line in market.stage.graph.transcript(SWEET_SHOP, customer) if line.author == "haat"]

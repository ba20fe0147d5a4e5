"""What a person says, what they are called and what opens a door stand in no log, metric, queue's id, table key, setting or output."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from haat.conversation.model import Entry
from haat.conversation.store.lines import DynamoTaught
from infra.conform.powers import OnMotoOnly
from infra.local.faults import NotStruck, Refusal
from infra.local.market import SWEETS
from infra.local.seed import seed
from infra.local.simulators.customer import Customer
from infra.local.simulators.wire import signatures, wamid
from infra.local.stage import Stage
from tests.security.badge import CHECKER, EVIDENCE, Applicant, asks_for_a_badge, deaths_of_papers
from tests.security.conftest import SHOPS, Sees, emptied
from tests.security.messenger import page_refuses, talks_on_page
from tests.security.money import FOUR, MONEY, PAYER, deaths_of_money, pays
from tests.security.words import (
    APP_SECRET,
    BENGALI,
    CANARIES,
    LATIN,
    NAME,
    NEW_PHONE,
    PEPPER,
    PERSONAL,
    PHONE,
    QUESTION,
    REPLY,
    SECRETS,
    TOKEN,
    USER_ID,
    VERIFY_TOKEN,
    Search,
    base64_forms,
    found,
)
from tests.stack.conversation.conftest import HARDWARE_SHOP, SAREE_SHOP, SWEET_SHOP, Market
from tests.stack.conversation.posted import WEBHOOK, post, said, webhook

HOUR = 3600.0
KEYS = ("pk", "sk", "view_pk", "view_sk")
FUNCTIONS = {
    "inbound_message",
    "auto_reply",
    "outbox_relay",
    "outbound_message",
    "message_status",
    "merchant_notice",
    *FOUR,
    CHECKER,
}
APIS = {"merchant_api", "operator_api"}  # by which a badge is asked for
IN_KEYS = {"account", "account at a gateway"}
SAYS = f"{LATIN} {BENGALI}"


def canary(market: Market) -> Customer:
    """The customer whom nobody may recognise."""
    return market.stage.graph.customer(phone=PHONE, user_id=USER_ID, name=NAME)


def teach(market: Market) -> None:
    """Let the sweet shop answer a question with words to look for."""
    taught = DynamoTaught(market.table())
    known = taught.read(SWEETS.merchant.id)
    entry = Entry(id="canary", examples=(QUESTION,), replies={"en": REPLY, "bn": REPLY})
    taught.write(SWEETS.merchant.id, replace(known, version=known.version + 1, entries=(*known.entries, entry)))
    market.stage.run_for(61)


def talks(market: Market) -> None:
    """Everything that a customer can do, and a merchant's own answer."""
    rina, graph, now = canary(market), market.stage.graph, market.stage.clock.now()
    first = rina.writes(SWEET_SHOP, QUESTION)
    rina.writes(SWEET_SHOP, SAYS, reply_to=first)
    rina.sends_image(SWEET_SHOP, SAYS)
    rina.sends_sticker(SWEET_SHOP)
    rina.sends_unsupported(SWEET_SHOP)
    rina.taps(SWEET_SHOP, SAYS, SAYS, reply_to=first)
    rina.taps_template(SWEET_SHOP, SAYS, SAYS, reply_to=first)
    rina.reacts(SWEET_SHOP, first, "👍")
    rina.edits(SWEET_SHOP, first, SAYS)
    rina.sends(SWEET_SHOP, "location", {"location": {"latitude": 1, "longitude": 2, "name": SAYS}})
    rina.sends(SWEET_SHOP, "contacts", {"contacts": [{"name": {"formatted_name": NAME}, "phones": [{"phone": PHONE}]}]})
    rina.sends(SWEET_SHOP, "order", {"order": {"text": SAYS, "product_items": [{"product_retailer_id": SAYS}]}})
    rina.sends(SWEET_SHOP, SAYS, {SAYS: {"body": SAYS}})
    rina.sends(SWEET_SHOP, "system", {"system": {"type": SAYS, "body": SAYS}})
    rina.sends(SWEET_SHOP, "text", {"text": {"body": SAYS}, "group_id": PHONE})
    graph.echo(SWEET_SHOP, rina, SAYS)
    market.stage.drain()
    rina.revokes(SWEET_SHOP, first)
    rina.shows(number=False)
    rina.writes(HARDWARE_SHOP, SAYS)
    rina.shows(number=True, user_id=False)
    rina.writes(HARDWARE_SHOP, "hours")
    rina.shows(user_id=True)
    rina.changes_number(NEW_PHONE)
    market.stage.drain()
    news: dict[str, dict[str, Any]] = {
        "user_preferences": {"user_preferences": [{"wa_id": PHONE, "user_id": USER_ID, "detail": SAYS}]},
        "calls": {"calls": [{"id": wamid(PHONE, "call", "in"), "from": PHONE, "event": SAYS}]},
        SAYS: {"said": SAYS, "wa_id": PHONE},
        "messages": {"errors": [{"code": 1, "title": SAYS}], SAYS: SAYS, "messages": [SAYS, {"type": SAYS}]},
        "account_update": {"event": SAYS, "phone_number": PHONE},
        "history": {"history": [SAYS]},
    }
    for field, value in news.items():
        graph.raw(webhook(value, shop=SWEET_SHOP, field=field))
    statuses: list[dict[str, Any]] = [
        {"id": wamid(PHONE, "s", "out"), "status": word, "recipient_id": PHONE, "timestamp": str(int(now)), **ours}
        for word in ("read", "failed", SAYS)
        for ours in (
            {"biz_opaque_callback_data": SAYS},
            {"biz_opaque_callback_data": "01KE66PJA0S7PXG2ESPW3X9NHX", "errors": [{"code": SAYS, "title": SAYS}]},
            {"type": "payment", "payment": {"reference_id": SAYS}},
            {"type": SAYS},
        )
    ]
    graph.raw(webhook({"statuses": statuses}, shop=SWEET_SHOP))
    market.stage.run_for(HOUR)


def strangers(market: Market) -> None:
    """Bodies that are broken, unsigned or too large, and requests for what is not there, full of what must not be seen."""
    stage = market.stage
    body = webhook({"messages": [said(SAYS, by=PHONE, id=wamid(PHONE, "x", "in"), at=0)]}, shop=SWEET_SHOP)
    post(stage, body[:-7])
    post(stage, json.dumps([SAYS, PHONE]).encode())
    post(stage, b'{"object":' + body + b"[" * 20_000)
    post(stage, body + b" " * 3_200_000)
    post(stage, json.dumps({"object": SAYS, "entry": [PHONE]}).encode())
    post(stage, body.replace(SWEET_SHOP.encode(), b"199999999999999"))
    wrong = signatures(f"not {APP_SECRET}", body)
    post(stage, body, wrong | {"user-agent": f"{SAYS} {PHONE}".encode().decode("latin-1"), "cookie": f"id={USER_ID}"})
    post(stage, body, {"x-hub-signature-256": APP_SECRET, "authorization": f"Bearer {TOKEN}"})
    for method in ("GET", "POST", "PUT"):
        stage.function_url("inbound_message", method, f"/{quote(SAYS)}/{PHONE}?q={quote(SAYS)}", {}, body)
        stage.http(
            method, f"{WEBHOOK}?hub.mode=subscribe&hub.challenge={PHONE}&hub.verify_token={quote(SAYS)}", {}, body
        )
    query = f"hub.mode=subscribe&hub.challenge={PHONE}&hub.verify_token={VERIFY_TOKEN}"
    assert stage.http("GET", f"{WEBHOOK}?{query}").body == PHONE.encode()
    stage.drain()


def meta_refuses(market: Market) -> None:
    """Each kind of trouble with Graph, for a reply that must not be seen."""
    rina, faults = canary(market), market.stage.graph.faults
    kinds: list[Callable[[], object]] = [
        *(lambda code=code: faults.error(code) for code in (131000, 130429, 131056, 131057, 131052, 131026, 100, 999)),
        *(lambda code=code: faults.late(code) for code in (131000, 131026, 131047, 999)),
        lambda: faults.broken(500),
        lambda: faults.broken(200, accepted=True),
        faults.refuse,
        faults.time_out,
        lambda: faults.time_out(accepted=True),
        faults.accept_then_drop,
        faults.drop,
    ]
    for trouble in kinds:
        trouble()
        rina.writes(SWEET_SHOP, QUESTION)
        market.stage.run_for(600)
    faults.error(190, number=SAREE_SHOP)
    rina.writes(SAREE_SHOP, "hours")
    rina.writes(SAREE_SHOP, SAYS)
    market.stage.run_for(25 * HOUR)


def aws_quotes_us(market: Market) -> None:
    """AWS refuses a call and says in its error what was in it, as it does; or what we need is gone."""
    rina, stage = canary(market), market.stage
    calls = {(call.function, call.service, call.operation) for call in stage.faults.calls if call.service != "http"}
    for function, service, operation in sorted(calls):
        for code in ("ValidationException", "ThrottlingException"):
            refusal = Refusal(code=code, status=400, message=f"{SAYS} {PHONE} {TOKEN} {APP_SECRET} {PEPPER}")
            if service in ("ssm", "appconfigdata", "kms"):
                stage.runner.forget()
            rina.writes(SWEET_SHOP, QUESTION)
            rina.edits(SWEET_SHOP, rina.writes(SWEET_SHOP, SAYS), SAYS)
            with suppress(NotStruck), stage.faults.fail(
                refusal, service=service, operation=operation, function=function, times=9
            ):  # fmt: skip
                stage.run_for(300)
            if service == "ssm":  # read at a function's cold start, when it knows nobody's words
                continue
            with suppress(NotStruck), stage.faults.fail(
                ValueError(refusal.message), service=service, operation=operation, function=function
            ):  # fmt: skip
                rina.writes(SWEET_SHOP, QUESTION)
                stage.run_for(300)
    ssm = stage.client("ssm")
    for name in stage.settings.secrets:
        ssm.delete_parameter(Name=name)
    stage.runner.forget()
    rina.writes(SWEET_SHOP, SAYS)
    post(stage, webhook({}, shop=SWEET_SHOP))
    stage.drain()
    for name, value in stage.settings.secrets.items():
        ssm.put_parameter(Name=name, Value=value, Type="SecureString")
    stage.run_for(HOUR)


def deaths(market: Market) -> None:
    """Functions die before and after their calls: at every third point, the crash matrix has them all."""
    rina, stage = canary(market), market.stage
    stage.runner.forget()
    stage.faults.clear()
    stage.graph.faults.late(131000)
    rina.writes(SWEET_SHOP, QUESTION)
    stage.run_for(600)
    for point in stage.faults.points()[::3]:
        stage.runner.forget()
        stage.graph.faults.late(131000)
        rina.writes(SWEET_SHOP, QUESTION)
        with suppress(NotStruck), stage.faults.kill(function=point.function, call=point.call, when=point.when):
            stage.run_for(600)
        stage.graph.faults.clear()
    stage.runner.forget()
    rina.writes(SWEET_SHOP, SAYS)
    with stage.faults.kill(function="merchant_notice", call=1):
        stage.run_for(1200)


def poison(market: Market, witness: Sees) -> None:
    """Records that no function can take, made of good ones; rows that no queue would take."""
    stage, sqs = market.stage, market.stage.client("sqs")
    records = [record for event in witness.events for record in event.get("Records", ()) if "body" in record]
    for queue in (queue for queue in stage.deployment.queues if "dlq" not in queue):
        good: dict[str, Any] = next((json.loads(r["body"]) for r in records if r["eventSourceARN"].endswith(queue)), {})
        bad: list[Any] = [SAYS, [SAYS], {"fact": SAYS}, good | {"v": 99}, good | {"fact": SAYS}]
        for name in good:
            if name not in ("merchant", "conversation", "customer", "id", "key", "outgoing", "correlation", "last"):
                bad += [good | {name: value} for value in (SAYS, {SAYS: PHONE}, 7)]
            bad.append({key: value for key, value in good.items() if key != name} | {"text": SAYS})
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        for number, document in enumerate(bad):
            fifo = {"MessageGroupId": f"g{number}", "MessageDeduplicationId": f"d{number}"}
            text = document if isinstance(document, str) else json.dumps(document)
            sqs.send_message(QueueUrl=url, MessageBody=text, **(fifo if queue.endswith("fifo") else {}))
    for number, row in enumerate(
        (
            {"queue": "nowhere", "body": SAYS},
            {"queue": "conversation-outbound.fifo", "body": SAYS * 4_500, "group": "g", "dedupe": "d"},
            {"queue": "conversation-outbound.fifo", "body": SAYS},
            {"queue": "conversation-due", "body": SAYS},
        )
    ):
        item = {"pk": f"ROW#{number}", "sk": "ROW", **row}
        stage.client("dynamodb").put_item(
            TableName=stage.deployment.outputs["ConversationTable"],
            Item={name: {"S": value} for name, value in item.items()},
        )
    stage.run_for(6 * HOUR)


@pytest.fixture(scope="module")
def played(deployed: tuple[Stage, Sees], request: pytest.FixtureRequest) -> Iterator[Market]:
    """Return the market after a day on which everything went wrong; tests only look at it."""
    stage, witness = deployed
    with emptied(stage, witness, request.node):
        seed(stage, SHOPS)
        market = Market(stage)
        teach(market)
        talks(market)
        talks_on_page(market)
        strangers(market)
        meta_refuses(market)
        page_refuses(market)
        pays(market)
        with suppress(OnMotoOnly):  # the second judge has the rest of the day
            aws_quotes_us(market)
            deaths(market)
            deaths_of_money(market)
        asks_for_a_badge(applicant := Applicant(market))
        with suppress(OnMotoOnly):
            deaths_of_papers(applicant)
        poison(market, witness)
        yield market


def ids_of_queues(stage: Stage, witness: Sees) -> Iterator[tuple[str, str]]:
    """All that stands beside the body of every message: of those that functions got, and of those that lie there."""
    for event in witness.events:
        for record in event.get("Records", ()):
            if "body" in record:
                rest = {name: value for name, value in record.items() if name not in ("body", "md5OfBody")}
                yield record["eventSourceARN"], json.dumps(rest, ensure_ascii=False)
    for queue in stage.deployment.queues:
        for message in stage.messages(queue):
            yield queue, json.dumps({name: value for name, value in message.items() if name != "body"}, default=str)


def keys_of_tables(stage: Stage, witness: Sees) -> Iterator[tuple[str, str]]:
    """Every key of every item: of those that are there, and of those that the stream brought."""
    images: list[Mapping[str, Any]] = [item for name in stage.deployment.tables for item in stage.items(name)]
    images += [
        r["dynamodb"]["NewImage"] for event in witness.events for r in event.get("Records", ()) if "dynamodb" in r
    ]
    for image in images:
        yield "key", " ".join(image[name]["S"] for name in KEYS if name in image)


def settings_and_outputs(stage: Stage) -> Iterator[tuple[str, str]]:
    """What whoever may look at the deployment reads there."""
    for name, function in stage.functions.items():
        yield name, json.dumps(dict(function.runtime_environment))
    for stack in stage.client("cloudformation").describe_stacks()["Stacks"]:
        yield stack["StackName"], json.dumps([stack.get("Outputs"), stack.get("Parameters")])


def bodies(stage: Stage, witness: Sees) -> Iterator[str]:
    """Where what people said may stand: in the body of a message, in an item beside its key."""
    for event in witness.events:
        for record in event.get("Records", ()):
            yield record.get("body", "")
    for queue in stage.deployment.queues:
        yield from (message["body"] for message in stage.messages(queue))
    for item in stage.items("conversation"):
        yield json.dumps({name: value for name, value in item.items() if name not in KEYS}, default=str)


def test_canaries_stand_nowhere_they_must_not(played: Market, deployed: tuple[Stage, Sees]) -> None:
    """After a day of every failure no log, metric, exception, queue's id, key, setting or output holds a person's data or a secret."""
    stage, witness = deployed
    wamids = {
        f"wamid {number}": part
        for number, id in enumerate(_wamids(stage))
        for part in (id.removeprefix("wamid."), id.removeprefix("wamid.")[-24:])
    }
    looked_for = Search({**CANARIES, **MONEY, **EVIDENCE, **wamids, "any wamid": "wamid."})
    places = [("log", line) for line in stage.logs.lines()]
    places += [("exception", str(failure)) for failure in stage.failures]
    places += [*ids_of_queues(stage, witness), *keys_of_tables(stage, witness), *settings_and_outputs(stage)]
    seen = [(where, looked_for(text), text) for where, text in dict.fromkeys(places)]
    # An account's id is the secret half of the address that its bank calls: it stands in keys, and nowhere else.
    seen = [(where, names - IN_KEYS if where == "key" else names, text) for where, names, text in seen]
    shown = [f"{where}: {', '.join(sorted(names))} in {text[:400]}" for where, names, text in seen if names]
    assert not shown, "\n".join(shown)


def test_scene_has_gone_through_everything(played: Market) -> None:
    """The day was bad enough: every function ran, died, failed and raised; records were parked; every dead-letter queue has some."""
    stage = played.stage
    assert stage.faults.points()
    lines = [json.loads(line) for line in stage.logs.lines()]
    words = {line["message"] for line in lines if "message" in line}
    assert words >= {
        "kept", "ignored", "malformed", "too_large", "signature_refused", "handshake_refused", "not_found",
        "method_refused", "not_kept", "misconfigured", "matched", "listed", "noted", "renamed", "edited", "revoked", "reacted",
        "echoed", "sent", "sent_again", "refused", "unknown", "not_connected", "failed", "stopped", "rejected", "parked",
        "said_again", "broken", "not_published", "unavailable", "stop_token", "handshake",
    }  # fmt: skip
    assert {line["service"] for line in lines if line.get("level") == "ERROR" and "service" in line} == FUNCTIONS
    assert {failure.function for failure in stage.failures if failure.died} == FUNCTIONS
    assert {failure.function for failure in stage.failures if not failure.died} >= {"auto_reply", "outbox_relay"}
    assert any("stackTrace" in line for line in lines)
    assert all(stage.queue_depth(queue) for queue in stage.deployment.queues if "dlq" in queue)


def test_search_is_not_blind(played: Market, deployed: tuple[Stage, Sees]) -> None:
    """The same search finds each value where it is allowed: in bodies, in items, and the secrets in Parameter Store."""
    stage, witness = deployed
    everything = "\n".join(bodies(stage, witness))
    assert found(everything, PERSONAL) == set(PERSONAL)
    assert all(id in everything for id in list(_wamids(stage))[:3])
    assert PAYER in "\n".join(json.dumps(item, default=str) for item in stage.items("payment"))
    ssm = stage.client("ssm")
    parameters = [
        ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] for name in stage.settings.secrets
    ]
    assert found("\n".join(parameters)) == set(SECRETS) - {"access token", "page token"}
    assert stage.graph.shop(SWEET_SHOP).token == TOKEN  # so that what was accepted there was sent with it
    assert any(sent.accepted and sent.text.endswith(REPLY) for sent in stage.graph.sent(SWEET_SHOP))


def test_metrics_are_words_of_ours(played: Market) -> None:
    """Each metric has a name of small letters, one dimension, the function, and a number."""
    for line in map(json.loads, played.stage.logs.lines()):
        if "_aws" not in line:
            continue
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert (directive["Namespace"], directive["Dimensions"]) == ("Haat/local", [["service"]])
        assert line["service"] in FUNCTIONS | APIS
        names = {metric["Name"] for metric in directive["Metrics"]}
        assert all(name.isascii() and name.replace("_", "").islower() for name in names)
        assert set(line) == {"_aws", "service"} | names
        assert all(isinstance(number, int | float) for name in names for number in line[name])


def _forms(value: str) -> dict[str, str]:
    """A value in every form that must be found."""
    escaped = json.dumps(value)[1:-1]
    return {
        "plain": value,
        "upper case": value.upper(),
        "escaped": "".join(f"\\u{ord(letter):04x}" for letter in value),
        "escaped, capitals": "".join(f"\\u{ord(letter):04X}" for letter in value),
        "JSON": escaped,
        "JSON in JSON": json.dumps(escaped),
        "URL": quote(value),
        "URL, twice": quote(quote(value, safe="")),
        "hex": value.encode().hex(),
        "Base64": base64.b64encode(value.encode()).decode(),
        "Base64, one before": base64.b64encode(b"a" + value.encode() + b"z").decode(),
        "Base64, two before": base64.b64encode(b"ab" + value.encode() + b"yz").decode(),
        "Base64 for URLs": base64.urlsafe_b64encode(b"ab" + value.encode() + b"z").decode(),
        "in a wamid": wamid(value, "1", "in") if value.isdecimal() else value,
    }


@pytest.mark.parametrize("name", CANARIES)
def test_search_finds_a_value_in_any_form(name: str) -> None:
    """A value hidden in the middle of a line is found: in plain, escaped, URL-encoded, in Base64 at any alignment, in hex."""
    for word in CANARIES[name].split():
        for form, text in _forms(word).items():
            assert name in found(f'{{"level":"INFO","what":"before {text} after"}}'), form
        assert not found(f"before {word[1:-1]} after", {name: word})
        assert all(len(part) >= 8 for part in base64_forms(word))


def _wamids(stage: Stage) -> Iterator[str]:
    """All ids that Meta has given to a message so far."""
    for chat in stage.graph.world.chats.values():
        yield from chat.lines

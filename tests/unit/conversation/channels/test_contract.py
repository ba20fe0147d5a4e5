"""What every channel does alike: the same events become the same facts, and the same message is said, whoever carries it."""

import copy
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haat.conversation.channels.graph import read_answer
from haat.conversation.channels.meta import signed
from haat.conversation.ports import Accepted, Refused, Unknown
from haat.facts.conversation import (
    Contact,
    DeliveryReported,
    MessageAltered,
    MessageEchoed,
    MessageReceived,
    dump,
    load,
)
from haat.kernel.errors import Rejected
from haat.kernel.ids import CorrelationId, ProviderId, ulid_time
from haat.kernel.secret import Secret
from tests.unit.conversation.channels.kits import EARLIER, KITS, NOW, OURS, PEPPER, Kit, choices

RECORD = 256 * 1024  # bytes of a queue's message

pytestmark = pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.name)


def leaves(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document, the outer ones first."""
    yield path
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, value in inner:
        yield from leaves(value, (*path, name))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with another value there."""
    if not path:
        return value
    changed = copy.copy(document)
    changed[path[0]] = replaced(document[path[0]], path[1:], value)
    return changed


def everything(kit: Kit) -> dict[str, Any]:
    """A webhook with one of everything that customers do."""
    about = [kit.reaction("A", "👍"), kit.edit("A", "new"), kit.deletion("A")]
    body: dict[str, Any] = kit.body(
        kit.said("hours", quotes="Q"), kit.tap("Price", "entry:price"), kit.unsupported, kit.strange, *about
    )
    return body


# --- what comes ---


def test_text_has_its_words_its_writer_and_its_time(kit: Kit) -> None:
    """Every field of the fact is filled, in our words; nothing is kept twice."""
    fact = kit.one(kit.said("দাম কত?", quotes="Q"))
    assert isinstance(fact, MessageReceived)
    assert (fact.kind, fact.text, fact.choice, fact.quotes) == ("text", "দাম কত?", "", "Q")
    assert (fact.channel, fact.address, fact.correlation) == (kit.name, kit.shop, "c1")
    assert (fact.contact, fact.provider_id) == (kit.customer, "A")
    assert (fact.group, fact.standby, fact.content) == (False, False, {})
    assert (fact.occurred_at, fact.received_at, ulid_time(fact.id)) == (EARLIER, NOW, EARLIER)


def test_text_is_nfc_and_holds_nothing_that_no_store_can(kit: Kit) -> None:
    """Decomposed letters are composed, NUL goes, half a letter becomes the sign for one that can't be read."""
    assert kit.one(kit.said("cafe\u0301\0 \ud83d")).text == "café \ufffd"


def test_same_thing_twice_in_one_body_is_one_fact(kit: Kit) -> None:
    """And it is counted."""
    envelope = kit.take(kit.said("hours"), kit.said("hours"), kit.said("hours", id="A2"))
    assert (len(envelope.facts), envelope.ignored) == (2, {"repeated": 1})


def test_same_body_again_brings_the_same_keys(kit: Kit) -> None:
    """Whatever comes, it has one key and one id, however often it is delivered."""
    first, again = (kit.read(everything(kit)).facts for _ in range(2))
    assert first == again
    assert len({fact.key for fact in first}) == len(first) >= 6


def test_keys_and_ids_hold_nothing_of_the_customer(kit: Kit) -> None:
    """They stand in logs."""
    contact = kit.customer
    for fact in kit.read(everything(kit)).facts:
        written = f"{fact.key} {getattr(fact, 'id', '')}"
        assert not any(name in written for name in (contact.phone, contact.user_id) if name)


def test_tap_has_title_and_id(kit: Kit) -> None:
    """What was chosen is both words, which the customer saw, and the id that we gave."""
    fact = kit.one(kit.tap("কখন খোলা?", "entry:hours"))
    assert isinstance(fact, MessageReceived)
    assert (fact.text, fact.choice, fact.content) == ("কখন খোলা?", "entry:hours", {})
    assert fact.kind in {"button_reply", "quick_reply"}


def test_echo_names_the_customer(kit: Kit) -> None:
    """A person answered for the shop: the bot will be silent for that customer."""
    [fact] = kit.read(kit.echoes(kit.echo("Yes, we have."))).facts
    assert isinstance(fact, MessageEchoed)
    assert (fact.contact, fact.kind, fact.text) == (kit.customer, "text", "Yes, we have.")


@pytest.mark.parametrize("action", ["reacted", "edited", "revoked"])
def test_alteration_finds_its_message_and_is_another_fact(kit: Kit, action: str) -> None:
    """It names the key under which the message is kept, and is not taken for that message come again."""
    item, text = {
        "reacted": (kit.reaction("A", "👍"), "👍"),
        "edited": (kit.edit("A", "নতুন"), "নতুন"),
        "revoked": (kit.deletion("A"), ""),
    }[action]
    message, fact = kit.take(kit.said("hours"), item).facts
    assert isinstance(fact, MessageAltered)
    assert (fact.action, fact.original, fact.text, fact.contact) == (action, "A", text, kit.customer)
    assert fact.original_key == message.key != fact.key


def test_reaction_taken_back_has_no_emoji(kit: Kit) -> None:
    """And it is another fact than the reaction was."""
    given, taken = kit.take(kit.reaction("A", "👍"), kit.reaction("A", "")).facts
    assert isinstance(taken, MessageAltered)
    assert (taken.action, taken.text) == ("reacted", "")
    assert taken.key != given.key


def test_unsupported_message_is_one(kit: Kit) -> None:
    """The bot has a sentence for it."""
    fact = kit.one(kit.unsupported)
    assert (fact.kind, fact.text) == ("unsupported", "")


def test_kind_of_tomorrow_keeps_its_word_and_content(kit: Kit) -> None:
    """What nobody knows yet is kept and shown, and holds no words to answer."""
    fact = kit.one(kit.strange)
    assert isinstance(fact, MessageReceived)
    assert (fact.kind, fact.text) == ("hologram", "")
    assert '"depth": 3' in json.dumps(fact.content)


def test_new_field_is_ignored(kit: Kit) -> None:
    """Beside what we know, at any level, a field more changes no fact but its content."""
    body = everything(kit)
    for path in list(leaves(body)):
        inner: Any = body
        for step in path:
            inner = inner[step]
        if isinstance(inner, dict):
            body = replaced(body, path, {**inner, "brand_new": 1})
    before, after = kit.read(everything(kit)).facts, kit.read(body).facts
    assert [type(fact) for fact in after if fact.name != "account_news"] == [type(fact) for fact in before]
    assert [getattr(fact, "text", "") for fact in after][: len(before)] == [
        getattr(fact, "text", "") for fact in before
    ]


def test_message_of_nobody_is_kept_as_news(kit: Kit) -> None:
    """Nobody can be answered; the shop sees that something came."""
    fact = kit.one(kit.nobody)
    assert (fact.name, fact.kind[:8]) == ("account_news", "unknown_")
    assert "hours" in json.dumps(fact.content)


def test_body_of_another_object_is_counted(kit: Kit) -> None:
    """Another product of Meta's, or nothing."""
    assert kit.read({**everything(kit), "object": "instagram"}).ignored == {"unknown_object": 1}
    assert kit.read(kit.body()).ignored == {"empty": 1}


# --- what became of ours ---


def test_message_of_ours_comes_back_as_sent(kit: Kit) -> None:
    """What the channel tells of a message with our id in it is a report, and no answer of a person."""
    envelope = kit.take(kit.sent(OURS))
    [report] = envelope.statuses
    assert isinstance(report, DeliveryReported)
    assert (report.outgoing, report.status, report.address, envelope.facts) == (OURS, "sent", kit.shop, ())
    assert report.provider_id


def test_message_of_somebody_else_is_no_report(kit: Kit) -> None:
    """Only an id of ours stands for a message of ours."""
    for data in ("some data", OURS.lower(), f"{OURS}0"):
        assert kit.take(kit.sent(data)).statuses == ()


# --- what nobody promised ---


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\xfd", b"{", b"[]", b"null", b'"x"', b"NaN", b'{"object":NaN}', b"[" * 100_000]
)
def test_body_that_is_no_json_object_is_rejected(kit: Kit, body: bytes) -> None:
    """In words that hold nothing of it."""
    with pytest.raises(Rejected) as caught:
        kit.parse(body, PEPPER, NOW, CorrelationId("c1"))
    assert str(caught.value) in {"the body is no JSON that can be read", "the body is no JSON object"}


@pytest.mark.parametrize(
    "value", [None, 0, -1.5, "x", "", [], [None], {}, {"a": 1}, [[]], [{"id": []}], True, "\ud83d"]
)
def test_absurd_value_at_any_level_loses_nothing_else(kit: Kit, value: Any) -> None:
    """Another type than promised, in the place of each value in turn, ends in facts that can be queued, or in a count."""
    body = everything(kit)
    whole, where = len(kit.read(body).facts), kit.where
    for path in leaves(body):
        envelope = kit.read(replaced(body, path, value)) if path else kit.read({"object": value})
        found = (*envelope.facts, *envelope.statuses, *envelope.seen)
        assert found or envelope.ignored, path
        for fact in found:
            assert load(dump(fact)) == fact, path
        if path[: len(where)] == where and len(path) > len(where):
            assert len(found) >= whole - 1, path


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_body_with_pieces_replaced_is_facts_or_rejected(kit: Kit, data: st.DataObject) -> None:
    """Any JSON in the place of any pieces of a real body raises nothing but Rejected, and every fact survives its queue."""
    body = everything(kit)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(leaves(body))))
        body = replaced(body, path, data.draw(JSON))
    try:
        envelope = kit.read(body)
    except Rejected:
        return
    for fact in (*envelope.facts, *envelope.statuses, *envelope.seen):
        assert load(dump(fact)) == fact


def test_largest_body_makes_facts_that_fit_a_queue(kit: Kit) -> None:
    """Three megabytes of text or of content are cut, and say so."""
    for long in ("ক" * 500_000, "\x01" * 500_000):
        for item in (kit.said(long), {**kit.strange, "more": [long] * 2}):
            written = dump(kit.one(item))
            assert len(written.encode()) < RECORD
            assert "truncated" in written or "…" in written


# --- who signed it ---


def test_signature_is_over_these_bytes(kit: Kit) -> None:
    """Signed as it stands a body is taken; with one letter changed, or written anew from its JSON, it is not."""
    body = json.dumps(kit.body(kit.said("দাম কত?"))).encode()
    header = "sha256=" + hmac.new(b"a secret", body, hashlib.sha256).hexdigest()
    assert signed(body, header, [Secret("another"), Secret("a secret")])
    assert not signed(body.replace(b"0", b"1", 1), header, [Secret("a secret")])
    anew = json.dumps(json.loads(body), ensure_ascii=False).encode()
    assert not signed(anew, header, [Secret("a secret")])


# --- what we say ---


def test_answer_goes_to_the_customer_with_our_id(kit: Kit) -> None:
    """By the name that the webhook gave; our id in it is what comes back."""
    body = kit.write(quotes=ProviderId("Q"))
    assert kit.to(body) in (kit.customer.phone, kit.customer.user_id)
    assert (kit.words(body), kit.mark(body)) == ("সকাল ৯টা", OURS)
    assert '"Q"' in json.dumps(body)
    assert '"Q"' not in json.dumps(kit.write())


def test_answer_to_nobody_is_rejected(kit: Kit) -> None:
    """It is not written down."""
    with pytest.raises(Rejected):
        kit.write(contact=Contact(name="A"))


def test_choices_come_with_their_ids(kit: Kit) -> None:
    """As many as the channel shows, in order, each title cut where a letter ends."""
    three = kit.offered(kit.write(choices=choices(3)))
    assert three == [(choice.id, choice.title) for choice in choices(3)]
    many = kit.offered(kit.write(choices=choices(kit.most + 5)))
    assert [id for id, _ in many] == [choice.id for choice in choices(kit.most)]
    [(_, long)] = kit.offered(kit.write(choices=choices(1, title="দোকান কখন খোলা থাকে বলুন তো")))
    assert len(long) <= 20
    assert long.endswith("…")


# --- what the channel answers ---


def test_taken_message_has_the_channels_id(kit: Kit) -> None:
    """Accepted is 200 with an id, and nothing else."""
    body = json.dumps(kit.taken).encode()
    assert read_answer(200, body, kit.dialect) == Accepted(provider_id=ProviderId("X1"))
    assert read_answer(500, body, kit.dialect) == Unknown()


def test_refusal_is_read_by_code_and_subcode(kit: Kit) -> None:
    """Each asks for what the channel's table says, under any HTTP status."""
    for action, (code, subcode) in kit.refusals.items():
        told = {"message": "no", "code": code} | ({} if subcode is None else {"error_subcode": subcode})
        for status in (200, 400, 500):
            outcome = read_answer(status, json.dumps({"error": told}).encode(), kit.dialect)
            assert isinstance(outcome, Refused)
            assert (outcome.action, outcome.code in (code, subcode)) == (action, True)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'{"error":"x"}', b'{"error":{"code":[]}}', b"\xff"])
def test_answer_that_says_nothing_leaves_it_unknown(kit: Kit, body: bytes) -> None:
    """Neither an id nor a code: it may have been sent."""
    for status in (200, 302, 403, 502):
        assert read_answer(status, body, kit.dialect) == Unknown()

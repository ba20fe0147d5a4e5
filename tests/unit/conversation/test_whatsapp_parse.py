"""What a webhook holds, taken apart: ids, people, times, sizes, and whatever else may come."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from haat.conversation.channels.meta import Envelope
from haat.conversation.channels.whatsapp import parse
from haat.facts.conversation import (
    AccountNews,
    CustomerNoted,
    CustomerRenamed,
    DeliveryReported,
    MessageAltered,
    MessageEchoed,
    MessageReceived,
    dump,
    load,
)
from haat.kernel.errors import Rejected
from haat.kernel.ids import CorrelationId, Pepper, ulid, ulid_time
from haat.kernel.time import Instant

NOW = Instant(1_795_000_000_000)  # November 2026
PEPPER = Pepper(b"pepper of a test")
PHONE, USER, SHOP = "919000000001", "IN.1000000000000001", "100000000000001"
OURS = ulid(NOW, b"0123456789")


def take(body: bytes, received_at: Instant = NOW) -> Envelope:
    """Parse a body as it would be on arrival."""
    return parse(body, PEPPER, received_at, CorrelationId("c1"))


def change(value: Any, *, name: Any = "messages", **entry: Any) -> bytes:
    """A body with one change."""
    return json.dumps(
        {
            "object": "whatsapp_business_account",
            "entry": [{"id": "7", "changes": [{"field": name, "value": value}], **entry}],
        }
    ).encode()


def frame(**lists: Any) -> dict[str, Any]:
    """A value for the shop, with one contact."""
    contacts = [{"profile": {"name": "ক্রেতা"}, "wa_id": PHONE, "user_id": USER}]
    metadata = {"display_phone_number": "91 33 1234 5678", "phone_number_id": SHOP}
    return {"messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, **lists}


def item(**more: Any) -> dict[str, Any]:
    """A text message with fields changed; ... takes one away."""
    given = {
        "id": "wamid.A",
        "from": PHONE,
        "timestamp": "1794999990",
        "type": "text",
        "text": {"body": "দাম কত?"},
        **more,
    }
    return {name: value for name, value in given.items() if value is not ...}


def message(**more: Any) -> Any:
    """The one fact that a webhook with one message brings."""
    envelope = take(change(frame(messages=[item(**more)])))
    [fact] = envelope.facts
    return fact


def status(**more: Any) -> dict[str, Any]:
    """A status of a message of ours, with fields changed."""
    return {
        "id": "wamid.B",
        "status": "sent",
        "timestamp": "1794999990",
        "recipient_id": PHONE,
        "biz_opaque_callback_data": OURS,
    } | more


def one(value: Any, name: str) -> Any:
    """The only fact of a change."""
    [fact] = take(change(value, name=name)).facts
    return fact


# --- who, when, which ---


def test_text_in_bengali_keeps_its_letters() -> None:
    """The escapes of the wire are letters again, and every field of the fact is filled."""
    fact = message()
    assert (fact.kind, fact.text, fact.choice, fact.quotes, fact.group) == ("text", "দাম কত?", "", None, False)
    assert (fact.channel, fact.address, fact.account, fact.correlation) == ("whatsapp", SHOP, "7", "c1")
    assert (fact.contact.phone, fact.contact.user_id, fact.contact.name) == (PHONE, USER, "ক্রেতা")
    assert fact.provider_id == "wamid.A"
    assert fact.content == {}


def test_key_and_id_hold_nothing_of_the_customer() -> None:
    """Number, user id and wamid stand in neither key nor id, and the key does not depend on how the customer was named."""
    named, withheld = message(), message(**{"from": ..., "from_user_id": USER})
    assert (named.key, named.id) == (withheld.key, withheld.id)
    assert ulid_time(named.id) == named.occurred_at == 1_794_999_990_000
    assert len(named.key) == 32


def test_key_is_another_at_another_shop() -> None:
    """The same wamid at another address is another message."""
    value = frame(messages=[item()])
    value["metadata"]["phone_number_id"] = "100000000000002"
    [other] = take(change(value)).facts
    assert other.key != message().key


def test_rewrapped_message_is_the_same_fact() -> None:
    """A message that comes again in another envelope, beside another, in another order of fields, has the same key and id."""
    again = dict(reversed(item().items()))
    [_, fact] = take(change(frame(messages=[item(id="wamid.Z"), again]), time=5)).facts
    assert fact == message()


@pytest.mark.parametrize(
    ("given", "kept"),
    [("+91 90000-00001", PHONE), (919000000001, PHONE), ("PHONE_NUMBER", "PHONE_NUMBER"), ("৯১-৯", "৯১-৯")],
)
def test_number_is_kept_as_digits(given: Any, kept: str) -> None:
    """Plus, spaces and dashes go; what is no number stays an opaque name."""
    assert message(**{"from": given}).contact.phone == kept


def test_withheld_number_is_completed_from_contacts() -> None:
    """A customer who is named by user id only gets the number and name that stand beside it."""
    fact = message(**{"from": ..., "from_user_id": USER})
    assert (fact.contact.phone, fact.contact.user_id, fact.contact.name) == (PHONE, USER, "ক্রেতা")


def test_message_without_any_id_belongs_to_the_only_contact() -> None:
    """Where a message does not say who wrote it and one contact stands beside it, that one wrote it."""
    assert message(**{"from": ...}).contact.user_id == USER


def test_contact_of_somebody_else_is_not_taken() -> None:
    """The only contact lends nothing to a message from another number: two people must not become one."""
    contact = message(**{"from": "919000000002"}).contact
    assert (contact.phone, contact.user_id, contact.name) == ("919000000002", None, None)


def test_each_of_two_contacts_finds_its_message() -> None:
    """With several people in one webhook each message gets its own."""
    value = frame(messages=[item(), item(id="wamid.C", **{"from": ..., "from_user_id": "IN.2"})])
    value["contacts"].append({"wa_id": "919000000002", "user_id": "IN.2", "profile": {"username": "@two"}})
    first, second = take(change(value)).facts
    assert isinstance(first, MessageReceived)
    assert isinstance(second, MessageReceived)
    assert (first.contact.user_id, second.contact.phone, second.contact.name) == (USER, "919000000002", "@two")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("1794999990", 1_794_999_990_000),
        (1794999990, 1_794_999_990_000),
        (1794999990.5, 1_794_999_990_500),
        ("1", 1_000),
        ("4102444800", NOW),
        ("9" * 20, NOW),
        (1e300, NOW),
        ("-5", NOW),
        (-5, NOW),
        ("soon", NOW),
        ("৫", NOW),
        ("", NOW),
        (True, NOW),
        (None, NOW),
        ([], NOW),
        (..., NOW),
    ],
    ids=repr,
)
def test_time_is_the_providers_and_never_in_the_future(given: Any, kept: int) -> None:
    """Seconds as text or number; 1970 stays 1970; 2100, nonsense and nothing are the time of receipt."""
    assert message(timestamp=given).occurred_at == kept


def test_reply_to_a_message_quotes_it() -> None:
    """The quoted message is a field of its own; what else the context says stays in content."""
    fact = message(context={"from": "91", "id": "wamid.Q", "forwarded": True})
    assert (fact.quotes, fact.content) == ("wamid.Q", {"context": {"forwarded": True}})


def test_thousand_updates_in_one_body_all_arrive() -> None:
    """A body with a thousand messages of a thousand people brings a thousand facts, each with its own name."""
    value = frame(messages=[item(id=f"wamid.{n}", **{"from": f"9190000{n:05}"}) for n in range(1_000)])
    value["contacts"] = [{"wa_id": f"9190000{n:05}", "profile": {"name": f"n{n}"}} for n in range(1_000)]
    facts = take(change(value)).facts
    assert [fact.contact.name for fact in facts if isinstance(fact, MessageReceived)] == [f"n{n}" for n in range(1_000)]


def test_entries_and_changes_are_all_read() -> None:
    """Two entries with two changes each bring four facts."""
    changes = [{"field": "messages", "value": frame(messages=[item(id=f"wamid.{n}")])} for n in range(4)]
    entries = [{"id": "7", "changes": changes[:2]}, {"id": "8", "changes": changes[2:]}]
    facts = take(json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()).facts
    assert [fact.account for fact in facts] == ["7", "7", "8", "8"]


# --- kinds (the table in docs/messages.md has a test of its own) ---


def test_chosen_button_has_title_and_id() -> None:
    """What a customer chose is both words and an id."""
    reply = {"type": "button_reply", "button_reply": {"id": "hours", "title": "কখন খোলা?"}}
    fact = message(type="interactive", text=..., interactive=reply)
    assert (fact.kind, fact.text, fact.choice, fact.content) == ("button_reply", "কখন খোলা?", "hours", {})


def test_reaction_names_the_message_that_it_is_about() -> None:
    """The key of the original is the one that the original was kept under."""
    fact = message(id="wamid.R", type="reaction", text=..., reaction={"message_id": "wamid.A", "emoji": "👍"})
    assert isinstance(fact, MessageAltered)
    assert (fact.action, fact.original, fact.original_key, fact.text) == ("reacted", "wamid.A", message().key, "👍")


@pytest.mark.parametrize("taken_back", [{"message_id": "wamid.A"}, {"message_id": "wamid.A", "emoji": ""}])
def test_reaction_without_emoji_is_taken_back(taken_back: dict[str, str]) -> None:
    """A missing and an empty emoji say the same."""
    assert message(id="wamid.R", type="reaction", text=..., reaction=taken_back).text == ""


def test_edit_brings_the_new_words() -> None:
    """An edited caption is the new text, and the media stays in content."""
    inner = {"type": "image", "image": {"id": "5", "caption": "নতুন"}}
    fact = message(id="wamid.E", type="edit", text=..., edit={"original_message_id": "wamid.A", "message": inner})
    assert (fact.action, fact.original_key, fact.text, fact.content) == (
        "edited",
        message().key,
        "নতুন",
        {"image": {"id": "5"}},
    )


def test_changed_number_links_old_and_new() -> None:
    """The old name finds the customer, the new one is theirs from here on."""
    system = {"type": "user_changed_number", "wa_id": "919000000009", "user_id": "IN.9", "body": "changed"}
    fact = message(type="system", text=..., system=system)
    assert isinstance(fact, CustomerRenamed)
    assert (fact.contact.phone, fact.contact.user_id) == (PHONE, USER)
    assert (fact.now.phone, fact.now.user_id) == ("919000000009", "IN.9")


def test_changed_user_id_finds_the_old_one_in_the_words() -> None:
    """Meta writes the old user id nowhere but into the sentence; a sentence about somebody else is not believed."""
    body = "User A from IN.5 to IN.6 changed from IN.1 to IN.2"
    system = {"type": "user_changed_user_id", "user_id": "IN.2", "body": body}
    value = frame(messages=[item(type="system", system=system, **{"from": ...})])
    del value["contacts"]
    fact = one(value, "messages")
    assert isinstance(fact, CustomerRenamed)
    assert (fact.contact.user_id, fact.now.user_id) == ("IN.1", "IN.2")
    system["body"] = "changed from IN.1 to IN.3"
    assert isinstance(one(value, "messages"), CustomerNoted)


def test_user_id_update_links_old_and_new() -> None:
    """Both ids are one customer's."""
    update = {"wa_id": PHONE, "user_id": {"previous": "IN.1", "current": "IN.2"}, "timestamp": "1794999990"}
    fact = one(frame(user_id_update=[update]), "user_id_update")
    assert (fact.contact.phone, fact.contact.user_id, fact.now.user_id) == (PHONE, "IN.1", "IN.2")


def test_echo_names_the_customer_and_not_the_shop() -> None:
    """An echo is about the one who was answered, also where a sender has swapped the two ends."""
    echo = item(**{"from": "913312345678", "to": PHONE})
    fact = one(frame(message_echoes=[echo]), "smb_message_echoes")
    assert isinstance(fact, MessageEchoed)
    assert (fact.contact.phone, fact.text) == (PHONE, "দাম কত?")
    swapped = item(**{"from": PHONE, "to": "913312345678"})
    assert one(frame(message_echoes=[swapped]), "smb_message_echoes").contact.phone == PHONE


@pytest.mark.parametrize("word", ["pending", "captured", "failed"])
def test_payment_status_is_no_message_status(word: str) -> None:
    """A payment's status is a hint about a customer, even with our data in it, and no report of a message."""
    payment = {
        "reference_id": "HT-1",
        "amount": {"value": 52500, "offset": 100},
        "transaction": {"id": "t1", "status": word},
    }
    envelope = take(change(frame(statuses=[status(type="payment", status=word, payment=payment)])))
    [fact] = envelope.facts
    assert isinstance(fact, CustomerNoted)
    assert (envelope.statuses, fact.kind, fact.contact.phone) == ((), "payment", PHONE)
    assert (fact.content["status"], fact.content["payment"]) == (word, payment)


def test_payment_of_a_later_state_is_another_fact() -> None:
    """Pending, captured, and captured with a refund are three facts; the same again is not a fourth."""
    states = [status(type="payment", status="pending"), status(type="payment", status="captured")]
    refunded = status(type="payment", status="captured", payment={"transaction": {"refunds": [{"id": "r1"}]}})
    envelope = take(change(frame(statuses=[*states, refunded, states[0]])))
    assert (len(envelope.facts), envelope.ignored) == (3, {"repeated": 1})


def test_failed_status_brings_metas_code() -> None:
    """The code is a number, wherever in the list of errors it stands."""
    errors = [{"title": "odd"}, {"code": "131026"}]
    [fact] = take(change(frame(statuses=[status(status="failed", errors=errors)]))).statuses
    assert (fact.outgoing, fact.provider_id, fact.status, fact.error_code) == (OURS, "wamid.B", "failed", 131026)


@pytest.mark.parametrize("opaque", [..., "some data", OURS.lower(), OURS + "0", 5, None, {"a": 1}])
def test_status_of_somebody_elses_message_is_ignored(opaque: Any) -> None:
    """Only what carries an id of ours is about a message of ours."""
    given = {name: value for name, value in status(biz_opaque_callback_data=opaque).items() if value is not ...}
    assert take(change(frame(statuses=[given]))) == Envelope(ignored={"foreign_status": 1})


def test_statuses_of_one_message_have_keys_of_their_own() -> None:
    """Sent and delivered of one message are two reports; sent twice is one."""
    envelope = take(change(frame(statuses=[status(), status(status="delivered"), status()])))
    assert [fact.status for fact in envelope.statuses] == ["sent", "delivered"]


def test_news_of_another_time_is_another_fact() -> None:
    """An account event that says the same a week later is news again; the same delivery is not."""
    first, again, later = (take(change({"event": "X"}, name="account_update", time=at)).facts[0] for at in (5, 5, 6))
    assert first.key == again.key != later.key


def test_news_in_another_order_of_fields_is_the_same_fact() -> None:
    """Where Meta gives no id, the content stands for one, however it was written down."""
    one_way, other_way = {"event": "X", "info": {"a": 1, "b": 2}}, {"info": {"b": 2, "a": 1}, "event": "X"}
    assert one(one_way, "account_update").key == one(other_way, "account_update").key


# --- what nobody promised ---


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\xfd", b"{", b"[]", b"null", b'"x"', b"NaN", b'{"object":NaN}', b"[" * 100_000]
)
def test_body_that_is_no_json_object_is_rejected(body: bytes) -> None:
    """What is no JSON object, or too deep to read, is refused in words that hold nothing of it."""
    with pytest.raises(Rejected) as caught:
        take(body)
    assert str(caught.value) in {"the body is no JSON that can be read", "the body is no JSON object"}
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_deep_nesting_costs_only_its_own_place() -> None:
    """Five thousand levels inside a message are cut or refused; where they can be read, the message beside them arrives."""
    deep = b'{"id":"wamid.D","from":"91","type":"new","new":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001
    body = change(frame(messages=["HERE", item()])).replace(b'"HERE"', deep)
    try:
        facts = take(body).facts
    except Rejected:
        return
    assert [fact.kind for fact in facts if isinstance(fact, MessageReceived)] == ["new", "text"]
    assert '{"truncated":true}' in dump(facts[0])


@pytest.mark.parametrize("value", [None, 0, "x", [], [None], {}, {"a": 1}, [[]], [{"id": []}], True])
@pytest.mark.parametrize(
    "place", ["object", "entry", "changes", "value", "metadata", "contacts", "messages", "message", "text", "from"]
)
def test_absurd_value_at_any_level_is_no_crash(value: Any, place: str) -> None:
    """Another type than promised, at each level, ends in facts or in a count."""
    text: Any = value if place == "text" else {"body": "x"}
    one_message: Any = value if place == "message" else item(text=text, **({"from": value} if place == "from" else {}))
    inside: Any = frame(messages=value if place == "messages" else [one_message])
    if place in {"metadata", "contacts"}:
        inside[place] = value
    changes: Any = (
        value if place == "changes" else [{"field": "messages", "value": value if place == "value" else inside}]
    )
    entry: Any = value if place == "entry" else [{"id": "7", "changes": changes}]
    envelope = take(
        json.dumps({"object": value if place == "object" else "whatsapp_business_account", "entry": entry}).encode()
    )
    assert envelope.facts or envelope.ignored


def test_message_that_nothing_can_be_done_with_is_kept() -> None:
    """Without an id, a sender or an address a message is kept as news, whole, beside the good ones."""
    value = frame(messages=[item(id=...), 5, item()])
    good, odd = take(change(value)).facts
    assert isinstance(good, MessageReceived)
    assert isinstance(odd, AccountNews)
    assert (odd.kind, odd.content, odd.account) == ("unknown_messages", {"messages": [5, item(id=...)]}, "7")


def test_id_longer_than_any_id_is_none() -> None:
    """What stands in the place of an id and can be none is not stored as one."""
    assert message(id="w" * 513).kind == "unknown_messages"
    assert message(**{"from": "9" * 513, "from_user_id": USER}).contact.phone == PHONE


def test_change_without_a_field_is_read_as_messages() -> None:
    """Some relays drop the field's name."""
    [fact] = take(change(frame(messages=[item()]), name=None)).facts
    assert isinstance(fact, MessageReceived)


def test_unknown_type_keeps_its_word_and_content() -> None:
    """What Meta invents next year arrives under its own name."""
    fact = message(type="hologram", text=..., hologram={"depth": 3})
    assert (fact.kind, fact.text, fact.content) == ("hologram", "", {"hologram": {"depth": 3}})


def test_unknown_list_beside_known_ones_is_kept() -> None:
    """A list that nobody told us about does not vanish because we know its neighbours."""
    _, news = take(change(frame(messages=[item()], smells=["rose"]))).facts
    assert isinstance(news, AccountNews)
    assert (news.kind, news.content) == ("unknown_messages", {"smells": ["rose"]})


def test_lone_surrogates_and_nul_do_no_harm() -> None:
    """Half a letter becomes U+FFFD, NUL goes, in text, names and keys, and the fact survives its queue."""
    raw = change(frame(messages=[item(text={"body": "BODY"}, odd={"KEY": "BODY"})]))
    fact = take(raw.replace(b"BODY", rb"a\ud83d\u0000b").replace(b"KEY", rb"\udc00")).facts[0]
    assert isinstance(fact, MessageReceived)
    assert (fact.text, fact.content) == ("a\ufffdb", {"odd": {"\ufffd": "a\ufffdb"}})
    assert load(dump(fact)) == fact
    dump(fact).encode()


def test_sixty_kilobytes_of_text_are_kept_whole() -> None:
    """A text far beyond WhatsApp's limit is not cut, neither in Bengali nor where every letter is escaped."""
    for text in ("ক" * 20_000, '"' * 59_000):
        assert message(text={"body": text}).text == text


def test_text_beyond_any_queue_is_cut_and_says_so() -> None:
    """What no queue would take loses its end."""
    fact = message(text={"body": "ক\x01" * 200_000})
    assert fact.content == {"truncated": True}
    assert 20_000 < len(fact.text) < 60_000


@pytest.mark.parametrize(
    "filler", [{"a": "x" * 2_900_000}, {"a": ["x" * 500] * 5_000}, {f"k{n}" * 50: "x" * 900 for n in range(3_000)}]
)
def test_fact_never_outgrows_its_queue(filler: Any) -> None:
    """However large the rest of a message is, the fact is under 200 kB, says that it was cut, and keeps its text."""
    fact = message(text={"body": '"' * 59_000}, **filler)
    assert len(dump(fact).encode()) < 200_000
    assert fact.content["truncated"] is True
    assert len(fact.text) == 59_000


def test_number_without_end_is_kept_as_text() -> None:
    """Ten thousand digits, or more than any float holds, are neither an error nor an infinity."""
    fact = take(
        change(frame(messages=[item(odd="N", far="F")])).replace(b'"N"', b"9" * 10_000).replace(b'"F"', b"1e999")
    ).facts[0]
    assert isinstance(fact, MessageReceived)
    assert fact.content["far"] == "1e999"
    json.loads(dump(fact), parse_constant=pytest.fail)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NAMES = [
    *"object entry id time changes field value metadata phone_number_id display_phone_number contacts wa_id user_id".split(),
    *"profile name messages statuses errors code from timestamp type text body context interactive button_reply title".split(),
    *"reaction message_id emoji system new_wa_id customer edit message original_message_id revoke status".split(),
    *"biz_opaque_callback_data payment message_echoes to user_preferences user_id_update previous current calls".split(),
]
WORDS = st.sampled_from(
    [*NAMES, "whatsapp_business_account", "user_changed_number", "user_changed_user_id", "call", OURS, PHONE]
)
LIKE_META = st.recursive(
    JSON | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8),
    max_leaves=30,
)


def check(envelope: Envelope) -> None:
    """What holds for every envelope."""
    assert envelope.facts or envelope.statuses or envelope.ignored
    keys = [fact.key for fact in (*envelope.facts, *envelope.statuses)]
    assert len(keys) == len(set(keys))
    for fact in (*envelope.facts, *envelope.statuses):
        text = dump(fact)
        assert load(text) == fact
        assert len(text.encode()) < 200_000
        assert 0 <= fact.occurred_at <= NOW
        for one_field in fields(fact):
            assert one_field.name not in {"contact", "now"} or any(
                (getattr(fact, one_field.name).phone, getattr(fact, one_field.name).user_id)
            )
        if not isinstance(fact, AccountNews | DeliveryReported):
            assert fact.address


@settings(deadline=None)
@given(body=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
@example(body=b'{"object":"whatsapp_business_account","entry":{"a":1}}')
def test_any_bytes_are_facts_or_rejected(body: bytes) -> None:
    """There are no bytes that bring another error than Rejected."""
    with contextlib.suppress(Rejected):
        check(take(body))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(value=LIKE_META, entry=LIKE_META, name=WORDS | JSON)
def test_body_of_metas_words_in_any_shape_is_facts(value: Any, entry: Any, name: Any) -> None:
    """Meta's own words in any arrangement end in facts that go through a queue, or in a count."""
    document = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": name, "value": value}]}, entry]}
    check(take(json.dumps(document).encode()))


def mutated(data: st.DataObject, value: Any) -> Any:
    """The value with parts dropped, doubled or replaced."""
    if data.draw(st.integers(0, 15)) == 0:
        return data.draw(JSON)
    if isinstance(value, dict):
        return {name: mutated(data, inner) for name, inner in value.items() if data.draw(st.integers(0, 12))}
    if isinstance(value, list):
        return [mutated(data, inner) for inner in value for _ in range(data.draw(st.sampled_from([1, 1, 1, 1, 0, 2])))]
    return value


def bodies() -> Mapping[str, Any]:
    """Bodies to start from: some of ours, and those of others where they lie beside the checkout."""
    ours = [
        change(
            frame(
                messages=[
                    item(),
                    item(id="wamid.S", type="system", system={"type": "user_changed_number", "wa_id": "91"}),
                ]
            )
        ),
        change(
            frame(
                messages=[
                    item(
                        type="interactive", interactive={"type": "list_reply", "list_reply": {"id": "1", "title": "t"}}
                    )
                ]
            )
        ),
        change(
            frame(
                statuses=[status(), status(type="payment", payment={}), status(status="failed", errors=[{"code": 1}])]
            )
        ),
        change(frame(message_echoes=[item(to=PHONE)]), name="smb_message_echoes"),
        change(
            frame(user_id_update=[{"wa_id": PHONE, "user_id": {"previous": "a", "current": "b"}}]),
            name="user_id_update",
        ),
        change(frame(calls=[item(event="connect")]), name="calls"),
    ]
    shared = Path(__file__).parents[3].parent / "shared" / "fixtures" / "meta"
    theirs = {
        f"{path.parents[1].name}/{path.stem}": path.read_bytes() for path in shared.glob("*/whatsapp-webhooks/*.json")
    }
    return {
        name: json.loads(body) for name, body in {**{f"own {n}": body for n, body in enumerate(ours)}, **theirs}.items()
    }


BODIES = bodies()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), name=st.sampled_from(sorted(BODIES)))
def test_damaged_body_is_facts(data: st.DataObject, name: str) -> None:
    """Real bodies with parts dropped, doubled or replaced never stop the parser, and what they bring goes through a queue."""
    document = mutated(data, BODIES[name])
    body = json.dumps(document).encode()
    if isinstance(document, dict):
        check(take(body))
    else:
        with pytest.raises(Rejected):
            take(body)

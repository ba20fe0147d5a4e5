"""What lies in a queue outlives a deployment: the samples in events/facts stay readable for ever."""

import json
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

import pytest

from haat.aws.table import Put
from haat.conversation.memory import MemoryConversations, MemoryShops, MemoryTeachings
from haat.conversation.memory.counter import MemoryCounter
from haat.conversation.memory.inbox import MemoryCustomers, MemoryErasures
from haat.conversation.model import Entry, Outgoing, Taught
from haat.conversation.ports import Kept
from haat.conversation.service.answering import Answering
from haat.conversation.service.erasing import Erasing
from haat.conversation.service.learning import Learning
from haat.conversation.store.items import OUTGOING_VERSION, dump_outgoing, load_outgoing, message_item
from haat.conversation.store.lines import taught_actions
from haat.facts import notices, payments, profiles, said, verification
from haat.facts.conversation import Fact, dump, load
from haat.kernel.errors import Rejected
from haat.wiring.answering import AutoReply, take_due
from tests.invented import NOW, PEPPER, message, new, no_staff

SAMPLES = Path(__file__).parents[3] / "events/facts"
LOOK_AGAIN = ("fact", "v", "merchant", "customer", "address", "last")
DUE = {
    "look_again": LOOK_AGAIN,
    "erase_more": ("fact", "v", "merchant", "customer", "step"),
    "learn": ("fact", "v", "merchant", "version"),
}


def published(base: type[Fact] = Fact) -> Iterator[type[Fact]]:
    """Every class of fact that has a name."""
    for cls in base.__subclasses__():
        yield from ([cls] if cls.name else [])
        yield from published(cls)


NOTICES = {cls.name: cls for cls in (notices.NoticeRaised, notices.NoticeDue)}
PROFILES: dict[str, type[profiles.ProfileFact]] = {cls.name: cls for cls in get_args(profiles.ProfileFact)}
CLASSES: dict[str, type] = {cls.name: cls for cls in published()} | {"outgoing": Outgoing} | NOTICES | PROFILES
SAID: dict[str, type[said.ShopSays | said.StaffHears]] = {cls.name: cls for cls in (said.ShopSays, said.StaffHears)}
PAYMENTS: dict[str, type[payments.PaymentFact]] = {cls.name: cls for cls in get_args(payments.PaymentFact)}
VERIFICATION: dict[str, type[verification.VerificationFact]] = {
    cls.name: cls for cls in get_args(verification.VerificationFact)
}
CLASSES |= SAID | PAYMENTS | VERIFICATION
VERSIONS = {cls.name: cls.version for cls in published()} | {"outgoing": OUTGOING_VERSION} | dict.fromkeys(DUE, 1)
VERSIONS |= {name: cls.version for name, cls in (NOTICES | PROFILES).items()}
VERSIONS |= {name: cls.version for name, cls in VERIFICATION.items()}
VERSIONS |= {name: cls.version for name, cls in SAID.items()} | {name: cls.version for name, cls in PAYMENTS.items()}
FILES = sorted(path.name for path in SAMPLES.glob("*.json"))


def sample(name: str) -> dict[str, Any]:
    """What a file holds."""
    held: dict[str, Any] = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
    return held


def look_again(text: str) -> tuple[object, ...]:
    """Read a thing that is due as auto_reply does, where nobody is known."""
    conversations = MemoryConversations()
    nobody = Answering(
        conversations=conversations, shops=MemoryShops(), pepper=PEPPER, counter=MemoryCounter(), commands=no_staff
    )
    none = Erasing(erasures=MemoryErasures(conversations), customers=MemoryCustomers(conversations))
    nothing = Learning(MemoryTeachings())
    auto_reply = AutoReply(answering=nobody, erasing=lambda: none, hearing=no_staff, learning=lambda: nothing)
    done = take_due(auto_reply, text, NOW)
    return done.word, *(done.ids[name] for name in ("merchant", "fact", "step", "version") if name in done.ids)


def reader(name: str) -> Callable[[str], object]:
    """Who reads facts of this name."""
    own: dict[str, Callable[[str], object]] = {
        **dict.fromkeys(NOTICES, notices.load),
        **dict.fromkeys(PROFILES, profiles.load),
        **dict.fromkeys(SAID, said.load),
        **dict.fromkeys(PAYMENTS, payments.load),
        **dict.fromkeys(VERIFICATION, verification.load),
    }
    return {"outgoing": load_outgoing, **dict.fromkeys(DUE, look_again), **own}.get(name, load)


def written(name: str, document: dict[str, Any]) -> str:
    """The text of a document that was changed."""
    assert document["fact"] == name
    return json.dumps(document, ensure_ascii=False)


def optional_fields() -> list[tuple[str, str]]:
    """(file, field) for each field that may be missing."""
    return [
        (file, field.name)
        for file in FILES
        if (cls := CLASSES.get(file.partition(".")[0])) is not None
        for field in fields(cls)
        if not (field.default is MISSING and field.default_factory is MISSING)
    ]


def required_fields() -> list[tuple[str, str]]:
    """(file, field) for each field that may not be missing."""
    optional = set(optional_fields())
    return [
        (file, name)
        for file in FILES
        for name in sample(file)
        if (file, name) not in optional and name not in ("fact", "v")
    ]


def test_every_version_of_every_fact_has_a_sample() -> None:
    """Whoever adds a fact or a version adds what it looks like in a queue; nothing else lies there."""
    assert sorted(f"{name}.v{v}.json" for name, newest in VERSIONS.items() for v in range(1, newest + 1)) == FILES


@pytest.mark.parametrize("file", FILES)
def test_sample_says_all_that_its_fact_can_say(file: str) -> None:
    """A sample fills every field, and with something else than its default."""
    name, version, _ = file.split(".")
    held = sample(file)
    assert (held["fact"], f"v{held['v']}") == (name, version)
    names = {field.name for field in fields(CLASSES[name])} | {"fact", "v"} if name in CLASSES else set(DUE[name])
    assert set(held) == names


@pytest.mark.parametrize("file", [file for file in FILES if file.partition(".")[0] not in DUE])
def test_sample_is_read_and_written_to_the_same_meaning(file: str) -> None:
    """Reading a fact and writing it again loses nothing, in letters of any script."""
    name = file.partition(".")[0]
    text = (SAMPLES / file).read_text(encoding="utf-8")
    read = reader(name)(text)
    own: dict[type, Callable[[Any], str]] = {
        Outgoing: dump_outgoing,
        **dict.fromkeys(SAID.values(), said.dump),
        **dict.fromkeys(NOTICES.values(), notices.dump),
        **dict.fromkeys(PAYMENTS.values(), payments.dump),
        **dict.fromkeys(VERIFICATION.values(), verification.dump),
    }
    own |= dict.fromkeys(PROFILES.values(), profiles.dump)
    again = own.get(type(read), dump)(read)
    assert json.loads(again) == {**sample(file), "v": VERSIONS[name]}
    assert "\\u" not in again
    assert reader(name)(again) == read


def test_thing_that_is_due_is_what_the_store_writes() -> None:
    """The outbox row of a burst and the sample have the same shape, and the reader finds the same ids in it."""
    kept = Kept(fact=message(), before=new(), after=new(), look_again_in=1500)
    row = message_item(PEPPER, kept)
    body = json.loads(str(row["body"]))
    assert (set(body), row["queue"], row["delay"]) == (set(LOOK_AGAIN), "conversation-due", 2)
    assert look_again(str(row["body"])) == ("unknown_conversation", new().merchant, message().key)


def test_lesson_that_is_due_is_what_the_store_writes() -> None:
    """Where it is too much to be learnt at once: the row names the shop and the version that it was saved with."""
    taught = Taught(version=7, entries=(Entry(id="hours", examples=("when?",), replies={"en": "at eight"}),))
    _, wish = taught_actions(new().merchant, taught, at_once=False)
    assert isinstance(wish, Put)
    body = json.loads(str(wish.item["body"]))
    assert (set(body), wish.item["queue"]) == (set(DUE["learn"]), "conversation-due")
    assert look_again(str(wish.item["body"])) == ("learnt_before", new().merchant, 7)


@pytest.mark.parametrize("file", FILES)
def test_unknown_field_is_passed_over(file: str) -> None:
    """What a newer version added does not stop an older reader, at the top or inside of a contact."""
    name = file.partition(".")[0]
    held = sample(file)
    more = {**held, "invented_later": {"deep": [1]}}
    if "contact" in held:
        more["contact"] = {**held["contact"], "invented_later": 1}
    assert reader(name)(written(name, more)) == reader(name)(written(name, held))


@pytest.mark.parametrize(("file", "field"), optional_fields())
def test_missing_optional_field_gets_its_default(file: str, field: str) -> None:
    """What an older version did not know yet reads as nothing said; everything else stays."""
    name = file.partition(".")[0]
    held = sample(file)
    less = reader(name)(written(name, {key: value for key, value in held.items() if key != field}))
    whole = reader(name)(written(name, held))
    changed = {each.name for each in fields(CLASSES[name]) if getattr(less, each.name) != getattr(whole, each.name)}
    assert changed == {field}


@pytest.mark.parametrize(("file", "field"), required_fields())
def test_missing_required_field_is_refused_by_name(file: str, field: str) -> None:
    """A fact without what it is about is set aside, and the log says what was missing and nothing that was there."""
    name = file.partition(".")[0]
    needed = {"fact", "v", *(name for where, name in required_fields() if where == file)} - {field}
    less = {key: value for key, value in sample(file).items() if key in needed}
    with pytest.raises(Rejected) as refused:
        reader(name)(written(name, less))
    if name in CLASSES:
        assert str(refused.value) == f"{CLASSES[name].__name__} lacks {field}"
    assert "9198" not in str(refused.value)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("version", [0, 3, -1, "1", None])
def test_version_too_far_off_is_refused(file: str, version: object) -> None:
    """Nobody guesses what a much newer version meant: the record is set aside and shown."""
    name = file.partition(".")[0]
    with pytest.raises(Rejected):
        reader(name)(written(name, {**sample(file), "v": version}))


@pytest.mark.parametrize("file", FILES)
def test_version_after_ours_is_read(file: str) -> None:
    """A deployment that is taken back still reads what the newer one had queued."""
    name = file.partition(".")[0]
    assert reader(name)(written(name, {**sample(file), "v": VERSIONS[name] + 1}))


@pytest.mark.parametrize(
    "read",
    [load, load_outgoing, look_again, notices.load, profiles.load, payments.load, verification.load],
    ids=["fact", "outgoing", "due", "notice", "profile", "payment", "verification"],
)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "1",
        '"text"',
        "null",
        "{}",
        '{"fact":"nobody_knows","v":1}',
        '{"fact":7,"v":1}',
        '{"fact":[],"v":1}',
        '{"v":1}',
    ],
)
def test_what_is_no_fact_is_refused(read: Callable[[str], object], text: str) -> None:
    """A record of another kind is refused for good, so that it is set aside at once."""
    with pytest.raises(Rejected):
        read(text)

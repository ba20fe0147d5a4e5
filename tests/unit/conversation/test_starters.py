"""The templates from which shops start: what they hold, that they are ours, and what a shop that starts from one answers."""

import json
import re
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from haat.conversation.model import Entry, Language, Matcher, Shop
from haat.conversation.rules.customs import text_limit
from haat.conversation.rules.decision import Reason
from haat.conversation.rules.learning import learn, look_alikes
from haat.conversation.rules.matching import compile_book
from haat.conversation.rules.menus import SURE
from haat.conversation.rules.reply import decide
from haat.conversation.rules.starters import FORMS, LANGUAGES, TITLE_LIMIT, Starter, blanks, starter_of
from haat.conversation.rules.text import normalise, script_language, words
from haat.conversation.store.starters import TRADES, read_starter, starters
from haat.kernel.time import HOUR, later
from tests.invented import NOW, message, new, shop
from tests.unit.conversation.scores import Guessed, in_scope, left_alone, mcc, precision

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "layers/shared/haat/conversation/starters"
MESSAGES = [
    json.loads(line)
    for line in (ROOT / "tests/fixtures/auto-reply/shop/messages_dev.jsonl").read_text("utf-8").splitlines()
]
MOST_EXAMPLES: Final = 170
HOURS_TAKE: Final = 700  # characters of a week in which no day is like another
KNOWN = replace(new(), version=1, last_customer_at=later(NOW, -HOUR))


@dataclass(frozen=True, slots=True)
class Started:
    """A shop that teaches its bot what a template holds, and nothing else."""

    starter: Starter
    shop: Shop
    book: Matcher

    @classmethod
    @cache
    def of(cls, trade: str) -> "Started":
        """The shop of a trade; its bot has learnt."""
        starter = read_starter(trade)
        assert starter is not None
        entries = starter.entries
        return cls(starter, shop(entries=entries), compile_book(entries, learn(entries)))

    def entry(self, id: str) -> Entry:
        """One of its entries."""
        return next(entry for entry in self.starter.entries if entry.id == id)


def document(trade: str) -> dict[str, Any]:
    """A template as it is written."""
    read: dict[str, Any] = json.loads((FOLDER / f"{trade}.json").read_text("utf-8"))
    return read


def same(text: str) -> tuple[str, ...]:
    """What two lines have in common that are one line to a reader."""
    return tuple(words(normalise(text)))


trades = pytest.mark.parametrize("trade", TRADES)


def test_every_file_is_listed() -> None:
    """There is a file for each trade and no other, and no other name is ever looked for."""
    assert {path.name for path in FOLDER.iterdir()} == {f"{trade}.json" for trade in TRADES}
    assert [starter.trade for starter in starters()] == list(TRADES)
    assert read_starter("../starters/sweets") is None


@trades
def test_template_asks_in_every_written_form(trade: str) -> None:
    """Twelve entries with 11 to 14 examples each, at least two in each written form."""
    entries = document(trade)["entries"]
    assert len(entries) == 12
    assert sum(len(entry["examples"]) for entry in entries) <= MOST_EXAMPLES
    for entry in entries:
        forms = Counter(example["lang"] for example in entry["examples"])
        assert set(forms) == FORMS, entry["id"]
        assert min(forms.values()) >= 2, entry["id"]
        assert 11 <= forms.total() <= 14, entry["id"]


@trades
def test_example_stands_in_the_script_that_it_names(trade: str) -> None:
    """Bengali and Hindi examples are in their own letters, the others in Latin ones."""
    for entry in document(trade)["entries"]:
        for example in entry["examples"]:
            text, form = example["text"], example["lang"]
            latin = all(char.isascii() for char in text)
            assert latin is (form not in ("bn", "hi")), text
            assert latin or script_language(text, "en") == form, text


@trades
def test_replies_and_titles_stand_in_their_language(trade: str) -> None:
    """Each text is in the letters of its language; replies name nothing but the shop and its hours, and fit every channel."""
    for entry in Started.of(trade).starter.entries:
        for language in LANGUAGES:
            reply, title = entry.replies[language], entry.titles[language]
            assert script_language(reply, "en") == language, reply
            assert script_language(title, "en") == language, title
            assert set(re.findall(r"{[^}]*}", reply)) <= {"{shop}", "{hours}"}, reply
            assert len(reply) + HOURS_TAKE <= text_limit("messenger"), entry.id
        assert len({tuple(sorted(re.findall(r"{[^}]*}", reply))) for reply in entry.replies.values()}) == 1, entry.id


@trades
def test_no_example_leads_to_two_answers(trade: str) -> None:
    """What a template teaches is taken as it is: nothing is refused for standing twice."""
    entries = Started.of(trade).starter.entries
    assert compile_book(entries).clashes == ()
    examples = [same(example) for entry in entries for example in entry.examples]
    assert len(set(examples)) == len(examples)


def test_no_line_is_one_of_the_test_messages() -> None:
    """Not one example is a message by which the bot is judged, however either is typed."""
    judged = {same(each["text"]): each["text"] for each in MESSAGES}
    taken = [example for it in starters() for entry in it.entries for example in entry.examples]
    assert [example for example in taken if same(example) in judged] == []


@trades
def test_few_examples_look_like_another_entry(trade: str) -> None:
    """Left out one by one, at most one example in ten would be answered by another entry."""
    entries = Started.of(trade).starter.entries
    alike = look_alikes(entries, learn(entries))
    assert len(alike) <= sum(len(entry.examples) for entry in entries) // 10, alike


ASKED: dict[str, tuple[str, Language]] = {
    "dam koto?": ("price", "bn"),
    "দাম কত": ("price", "bn"),
    "kitna hai": ("price", "hi"),
    "कितना है": ("price", "hi"),
    "price?": ("price", "en"),
    "daam koto 🙏🙏": ("price", "bn"),
    "kobe khola?": ("hours", "bn"),
    "kab khulega": ("hours", "hi"),
    "ঠিকানা": ("location", "bn"),
    "pata batao": ("location", "hi"),
    "upi?": ("payment", "en"),
    "discount?": ("offer", "en"),
    "phone number": ("contact", "en"),
    "নমস্কার": ("greeting", "bn"),
    "नमस्ते": ("greeting", "hi"),
    "hello": ("greeting", "en"),
}


@trades
@pytest.mark.parametrize("text", ASKED)
def test_shop_that_starts_from_a_template_answers(trade: str, text: str) -> None:
    """The commonest questions get their reply in the language of the question, from a bot that is as sure as most shops want it."""
    id, language = ASKED[text]
    started = Started.of(trade)
    entry = started.entry(id)
    decision = decide(KNOWN, message(text), started.shop, started.book, open_country=True, now=NOW)
    assert decision.reason is (Reason.HANDED_OVER if entry.to_person else Reason.MATCHED)
    assert decision.said is not None
    assert decision.said.entry == id
    begins = entry.replies[language].replace("{shop}", started.shop.name).split("{")[0]
    assert begins
    assert decision.said.text.startswith(begins), decision.said.text


@trades
@pytest.mark.parametrize(
    "text",
    [
        "who won the match yesterday?",
        "কাল কি বৃষ্টি হবে",
        "ami tomake bhalobashi",
        "कौन जीता चुनाव",
        "🙏🙏",
        "ok thank you",
    ],
)
def test_chatter_gets_no_reply(trade: str, text: str) -> None:
    """What has nothing to do with the shop is answered by none of its entries."""
    match = Started.of(trade).book.match(text)
    assert match is None or match.confidence < SURE["normal"], match


def test_sweets_answer_the_test_messages_well() -> None:
    """A sweet shop that edits nothing but replies gets the scores that are asked of the shop's own, richest examples."""
    book = Started.of("sweets").book
    guessed = []
    for each in MESSAGES:
        match = book.match(each["text"])
        right = each["intent"].replace("_", "-") if each["intent"] else None
        guessed.append(Guessed(right, match.entry.id if match else None, match.confidence if match else 0.0))
    normal = SURE["normal"]
    assert in_scope(guessed) >= 0.79
    assert mcc(guessed, normal) >= 0.60
    assert precision(guessed, normal) >= 0.88
    assert left_alone(guessed, normal) >= 0.88


def _drop(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda it: it.pop(name)


SPOILT: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no entries": (_drop("entries"), "needs 'entries'"),
    "no title": (lambda it: it["entries"][3].pop("titles"), "needs 'titles'"),
    "one language": (lambda it: it["name"].pop("hi"), "missing in: hi"),
    "long title": (lambda it: it["entries"][0]["titles"].update(en="x" * (TITLE_LIMIT + 1)), "at most 20 characters"),
    "same id": (lambda it: it["entries"][1].update(id="greeting"), "one name: greeting"),
    "no id": (lambda it: it["entries"][1].update(id="order_status"), "small letters"),
    "unknown form": (lambda it: it["entries"][0]["examples"][0].update(lang="ta"), "no written form"),
    "empty example": (lambda it: it["entries"][0]["examples"][0].update(text=" "), "a text is empty"),
    "blank in one language": (lambda it: it["entries"][0]["replies"].update(en="[what]"), "same places"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_template_that_no_shop_could_start_from_is_refused(how: str) -> None:
    """What is wrong with a template is said when it is read, not to the shop that takes it."""
    spoil, told = SPOILT[how]
    spoilt = deepcopy(document("sweets"))
    spoil(spoilt)
    with pytest.raises(ValueError, match=told):
        starter_of(spoilt)


def test_template_is_read_as_it_will_be_written_later() -> None:
    """A key that is not known is ignored, and text is composed."""
    said = document("sweets") | {"since": "2027"}
    said["entries"][0]["examples"][0]["text"] = "cafe\u0301"
    assert starter_of(said).entries[0].examples[0] == "caf\u00e9"


def test_places_to_fill_in_are_found() -> None:
    """What stands in square brackets is for the shop to fill in; nothing else is."""
    assert blanks("Within [3 km] of {shop}, [₹30].\n[] [\n]") == ("[3 km]", "[₹30]")
    entry = Started.of("sweets").entry("delivery")
    assert {len(blanks(reply)) for reply in entry.replies.values()} == {4}

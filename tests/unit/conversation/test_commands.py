"""What the shop's own people may tell its bot, and what is no command."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from haat.conversation.model import Language
from haat.conversation.rules.command_words import say
from haat.conversation.rules.commands import CALLING, FORMS, Command, Kind, command_of, table, without_customer
from haat.conversation.rules.text import folded
from haat.facts.conversation import Contact, MessageReceived
from tests.invented import ANITA, message, shop

BOSS = Contact(phone="919800000031", name="Boss (invented)")
STAFFED = shop(staff={"919800000031": "bn"})
DOCS = Path(__file__).parents[3] / "docs"
EVERY_FORM = [(kind, language, form) for kind, forms in FORMS.items() for language in forms for form in forms[language]]


def written(text: str, contact: Contact = BOSS, **more: Any) -> MessageReceived:
    """A message of the shop's own people."""
    return message(text, contact=contact, **more)


def command(text: str, **more: Any) -> Command | None:
    """The command in it."""
    return command_of(written(text, **more), STAFFED)


@pytest.mark.parametrize(("kind", "language", "form"), EVERY_FORM, ids=str)
def test_every_form_is_a_command_in_its_language(kind: Kind, language: Language, form: str) -> None:
    """As it is written in the table, in capitals, with spaces, a full stop or a danda behind it."""
    both = form in FORMS[kind]["bn"] and form in FORMS[kind]["hi"]
    for text in (form, form.upper(), f"  {form.replace(' ', '  ')} ", f"{form}.", f"{form}!!", f"{form} ।"):
        found = command(text)
        assert found is not None, text
        assert (found.kind, found.names_customer) == (kind, False)
        assert found.language == ("bn" if both else language)


def test_no_form_is_two_commands() -> None:
    """Each is in one row only; where it is in two languages, whoever writes it decides."""
    kinds: dict[str, set[Kind]] = {}
    for kind, _, form in EVERY_FORM:
        kinds.setdefault(folded(form), set()).add(kind)
    assert all(len(found) == 1 for found in kinds.values())
    languages = {
        own: command_of(written("bot chalu"), shop(staff={str(BOSS.phone): own})) for own in ("en", "bn", "hi")
    }
    assert {own: found.language if found else None for own, found in languages.items()} == {
        "en": "bn",
        "bn": "bn",
        "hi": "hi",
    }


FOLDED = {folded(form).replace("'", "") for _, _, form in EVERY_FORM}


@given(st.text(max_size=60) | st.from_regex(r"(?i)bot[ -]?o[fn]{1,3}[a-z ]{0,8}", fullmatch=True))
@example("bot of")
@example("bot onn")
@example("bott off")
@example("bot off please")
@example("please bot off")
@example("is the bot off")
@example("orders today 98300 12345")
@example("orders of today")
@example("bot off" + " " * 3_000 + "please not")
@example("বট বন্ধু")
def test_no_other_text_is_a_command(text: str) -> None:
    """Nothing near to a form is taken for it: what is a command is a form, but for case, spaces and what stands at its end."""
    found = command(text)
    if found is not None and not found.names_customer:
        plain = folded("".join(char for char in text if char.isprintable() or char.isspace())).replace("'", "")
        assert plain.rstrip(" .!?,;:।॥`’") in FOLDED


@given(st.sampled_from([form for _, _, form in EVERY_FORM]), st.data())
def test_form_with_one_letter_changed_is_no_other_command(form: str, data: st.DataObject) -> None:
    """One letter more, less or another: no command, or the same one in another of its forms."""
    at = data.draw(st.integers(0, len(form) - 1))
    letter = data.draw(st.sampled_from("abnofr ক্াि"))
    meant = command(form)
    assert meant is not None
    for other in (form[:at] + form[at + 1 :], form[:at] + letter + form[at:], form[:at] + letter + form[at + 1 :]):
        found = command(other)
        assert found is None or found.kind == meant.kind or folded(other) in {"bot on", "bot off", "বট অন", "বট অফ"}


@pytest.mark.parametrize(("kind", "language", "form"), EVERY_FORM[::7], ids=str)
def test_same_words_from_another_phone_are_an_ordinary_message(kind: Kind, language: Language, form: str) -> None:
    """Of a customer, of somebody who hides their number, and at a shop of which they are not: no command."""
    assert command_of(written(form, ANITA), STAFFED) is None
    assert command_of(written(form, Contact(user_id="IN.1")), STAFFED) is None
    assert command_of(written(form), shop(staff={"919800000032": "bn"})) is None
    assert command_of(written(form), shop()) is None


def test_what_is_no_text_is_no_command() -> None:
    """A caption or a tapped button of these words commands nothing."""
    for kind in ("image", "button", "button_reply", "unknown"):
        assert command("bot off", kind=kind) is None


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("bot off 98300 12345", ("9830012345", "919830012345")),
        ("bot off +91 98300-12345", ("919830012345",)),
        ("Bot Off: 98300 12345", None),
        ("bot off (+91) 98300 12345.", ("919830012345",)),
        ("bot off 098300 12345", ("919830012345",)),
        ("bot off 00 91 98300 12345", ("919830012345",)),
        ("bot off 919830012345", ("919830012345", "91919830012345")),
        ("bot on\n98300 12345", ("9830012345", "919830012345")),
        ("bot off \u202a+91\xa098300\u201112345\u202c", ("919830012345",)),
        ("বট বন্ধ ৯৮৩০০ ১২৩৪৫", ("9830012345", "919830012345")),
        ("बॉट चालू ९८३०० १२३४५", ("9830012345", "919830012345")),
        ("bot off 123456", None),
        ("bot off 1234567890123456", None),
        ("bot off 98300 12345 and 98300 12346", None),
        ("bot off 98300 12345 98300 12346", None),
    ],
)
def test_customer_is_named_by_telephone_number(text: str, phones: tuple[str, ...] | None) -> None:
    """As people write numbers: with the country's code, without it, with a 0 in front, copied from an address book."""
    found = command(text)
    if phones is None:
        assert found is None or not found.phones
    else:
        assert found is not None
        assert (found.phones, found.order, found.names_customer) == (phones, "", True)


def test_national_number_is_read_in_the_shops_country() -> None:
    """By the codes of the countries where shops are; in another country it must be written as from abroad."""
    there = {country: shop(country=country, staff={str(BOSS.phone): "en"}) for country in (*CALLING, "BR")}
    found = {country: command_of(written("bot off 01711 123456"), at) for country, at in there.items()}
    read = {country: it.phones for country, it in found.items() if it is not None}
    assert read["BD"] == ("8801711123456",)
    assert read["IN"] == ("911711123456",)
    assert read["BR"] == ("1711123456",)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("bot off K4M-72R", "k4m-72r"),
        ("bot off k4m 72r", "k4m 72r"),
        ("bot on K4M72R", "k4m72r"),
        ("bot off KMQ-RWX", "kmq-rwx"),
        ("bot off kmq rwx", "kmq rwx"),
        ("bot off 234-567", "234-567"),
        ("বট বন্ধ K4M-72R", "k4m-72r"),
        ("bot off please", None),
        ("bot off for now", None),
        ("bot off for 2 hours", None),
        ("bot off Rina", None),
        ("bot off K4M-72", None),
        ("orders today K4M-72R", None),
    ],
)
def test_customer_is_named_by_the_number_of_an_order(text: str, order: str | None) -> None:
    """Three and three signs, as it is read aloud; a word is none."""
    found = command(text)
    assert (found.order if found else None) == order
    assert found is None or found.phones == ()


@given(
    st.sampled_from([form for kind, _, form in EVERY_FORM if kind != "orders"]),
    st.sampled_from(["98300 12345", "+91-98300-12345", "(098300) 12345", "৯৮৩০০১২৩৪৫", "K4M-72R", "k4m 72r"]),
    st.sampled_from(["{} {}", "{}\n{}.", "  {}   {} !", "{} \u202a{}\u202c"]),
)
def test_nothing_of_a_named_customer_is_kept(form: str, named: str, between: str) -> None:
    """The message lies in the conversation of whoever commanded, with the command alone; so does what it is edited to."""
    text = between.format(form, named)
    found = command(text, content={"context": {"wa_id": "919830012345"}})
    assert found is not None
    assert (found.names_customer, found.kept.content) == (True, {})
    for kept in (found.kept.text, without_customer(text), repr(found)):
        assert not any(char.isdigit() for char in kept)
        assert "k4m" not in kept.lower()
    assert without_customer(form) == form


def test_message_without_a_customer_is_kept_as_it_came() -> None:
    """Nothing has to be taken away."""
    fact = written("Bot OFF!", content={"forwarded": True})
    found = command_of(fact, STAFFED)
    assert found is not None
    assert found.kept == fact
    assert without_customer("my number is 98300 12345") == "my number is 98300 12345"


def test_documentation_shows_every_form() -> None:
    """The table in docs/staff.md is the code's own."""
    assert table() in (DOCS / "staff.md").read_text(encoding="utf-8")


def test_everything_is_said_in_three_languages() -> None:
    """Each word has a sentence in each, and what it tells people to write is a command."""
    for word in (
        "off",
        "off_already",
        "on",
        "on_already",
        "customer_off",
        "customer_on",
        "customer_on_bot_off",
        "unknown",
    ):
        for language in ("en", "bn", "hi"):
            text = say(word, language)
            assert text
            quoted = text.partition("“")[2].partition("”")[0]
            assert not quoted or ((found := command(quoted)) is not None and found.kind == "on")

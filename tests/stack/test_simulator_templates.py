"""A template as it is sent: what Meta takes into it, when it may leave, and what the person reads."""

from typing import Any

import pytest

from infra.local.simulators.graph import GraphSimulator
from tests.stack.simulated import PHONE, SAREES, SWEETS, Clock, call, code, drain, post, text

NEWS = {
    "name": "shop_news",
    "language": "en",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "News of {{ 1 }} for {{2}}: {{1}}!"}],
}


@pytest.fixture
def clock() -> Clock:
    """Return the time of the simulator."""
    return Clock()


@pytest.fixture
def sim(clock: Clock) -> GraphSimulator:
    """Return a simulator with two shops, one of which has a template."""
    made = GraphSimulator("app-secret", "verify-token", [SWEETS, SAREES], clock)
    call(made, "POST", f"{made.shop(SWEETS).waba_id}/message_templates", NEWS)
    drain(made)
    return made


def sent(*values: str) -> dict[str, Any]:
    """Return the body of a template's send."""
    parameters = [{"type": "text", "text": value} for value in values]
    content = {
        "name": "shop_news",
        "language": {"code": "en"},
        "components": [{"type": "body", "parameters": parameters}],
    }
    return text(type="template", text=None, template=content)


def test_person_reads_the_template_with_its_values(sim: GraphSimulator) -> None:
    """Each variable as often as it stands there; what was sent is seen the same way."""
    rina = sim.customer(phone=PHONE)
    assert post(sim, sent("the day", "Rina")).status == 200
    (line,) = sim.transcript(SWEETS, rina)
    assert (line.kind, line.text, line.author) == ("template", "News of the day for Rina: the day!", "haat")
    assert sim.sent()[-1].text == line.text


def test_value_may_be_words_for_something_else(sim: GraphSimulator) -> None:
    """An amount or a time brings its own words."""
    rina = sim.customer(phone=PHONE)
    amount = {"type": "currency", "currency": {"fallback_value": "₹60", "code": "INR", "amount_1000": 60_000}}
    body = sent("a", "b")
    body["template"]["components"][0]["parameters"][1] = amount | {"parameter_name": "2"}
    assert post(sim, body).status == 200
    assert sim.transcript(SWEETS, rina)[-1].text == "News of a for ₹60: a!"


@pytest.mark.parametrize("value", ["two\nlines", "a\ttab", "a\rreturn", "five     spaces"])
def test_value_with_breaks_is_refused(sim: GraphSimulator, value: str) -> None:
    """Line breaks, tabs and more than four spaces in a row: 132018, and nothing is sent; four spaces pass."""
    sim.customer(phone=PHONE)
    assert code(post(sim, sent(value, "Rina"))) == 132018
    assert not [attempt for attempt in sim.sent() if attempt.accepted]
    assert post(sim, sent("four    spaces", "Rina")).status == 200


def test_body_that_gets_too_long_is_refused(sim: GraphSimulator) -> None:
    """With its values it has at most 1024 characters, in any script: 132005."""
    sim.customer(phone=PHONE)
    around = len("News of  for : !")
    fits = "ক" * ((1024 - around - 4) // 2)
    assert post(sim, sent(fits, "Rina")).status == 200
    assert code(post(sim, sent(fits + "ক", "Rina"))) == 132005


def test_template_leaves_where_a_text_does_not(sim: GraphSimulator, clock: Clock) -> None:
    """Before somebody has written, and a day after; the window stays closed by it, and a text is refused as before."""
    rina = sim.customer(phone=PHONE)
    assert post(sim, sent("one", "Rina")).status == 200
    sim.window_refusal = "at once"
    assert code(post(sim, text("hello"))) == 131047
    rina.writes(SWEETS, "hours")
    assert post(sim, text("hello")).status == 200
    clock.now += 86_400
    assert code(post(sim, text("hello"))) == 131047
    assert post(sim, sent("two", "Rina")).status == 200
    assert code(post(sim, text("hello"))) == 131047


def test_template_of_another_account_is_not_there(sim: GraphSimulator) -> None:
    """Each account has its own: 132001."""
    sim.customer(phone=PHONE)
    assert code(post(sim, sent("a", "b"), shop=SAREES)) == 132001

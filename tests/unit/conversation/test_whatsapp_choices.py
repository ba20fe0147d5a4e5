"""Choices as WhatsApp takes them: reply buttons, lists, or words alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from haat.conversation.channels.whatsapp import request_for
from haat.facts.said import Choice
from infra.local.simulators.sends import Message, parse
from tests.invented import outgoing


def request(text: str, choices: tuple[Choice, ...], opener: str = "") -> Mapping[str, Any]:
    """The body of a send."""
    return request_for(replace(outgoing(), text=text, choices=choices, opener=opener))


TWO = (Choice(id="a", title="Order 1"), Choice(id="b", title="Order 2", description="cheaper"))


def test_choices_are_buttons() -> None:
    """Three at the most, each with its id."""
    body = request("Sandesh", TWO)
    assert body["type"] == "interactive"
    assert body["interactive"] == {
        "type": "button",
        "body": {"text": "Sandesh"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "a", "title": "Order 1"}},
                {"type": "reply", "reply": {"id": "b", "title": "Order 2"}},
            ]
        },
    }
    assert body["context"] == {"message_id": "wamid.1"}


def test_choices_with_an_opener_are_a_list() -> None:
    """One section without a title, rows with a second line where there is one."""
    body = request("What we have", TWO, "Choose")
    assert body["interactive"]["action"] == {
        "button": "Choose",
        "sections": [
            {"rows": [{"id": "a", "title": "Order 1"}, {"id": "b", "title": "Order 2", "description": "cheaper"}]}
        ],
    }


def test_text_that_leaves_no_room_for_buttons_goes_without() -> None:
    """The words matter more: nothing of them is cut for a button."""
    assert request("x" * 1_025, TWO) == {**request("x" * 1_025, ()), "biz_opaque_callback_data": outgoing().id}
    assert request("x" * 1_024, TWO)["type"] == "interactive"


@given(
    st.text(min_size=1, max_size=1_500).filter(lambda text: bool(text.strip())),
    st.lists(
        st.tuples(st.text(alphabet="কিষ্টাab👍🏽", min_size=1, max_size=40), st.text(alphabet="ক a", max_size=90)),
        max_size=12,
    ),
    st.sampled_from(["", "Choose", "বেছে নিন " * 5]),
)
def test_platform_takes_whatever_is_offered(text: str, titles: list[tuple[str, str]], opener: str) -> None:
    """However long titles and texts are, the Cloud API's limits hold."""
    choices = tuple(
        Choice(id=f"id-{number}", title=f"{number} {title}", description=more.strip())
        for number, (title, more) in enumerate(titles)
    )
    assert isinstance(parse({**request(text, choices, opener)}), Message)

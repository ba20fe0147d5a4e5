"""What the port Inbox promises of questions that the bot could not answer, in memory and in DynamoDB."""

from typing import Any

import pytest

from haat.conversation.model import Taught
from haat.conversation.ports import Kept
from haat.conversation.rules.menus import question_id
from haat.kernel.errors import Changed, NotFound
from haat.kernel.ids import MerchantId
from haat.kernel.time import HOUR, MINUTE, later
from tests.contract.conversation.houses import DynamoHouse, House
from tests.contract.conversation.people import DONE, once, whole
from tests.invented import (
    ANITA,
    CHANNEL,
    MERCHANT,
    NOW,
    OTHER_CHANNEL,
    OTHER_MERCHANT,
    altered,
    message,
    new,
    outgoing,
)


def ask(house: House, text: str = "elephants?", id: str = "wamid.q", **more: Any) -> str:
    """A question that the bot could not answer; its id in the list."""
    fact = message(text, id=id, **more)
    house.hear(fact, listed=(fact.key,))
    return house.inbox.questions(MERCHANT, None, 10)[0][0].id


def test_question_has_the_customers_words_of_now(house: House) -> None:
    """An edited question is read as it was meant; a deleted one is still on the list, without words."""
    met = house.meet(ANITA)
    ask(house)
    (question,) = house.inbox.questions(MERCHANT, None, 10)[0]
    assert (question.texts, question.conversation, question.customer) == (("elephants?",), met.id, met.customer)
    house.conversations.alter(altered("edited", "wamid.q", "tigers?", at=later(NOW, MINUTE)))
    assert house.inbox.questions(MERCHANT, None, 10)[0][0].texts == ("tigers?",)
    house.conversations.alter(altered("revoked", "wamid.q", at=later(NOW, HOUR)))
    assert house.inbox.questions(MERCHANT, None, 10)[0][0].texts == ()
    assert house.inbox.asked(met.id, None, 10)[0] == house.inbox.questions(MERCHANT, None, 10)[0]


def test_questions_of_another_merchant_are_not_seen(house: House) -> None:
    """Nobody reads, dismisses or answers the questions of the shop next door."""
    id = ask(house)
    assert house.inbox.questions(OTHER_MERCHANT, None, 10) == ([], None)
    assert house.inbox.question(OTHER_MERCHANT, id) is None
    assert not house.inbox.dismiss(OTHER_MERCHANT, id)
    with pytest.raises(NotFound):
        house.inbox.teach(OTHER_MERCHANT, id, Taught(version=1), once(), DONE)


def test_dismissed_question_is_gone(house: House) -> None:
    """It is taken off once."""
    id = ask(house)
    assert [house.inbox.dismiss(MERCHANT, id), house.inbox.dismiss(MERCHANT, id)] == [True, False]
    assert house.inbox.questions(MERCHANT, None, 10) == ([], None)


def test_lesson_is_learnt_and_the_question_gone_together(house: House) -> None:
    """What the shop taught is written and the question is off the list; the same request again changes nothing."""
    id = ask(house)
    for _ in range(2):
        assert house.inbox.teach(MERCHANT, id, Taught(version=1), once(), DONE) == DONE
    assert house.inbox.question(MERCHANT, id) is None


def test_lesson_over_a_change_is_refused_and_the_question_stays(house: House) -> None:
    """Who taught on what has changed since is told so, and can do it again."""
    first, second = ask(house), ask(house, "tigers?", "wamid.r", at=later(NOW, MINUTE))
    house.inbox.teach(MERCHANT, first, Taught(version=1), once(), DONE)
    with pytest.raises(Changed):
        house.inbox.teach(MERCHANT, second, Taught(version=1), once("two"), DONE)
    assert house.inbox.question(MERCHANT, second) is not None


def test_lesson_from_a_question_that_is_gone_is_refused(house: House) -> None:
    """Two people who teach from one question: the second is told that it is gone, and teaches nothing."""
    id = ask(house)
    house.inbox.dismiss(MERCHANT, id)
    with pytest.raises(NotFound):
        house.inbox.teach(MERCHANT, id, Taught(version=1), once(), DONE)


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_every_question_stands_on_one_page(house: House, limit: int) -> None:
    """The latest first, none left out, none twice."""
    for n in range(5):
        ask(house, f"question {n}", f"wamid.q{n}", at=later(NOW, n * MINUTE))
    found = whole(lambda after: house.inbox.questions(MERCHANT, after, limit))
    assert [question.texts[0] for question in found] == [f"question {n}" for n in reversed(range(5))]


def test_cursor_of_nobodys_making_leads_nowhere_else(dynamodb: DynamoHouse) -> None:
    """Whatever stands in a cursor, a page holds the merchant's own things."""
    dynamodb.meet(ANITA, channel=OTHER_CHANNEL, seed=b"at another")
    mine = dynamodb.meet(ANITA)
    for cursor in (f"INBOX#{OTHER_MERCHANT}", "9999", "~", "2026-01-05#"):
        found = [it.merchant for it in dynamodb.inbox.conversations(MERCHANT, cursor, 10)[0]]
        assert set(found) <= {MERCHANT}
    assert dynamodb.inbox.conversations(MerchantId("nobody"), None, 10) == ([], None)
    assert dynamodb.inbox.messages(mine.id, "~", 10)[0]


def test_question_that_is_answered_leaves_the_list_with_its_answer(house: House) -> None:
    """The customer says which they meant: what says so is kept and the question is gone, together; a repeat changes nothing."""
    there = house.meet(ANITA)
    id = ask(house)
    other = ask(house, "tigers?", id="wamid.other", at=later(NOW, MINUTE))
    there = house.conversations.find(CHANNEL, ANITA, there)
    pick = message("2", id="wamid.pick", at=later(NOW, HOUR))
    kept = Kept(fact=pick, before=there, after=there, answered=id)
    assert [house.conversations.keep(kept), house.conversations.keep(kept)] == [True, False]
    assert [question.id for question in house.inbox.questions(MERCHANT, None, 10)[0]] == [other]
    assert id == question_id(message(id="wamid.q").key, NOW)


def test_question_that_a_burst_answers_leaves_the_list_with_the_burst(house: House) -> None:
    """Where the shop waits for its customers to finish, what they say then takes the question off as well."""
    house.meet(ANITA)
    id = ask(house)
    there = house.conversations.find(CHANNEL, ANITA, new())
    house.conversations.keep_burst(there, there, outgoing(1), (), answered=id)
    assert house.inbox.questions(MERCHANT, None, 10) == ([], None)

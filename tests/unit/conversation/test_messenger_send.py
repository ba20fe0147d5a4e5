"""How an answer to a page's customer is written down and sent, and what each refusal means for it."""

import json
from typing import Any

import pytest

from haat.conversation.channels import graph as whatsapp
from haat.conversation.channels.graph import Graph
from haat.conversation.channels.messenger import ACTIONS, SUBCODES, refused, request_for
from haat.conversation.model import Channel, Outgoing
from haat.conversation.ports import Accepted, Action, Line, Refused, SendOutcome
from haat.conversation.rules.parts import picture_of
from haat.conversation.store.sends import UNREACHABLE
from haat.facts.conversation import Contact
from haat.facts.said import Bill, Choice, Template
from haat.kernel.errors import Rejected
from haat.kernel.ids import MerchantId, ProviderId
from haat.kernel.secret import Secret
from infra.local.simulators.multipart import read_form
from tests.unit.conversation.channels.kits import MESSENGER, OURS, choices
from tests.unit.conversation.test_whatsapp_money import Answers
from tests.unit.conversation.test_whatsapp_send import SECOND, TOKEN, Pool
from tests.unit.payment.seeing import of_png, read

PAGE, PERSON = "200000000000001", "7100000000000001"
LINK = "upi://pay?pa=a@b"
BILL = Bill(reference="H01", text="Please pay.", amount=25_000, name="Order 12", link=LINK)
UP = b'{"attachment_id":"1857777774821032"}'


def written(**more: Any) -> Any:
    """The body of a send."""
    return request_for(MESSENGER.outgoing(**more))


def said(answer: tuple[int, bytes], outgoing: Outgoing) -> tuple[SendOutcome, Pool]:
    """What comes of one message, and what was asked for it."""
    pool = Pool(answer)
    graph = Graph(pool=pool, base_url="http://graph", version="v25.0", timeout=SECOND)
    line = Line(channel=Channel(kind="messenger", address=PAGE, merchant=MerchantId("m")), token=Secret(TOKEN))
    return graph.say(line, outgoing), pool


def test_answer_is_metas_form_of_a_text() -> None:
    """The whole body: to the page-scoped id alone, as a response, quoting, with our id where an echo brings it back."""
    assert written(quotes=ProviderId("m_Q")) == {
        "recipient": {"id": PERSON},
        "messaging_type": "RESPONSE",
        "reply_to": {"mid": "m_Q"},
        "message": {"text": "সকাল ৯টা", "metadata": f"haat:{OURS}"},
    }


def test_message_is_said_in_one_call() -> None:
    """One POST to the page's messages, by the same client as WhatsApp's; the token stands in its header only."""
    answer = json.dumps({"recipient_id": PERSON, "message_id": "m_X"}).encode()
    outcome, pool = said((200, answer), MESSENGER.outgoing())
    assert outcome == Accepted(provider_id=ProviderId("m_X"))
    [(method, url, rest)] = pool.asked
    assert (method, url) == ("POST", f"http://graph/v25.0/{PAGE}/messages")
    assert json.loads(rest["body"]) == written()
    assert rest["headers"]["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("user_id", [None, "", PERSON, f"{PAGE}:", f"999:{PERSON}", f":{PERSON}"])
def test_id_of_another_page_is_nobody(user_id: str | None) -> None:
    """A page-scoped id means somebody else at another page, or nobody."""
    with pytest.raises(Rejected):
        written(contact=Contact(phone="919000000001", user_id=user_id))


def test_id_is_everything_behind_the_page() -> None:
    """Whatever Meta puts into it: it is not ours to read."""
    assert written(contact=Contact(user_id=f"{PAGE}:71:5"))["recipient"] == {"id": "71:5"}


def test_person_may_write_after_the_window_and_says_so() -> None:
    """With the tag that Meta has for people."""
    body = written(agent=True, by="t1")
    assert (body["messaging_type"], body["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_nothing_automatic_says_that_it_is_a_person() -> None:
    """A bot that used the tag would cost the page its permission."""
    with pytest.raises(Rejected):
        written(agent=True)
    assert "tag" not in written(by="t1")


@pytest.mark.parametrize("letter", ["a", "ক্ষ", "👨‍👩‍👧"])
def test_text_is_cut_where_a_letter_ends(letter: str) -> None:
    """At Messenger's limit, which is half of WhatsApp's; a whole conjunct or family goes, never its half."""
    assert written(text="a" * 2000)["message"]["text"] == "a" * 2000
    text = written(text=letter * 2001)["message"]["text"]
    assert len(text) <= 2000
    assert text == letter * ((len(text) - 1) // len(letter)) + "…"


def test_list_is_quick_replies() -> None:
    """Whatever was to be a list behind a button elsewhere: thirteen at most; an id over the limit would come back as another."""
    replies = written(choices=(*choices(20), Choice(id="x" * 1001, title="Long")), opener="Choose")["message"][
        "quick_replies"
    ]
    assert len(replies) == 13
    assert replies[0] == {"content_type": "text", "title": "Price 0", "payload": "entry:0"}
    assert "quick_replies" not in written(choices=(Choice(id="x" * 1001, title="Long"),))["message"]


def test_template_is_refused() -> None:
    """They are WhatsApp's."""
    with pytest.raises(Rejected):
        written(template=Template(name="n", language="en"))


def test_bill_is_said_in_words() -> None:
    """No card, no picture beside the words, one call: the text holds the link."""
    outcome, pool = said((200, b'{"message_id":"m_X"}'), MESSENGER.outgoing(bill=BILL, code=LINK))
    assert isinstance(outcome, Accepted)
    assert [json.loads(rest["body"]) for _, _, rest in pool.asked] == [written()]


def shown(*answers: tuple[int, bytes], code: str = LINK) -> tuple[SendOutcome, list[Any]]:
    """What comes of the picture of a code, and what was asked for it."""
    pool = Answers(*answers)
    graph = Graph(pool=pool, base_url="http://graph", version="v25.0", timeout=SECOND)
    line = Line(channel=Channel(kind="messenger", address=PAGE, merchant=MerchantId("m")), token=Secret(TOKEN))
    picture = picture_of(MESSENGER.outgoing(code=code))
    assert picture is not None
    return graph.say(line, picture), pool.asked


def test_picture_goes_up_and_is_sent_by_its_id_alone() -> None:
    """The form has Meta's two parts, and the message names what Meta called the picture: no words, but an id of ours."""
    outcome, [up, sent] = shown((200, UP), (200, b'{"message_id":"m_X"}'))
    assert outcome == Accepted(provider_id=ProviderId("m_X"))
    assert up[:2] == ("POST", f"http://graph/v25.0/{PAGE}/message_attachments")
    form = read_form(up[2]["headers"]["Content-Type"], up[2]["body"])
    assert form is not None
    assert json.loads(form["message"].content) == {"attachment": {"type": "image", "payload": {"is_reusable": True}}}
    assert (form["filedata"].mime_type, read(of_png(form["filedata"].content))) == ("image/png", [LINK])
    assert up[2]["headers"]["Authorization"] == f"Bearer {TOKEN}"
    body = json.loads(sent[2]["body"])
    metadata = body["message"].pop("metadata")
    assert body == {
        "recipient": {"id": PERSON},
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": "image", "payload": {"attachment_id": "1857777774821032"}}},
    }
    assert metadata not in ("", f"haat:{OURS}")


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"code": 190}, Refused(code=190, action=Action.STOP_TOKEN)),
        ({"code": 4, "error_subcode": 2018022}, Refused(code=2018022, action=Action.SLOW_NUMBER)),
        ({"code": 100, "error_subcode": 2018047}, Refused(code=100, action=Action.RETRY_ONCE)),
        ({"code": 2}, Refused(code=2, action=Action.RETRY_ONCE)),
    ],
)
def test_refused_upload_is_read_by_the_pages_table(told: Any, outcome: Refused) -> None:
    """What would refuse the words too is treated as at them; the picture's own trouble is tried once more."""
    assert shown((400, json.dumps({"error": told}).encode()))[0] == outcome


@pytest.mark.parametrize("answer", [(200, b'{"id":"1"}'), (502, b"<html>"), (200, b"")])
def test_upload_without_an_id_sent_nothing(answer: tuple[int, bytes]) -> None:
    """No message was made of it, so nothing is unknown."""
    outcome, asked = shown(answer)
    assert (outcome, len(asked)) == (Refused(code=131053, action=Action.RETRY_ONCE), 1)


def test_code_that_no_picture_holds_is_given_up_without_a_call() -> None:
    """Its words are another message."""
    outcome, asked = shown((200, UP), code="x" * 5000)
    assert isinstance(outcome, Refused)
    assert (outcome.action, asked) == (Action.GIVE_UP, [])


@pytest.mark.parametrize(
    ("code", "subcode", "outcome"),
    [
        (10, 2018278, Refused(code=2018278, action=Action.GIVE_UP)),
        (10, 2018065, Refused(code=2018065, action=Action.GIVE_UP)),
        (10, 2018300, Refused(code=2018300, action=Action.GIVE_UP)),
        (10, None, Refused(code=10, action=Action.STOP_TOKEN)),
        (10, 5, Refused(code=10, action=Action.STOP_TOKEN)),
        (200, None, Refused(code=200, action=Action.STOP_TOKEN)),
        (200, 1545041, Refused(code=1545041, action=Action.UNDELIVERABLE)),
        (200, 2018108, Refused(code=2018108, action=Action.UNDELIVERABLE)),
        (551, None, Refused(code=551, action=Action.UNDELIVERABLE)),
        (100, 2018001, Refused(code=2018001, action=Action.UNDELIVERABLE)),
        (100, None, Refused(code=100, action=Action.PLAINER)),
        (613, None, Refused(code=613, action=Action.SLOW_NUMBER)),
        (4, 2018022, Refused(code=2018022, action=Action.SLOW_NUMBER)),
        (4, None, Refused(code=4, action=Action.SLOW_NUMBER)),
        (32, None, Refused(code=32, action=Action.SLOW_NUMBER)),
        (190, 463, Refused(code=190, action=Action.STOP_TOKEN)),
        (368, None, Refused(code=368, action=Action.STOP_POLICY)),
        (1200, None, Refused(code=1200, action=Action.RETRY)),
        (2, None, Refused(code=2, action=Action.RETRY)),
        (131047, None, Refused(code=131047, action=Action.RETRY)),
        (-1, None, Refused(code=-1, action=Action.RETRY)),
    ],
)
def test_refusal_is_read_by_the_pages_table(code: int, subcode: int | None, outcome: Refused) -> None:
    """By the subcode where that says more, else by the code; WhatsApp's codes mean nothing here. One customer never stops a page."""
    told = {"code": code} if subcode is None else {"code": code, "error_subcode": subcode}
    assert said((400, json.dumps({"error": told}).encode()), MESSENGER.outgoing())[0] == outcome


def test_tables_name_each_code_once() -> None:
    """A code that is a subcode elsewhere would be read as that."""
    assert not set(ACTIONS) & set(SUBCODES)


def test_who_cant_be_reached_is_counted_whatever_the_code() -> None:
    """The store counts for a customer what the tables of both channels call so."""
    said = [*whatsapp.ACTIONS.items(), *ACTIONS.items(), *SUBCODES.items()]
    assert {code for code, action in said if action is Action.UNDELIVERABLE} == UNREACHABLE


@pytest.mark.parametrize(("code", "action"), [(10, Action.GIVE_UP), (200, Action.GIVE_UP), (190, Action.STOP_TOKEN)])
def test_page_without_human_agent_loses_one_message_and_not_its_line(code: int, action: Action) -> None:
    """The permission is for late messages only: where it is missing the bot goes on answering. A dead token stops all."""
    late = MESSENGER.outgoing(agent=True, by="t1")
    assert said((400, json.dumps({"error": {"code": code}}).encode()), late)[0] == Refused(code=code, action=action)
    assert refused(code, None).action is Action.STOP_TOKEN


def test_token_that_fits_no_header_stops_the_page_like_a_bad_one() -> None:
    """One client: what never leaves us is judged as on WhatsApp."""
    graph = Graph(pool=Pool((200, b"")), base_url="http://graph", version="v25.0", timeout=SECOND)
    line = Line(channel=Channel(kind="messenger", address=PAGE, merchant=MerchantId("m")), token=Secret("two words"))
    assert graph.say(line, MESSENGER.outgoing()) == Refused(code=190, action=Action.STOP_TOKEN)

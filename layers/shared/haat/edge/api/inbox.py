"""Routes: customers' messages, as the shop's people read and answer them."""

from collections.abc import Callable
from dataclasses import dataclass

from haat.conversation.rules.inbox import conversation_shown
from haat.conversation.service.inbox import InboxOfShop
from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.kernel.ids import ConversationId, MessageId
from haat.kernel.once import Answer

LIMIT = 25


@dataclass(frozen=True, slots=True)
class InboxRoutes:
    """The inbox. Made when it is first asked for: other routes of the function need none of it."""

    _inbox: Callable[[], InboxOfShop]

    def list_conversations(self, call: Call) -> Answer:
        """The latest first."""
        found, next = self._inbox().conversations(call.merchant, *_place(call), call.now)
        return page(found, cursor(next))

    def get_conversation(self, call: Call) -> Answer:
        """One of them."""
        found = self._inbox().conversation(call.merchant, _conversation(call))
        return Answer(status=200, body=conversation_shown(found, call.now))

    def list_messages(self, call: Call) -> Answer:
        """What was said, the latest first."""
        found, next = self._inbox().messages(call.merchant, _conversation(call), *_place(call), call.now)
        return page(found, cursor(next))

    def send_message(self, call: Call) -> Answer:
        """A person answers."""
        assert call.caller is not None, "the document says who may"
        id, text = MessageId(call.draw()), call.body["text"]
        return self._inbox().say(call.merchant, _conversation(call), text, id, call.caller.token, call.marker)

    def take_over(self, call: Call) -> Answer:
        """The bot is silent."""
        return self._inbox().take_over(call.merchant, _conversation(call), call.body.get("minutes"), call.marker)

    def release(self, call: Call) -> Answer:
        """The bot answers again."""
        return self._inbox().release(call.merchant, _conversation(call), call.marker)

    def list_unanswered(self, call: Call) -> Answer:
        """What the bot could not answer."""
        found, next = self._inbox().questions(call.merchant, *_place(call))
        return page(found, cursor(next))

    def teach_unanswered(self, call: Call) -> Answer:
        """It can from now on."""
        return self._inbox().teach(call.merchant, call.path["question_id"], call.body, call.draw().lower(), call.marker)

    def dismiss_unanswered(self, call: Call) -> Answer:
        """It need not."""
        self._inbox().dismiss(call.merchant, call.path["question_id"])
        return Answer(status=204)


def _conversation(call: Call) -> ConversationId:
    return ConversationId(call.path["conversation_id"])


def _place(call: Call) -> tuple[str | None, int]:
    return from_cursor(call.query.get("cursor")), call.query.get("limit", LIMIT)

"""Routes: what the bot was taught."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from haat.conversation.rules.starters import Starter
from haat.conversation.rules.teaching import bot_shown, entry_shown, find
from haat.conversation.service.teaching import Teaching
from haat.edge.api.call import Call, etag, page
from haat.kernel.errors import NotFound
from haat.kernel.once import Answer


@dataclass(frozen=True, slots=True)
class ReplyRoutes:
    """Questions, answers, and what the bot says by itself."""

    _teaching: Teaching
    _starter: Callable[[str], Starter | None]
    _starters: Callable[[], Iterable[Starter]]

    def list_replies(self, call: Call) -> Answer:
        """All of them: there are at most 600 examples."""
        taught = self._teaching.taught(call.merchant)
        listed = page([entry_shown(entry) for entry in taught.entries], None)
        return Answer(status=200, body=listed.body, headers={"etag": etag(taught.version)})

    def create_reply(self, call: Call) -> Answer:
        """One more."""
        return self._teaching.add(call.merchant, call.draw(), call.body, call.marker)

    def get_reply(self, call: Call) -> Answer:
        """One of them."""
        taught = self._teaching.taught(call.merchant)
        entry = find(taught, call.path["entry"])
        return Answer(status=200, body=entry_shown(entry), headers={"etag": etag(taught.version)})

    def put_reply(self, call: Call) -> Answer:
        """One of them, replaced."""
        taught, entry = self._teaching.change(call.merchant, call.version, call.path["entry"], call.body)
        return Answer(status=200, body=entry_shown(entry), headers={"etag": etag(taught.version)})

    def delete_reply(self, call: Call) -> Answer:
        """One of them, forgotten."""
        self._teaching.remove(call.merchant, call.version, call.path["entry"])
        return Answer(status=204)

    def try_reply(self, call: Call) -> Answer:
        """What would be said."""
        channel = call.body.get("channel", "whatsapp")
        return Answer(status=200, body=self._teaching.attempt(call.merchant, call.body["text"], channel, call.now))

    def check_replies(self, call: Call) -> Answer:
        """What its people should look at."""
        return Answer(status=200, body=self._teaching.check(call.merchant))

    def start_from_template(self, call: Call) -> Answer:
        """Those entries of a template that are not there yet."""
        return self._teaching.start(call.merchant, call.body["template"], call.marker)

    def list_reply_templates(self, _: Call) -> Answer:
        """All of them, in brief."""
        return page([_brief(starter) for starter in self._starters()], None)

    def get_reply_template(self, call: Call) -> Answer:
        """One of them, whole. Raises NotFound."""
        starter = self._starter(call.path["trade"])
        if starter is None:
            raise NotFound("template")
        return Answer(status=200, body=_brief(starter) | {"items": [entry_shown(entry) for entry in starter.entries]})

    def get_bot(self, call: Call) -> Answer:
        """What the bot says by itself."""
        taught = self._teaching.taught(call.merchant)
        return Answer(status=200, body=bot_shown(taught), headers={"etag": etag(taught.version)})

    def put_bot(self, call: Call) -> Answer:
        """What it says from now on."""
        taught = self._teaching.behave(call.merchant, call.version, call.body)
        return Answer(status=200, body=bot_shown(taught), headers={"etag": etag(taught.version)})


def _brief(starter: Starter) -> dict[str, Any]:
    return {
        "trade": starter.trade,
        "name": dict(starter.name),
        "about": dict(starter.about),
        "entries": len(starter.entries),
        "examples": sum(len(entry.examples) for entry in starter.entries),
    }

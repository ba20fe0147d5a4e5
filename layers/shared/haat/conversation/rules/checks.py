"""What a shop should look at in what it taught its bot: nothing here is forbidden, and all of it is answered worse than it could be."""

from collections.abc import Iterator, Mapping
from typing import Any

from haat.conversation.model import Language, Taught
from haat.conversation.rules.channels import KINDS
from haat.conversation.rules.customs import text_limit
from haat.conversation.rules.learning import look_alikes
from haat.conversation.rules.lessons import MOST_EXAMPLES, examples_in, is_learnt
from haat.conversation.rules.starters import blanks
from haat.conversation.rules.teaching import TEXTS

MOST_LOOK_ALIKES = 100  # that are shown, the surest mistakes first


def checked(taught: Taught) -> dict[str, Any]:
    """What there is to look at, as the shop's people see it."""
    said = list(_said(taught))
    count = examples_in(taught)
    return {
        "look_alikes": [
            {"example": it.example, "entry": it.entry, "answered_by": it.other, "confidence": it.confidence}
            for it in look_alikes(taught.entries, taught.learnt)[:MOST_LOOK_ALIKES]
        ],
        "too_long": [
            {**place, "channel": channel, "limit": text_limit(channel), "length": len(text)}
            for place, text in said
            for channel in KINDS
            if len(text) > text_limit(channel)
        ],
        "to_fill_in": [{**place, "blank": blank} for place, text in said for blank in blanks(text)],
        "learnt": not count or is_learnt(taught),
        "examples": count,
        "most": MOST_EXAMPLES,
    }


def _said(taught: Taught) -> Iterator[tuple[Mapping[str, str | None], str]]:
    """All that may be said, and where it stands: in an entry, or among the bot's own texts."""
    for entry in taught.entries:
        for language, text in entry.replies.items():
            yield _place(entry.id, None, language), text
    for name in TEXTS:
        for language, text in getattr(taught.texts, name).items():
            yield _place(None, name, language), text


def _place(entry: str | None, text: str | None, language: Language) -> Mapping[str, str | None]:
    return {"entry": entry, "text": text, "language": language}

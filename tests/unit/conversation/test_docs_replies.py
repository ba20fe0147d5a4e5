"""The tables of docs/replies.md say what is so."""

import re
from pathlib import Path

from haat.conversation.rules.customs import text_limit
from haat.conversation.rules.learning import AT_ONCE
from haat.conversation.rules.lessons import MOST_EXAMPLES
from haat.conversation.rules.menus import SURE, TITLE, UNSURE
from haat.conversation.rules.teaching import MOST_BYTES
from haat.conversation.store.starters import starters

PAGE = (Path(__file__).parents[3] / "docs/replies.md").read_text("utf-8")


def rows(name: str) -> list[list[str]]:
    """The cells of a table between its marks, without its head."""
    (table,) = re.findall(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", PAGE, re.DOTALL)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_every_template_stands_in_the_table() -> None:
    """Each template with its name and entries; those that go on with a person have a star."""
    written = [
        [
            f"`{starter.trade}`",
            starter.name["en"].split(":")[0],
            ", ".join(entry.id + (r"\*" if entry.to_person else "") for entry in starter.entries),
        ]
        for starter in starters()
    ]
    assert rows("trades") == written


def test_how_sure_the_bot_must_be_stands_in_the_table() -> None:
    """Each setting with the confidence from which it answers, and from which it asks back."""
    expected = [[f"`{word}`", f"{sure:.2f}", f"{UNSURE:.2f}", "on your list"] for word, sure in SURE.items()]
    assert rows("sureness") == expected


def test_limits_are_as_they_are_told() -> None:
    """What a shop may have, and what a channel takes, is what the page says."""
    told = (
        f"at most {MOST_EXAMPLES} examples",
        f"{MOST_BYTES:,} bytes",
        f"Up to {AT_ONCE} examples",
        f"{text_limit('whatsapp'):,}\ncharacters",
        f"Messenger of {text_limit('messenger'):,}",
        f"after {TITLE} characters",
    )
    assert [each for each in told if each not in PAGE] == []

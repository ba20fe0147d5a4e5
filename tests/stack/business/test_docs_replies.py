"""The commands of docs/replies.md, as a shell reads them, played on the stage: a shop starts from a template and learns."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from haat.business.model.token import Role
from haat.conversation.store.starters import TRADES, read_starter
from tests.stack.business.conftest import SAREE_SHOP, Api
from tests.stack.conversation.conftest import SAREE_SHOP as NUMBER
from tests.stack.conversation.conftest import Market
from tests.stack.typed import Reader, read

PAGE = (Path(__file__).parents[3] / "docs/replies.md").read_text("utf-8")
ADDRESS = {"en": "12 Temple Lane.", "bn": "১২ মন্দির গলি।", "hi": "12 मंदिर गली।"}
KEPT = 61  # seconds after which the bot has read what was saved


def edited(file: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change a file as its reader does."""
    said = json.loads(file.read_text("utf-8"))
    edit(said)
    file.write_text(json.dumps(said), "utf-8")


@pytest.mark.skipif(shutil.which("sh") is None, reason="the page's commands were NOT played: no shell")
def test_page_can_be_typed(api: Api, tmp_path: Path) -> None:
    """From the template to the first lesson: every command of the page, once, in this order, and customers hear of it."""
    market = Market(api.stage)
    for entry in api.json("GET", "auto-replies", as_=SAREE_SHOP)["items"]:
        seen = api.call("GET", "auto-replies", as_=SAREE_SHOP).headers["etag"]
        assert api.call("DELETE", f"auto-replies/{entry['id']}", as_=SAREE_SHOP, match=seen).status == 204
    known = {"MERCHANT": SAREE_SHOP, "TOKEN": api.token(SAREE_SHOP, Role.OWNER)}
    reader = Reader(PAGE, api.stage, tmp_path, known)

    listed, started = reader.types("my-start")
    assert [it["trade"] for it in read(listed, 200)["items"]] == list(TRADES)
    starter = read_starter("clothing")
    assert starter is not None
    assert read(started, 201)["added"] == [entry.id for entry in starter.entries]

    checks, location = reader.types("location.json $B")
    left = read(checks, 200)["to_fill_in"]
    assert {"[link]", "[লিংক]", "[लिंक]"} <= {it["blank"] for it in left if it["entry"] == "location"}
    known["ETAG"] = location.headers["etag"]
    edited(tmp_path / "location.json", lambda it: (it.pop("id"), it.update(replies=ADDRESS)))
    assert read(reader.types("@location.json")[0], 200)["replies"] == ADDRESS
    left = api.json("GET", "auto-replies/checks", as_=SAREE_SHOP)["to_fill_in"]
    assert "location" not in {it["entry"] for it in left}

    price, place = (read(answer, 200) for answer in reader.types("dam koto"))
    assert (price["entry"], price["decision"]) == ("price", "matched")
    assert price["reply"].startswith("আমাদের দাম:")
    assert (place["entry"], place["reply"]) == ("location", ADDRESS["hi"])
    api.stage.run_for(KEPT)
    asked = market.says(market.customer(), "ঠিকানা দিন", to=NUMBER)
    assert [text.endswith(ADDRESS["bn"]) for text in asked] == [True]

    (bot,) = reader.types("-o bot.json")
    known["ETAG"] = bot.headers["etag"]
    edited(tmp_path / "bot.json", lambda it: it["manners"].update(sureness="careful"))
    assert read(reader.types("@bot.json")[0], 200)["manners"]["sureness"] == "careful"

    market.says(market.customer(), "muslin boss?", to=NUMBER)
    known["QUESTION"] = api.json("GET", "unanswered-messages", as_=SAREE_SHOP)["items"][0]["id"]
    questions, taught = reader.types("lesson-1")
    assert [it["text"] for it in read(questions, 200)["items"]] == ["muslin boss?"]
    assert read(taught, 200) == {"entry_id": "availability"}
    assert api.json("GET", "unanswered-messages", as_=SAREE_SHOP)["items"] == []
    api.stage.run_for(KEPT)
    (answer,) = market.says(market.customer(), "Do you keep Dhakai sarees?", to=NUMBER)
    assert answer == next(entry.replies["en"] for entry in starter.entries if entry.id == "availability")

    assert sorted(reader.typed) == sorted(reader.blocks)

"""What an operator does to let a shop in: `make shop`."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from haat.business.model.merchant import StaffNumber, StaffTemplate
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Number
from haat.conversation.store.channels import DynamoChannels, connect_actions
from haat.kernel.ids import ulid
from infra.local.market import SWEETS
from infra.local.simulators.people import ShopNumber
from tests.stack.business.conftest import HARDWARE_SHOP, SAREE_SHOP, SWEET_SHOP, Api
from tests.stack.conversation.conftest import Market, market
from tests.stack.operating import main
from tests.stack.test_operate import this_machine

__all__ = ["market", "this_machine"]

PAGE = Path(__file__).parents[2] / "docs" / "operate.md"


@pytest.fixture
def shop(market: Market, tmp_path: Path) -> "Shop":
    """Return the shop that stands in docs/operate.md; Meta knows its number."""
    (described,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return Shop(market, json.loads(described), tmp_path / "shop.json")


class Shop:
    """A shop as an operator's file describes it."""

    def __init__(self, market: Market, described: dict[str, Any], file: Path) -> None:
        self.market, self.described, self.file = market, described, file
        self.number: str = described["whatsapp"]["phone_number_id"]
        market.stage.graph.add(ShopNumber.of(self.number, waba_id=described["whatsapp"]["account"]))

    def bring(self) -> int:
        """Write the file and say `make shop`."""
        self.file.write_text(json.dumps(self.described))
        return main(["shop", "--file", str(self.file)])


@pytest.fixture
def token(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the number's token where the operator puts it."""
    monkeypatch.setenv("HAAT_TOKEN", f"haat-local-token-{shop.number}")


def test_shop_of_the_page_answers(shop: Shop, token: None, capsys: pytest.CaptureFixture[str]) -> None:
    """The shop that docs/operate.md describes answers its first customer, once `make shop` has opened it."""
    assert shop.bring() == 0
    assert "connected" in capsys.readouterr().out
    (answer,) = shop.market.says(shop.market.customer(), "hours", to=shop.number)
    assert answer.startswith("Welcome to Mishti Bhandar!\nWe are open:")
    assert "09:00" in answer


def test_shop_brought_again_changes_nothing(
    shop: Shop, token: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same file writes nothing; a changed one changes what is said within a minute, without a token."""
    shop.bring()
    shop.market.says(shop.market.customer(), "hours", to=shop.number)
    monkeypatch.delenv("HAAT_TOKEN")
    assert shop.bring() == 0
    assert "nothing has changed" in capsys.readouterr().out
    shop.described["taught"]["entries"][0]["replies"]["en"] = "Come any time."
    shop.described["merchant"]["name"] = "Mishti"
    assert shop.bring() == 0
    shop.market.stage.run_for(60)
    (answer,) = shop.market.says(shop.market.customer(2), "hours", to=shop.number)
    assert answer == "Welcome to Mishti!\nCome any time."


def test_shop_brought_again_keeps_what_its_file_does_not_name(shop: Shop, token: None) -> None:
    """What the API did since stays: a block, a handle, the directory, staff. What the file names is as the file says."""
    shop.bring()
    api = Api(shop.market.stage)
    merchants = DynamoMerchants(api.business(), lambda: api.now)
    (there,) = [m for m in merchants.page(None, 100)[0] if m.id not in (SWEET_SHOP, SAREE_SHOP, HARDWARE_SHOP)]
    anita = StaffNumber(id=ulid(api.now, b"staff-one!"), phone="919800000001", name="Anita", language="bn")
    since = replace(
        there, version=there.version + 1, state="blocked", handle="mishti", listed=True, place="Kolkata", category="sweets",
        about="sweets", staff=(anita,), staff_template=StaffTemplate(name="news", language="en"), gstin="19AAAFB0001C1ZJ",
    )  # fmt: skip
    merchants.save(since)
    assert shop.bring() == 0
    assert merchants.get(there.id, fresh=True) == since
    shop.described["merchant"]["name"] = "Mishti"
    assert shop.bring() == 0
    assert merchants.get(there.id, fresh=True) == replace(since, name="Mishti", version=since.version + 1)


def test_shop_brought_again_keeps_what_was_taught_over_http(shop: Shop, token: None) -> None:
    """Entries, texts and manners that the file does not name stay; an entry that it names is as the file says."""
    shop.bring()
    api = Api(shop.market.stage)
    (there,) = [
        m.id
        for m in DynamoMerchants(api.business(), lambda: api.now).page(None, 100)[0]
        if m.id not in (SWEET_SHOP, SAREE_SHOP, HARDWARE_SHOP)
    ]
    parking = {"id": "parking", "examples": ["is there parking"], "replies": {"en": "Yes."}}
    api.json("POST", "auto-replies", parking, as_=there, expect=201)
    bot = api.json("GET", "bot", as_=there)
    bot["texts"]["unsupported"], bot["manners"]["silence_minutes"] = {"en": "Write, please."}, 7
    bot = api.json("PUT", "bot", bot, as_=there, match=api.call("GET", "bot", as_=there).headers["etag"])
    shop.described["taught"]["entries"][0]["replies"]["en"] = "Come any time."
    assert shop.bring() == 0
    taught = {entry["id"]: entry for entry in api.json("GET", "auto-replies", as_=there)["items"]}
    assert (taught["parking"], taught["hours"]["replies"]["en"]) == (parking, "Come any time.")
    assert api.json("GET", "bot", as_=there) == bot


def test_shop_that_is_brought_has_learnt(shop: Shop, token: None) -> None:
    """Whoever brings a file with entries has its bot learn from them, as those do who teach over HTTP."""
    assert shop.bring() == 0
    api = Api(shop.market.stage)
    (channel,) = (it for it in api.stage.items("conversation") if it["pk"]["S"] == f"CHANNEL#whatsapp#{shop.number}")
    assert api.json("GET", "auto-replies/checks", as_=channel["merchant"]["S"])["learnt"]


def test_what_a_bot_can_not_be_taught_is_named(shop: Shop, token: None, capsys: pytest.CaptureFixture[str]) -> None:
    """One example in two entries, or more examples than there may be, also with those that stand there: nothing changes."""
    assert shop.bring() == 0
    first = shop.described["taught"]["entries"][0]
    shop.described["taught"]["entries"].append(
        {"id": "other", "examples": [first["examples"][0]], "replies": {"en": "x"}}
    )
    assert shop.bring() != 0
    said = capsys.readouterr()
    assert first["id"] in said.out + said.err
    assert "other" in said.out + said.err
    many = {"id": "other", "examples": [f"question {number} please" for number in range(598)], "replies": {"en": "x"}}
    shop.described["taught"]["entries"] = [many]
    assert shop.bring() != 0
    said = capsys.readouterr()
    assert "600" in said.out + said.err


def test_new_number_needs_a_token(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """A number that is not there yet is refused without a token, and nothing is written."""
    before = len(shop.market.stage.items("business"))
    assert shop.bring() == 1
    assert "HAAT_TOKEN" in capsys.readouterr().err
    assert len(shop.market.stage.items("business")) == before


def test_new_token_lifts_a_stop(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number that Meta refused for its token speaks again with a new one; without one `make shop` says that it stands still."""
    monkeypatch.setenv("HAAT_TOKEN", "a-token-of-yesterday")
    shop.bring()
    assert shop.market.says(shop.market.customer(), "hours", to=shop.number) == []
    monkeypatch.delenv("HAAT_TOKEN")
    shop.bring()
    assert "still stopped (stop_token)" in capsys.readouterr().out
    monkeypatch.setenv("HAAT_TOKEN", f"haat-local-token-{shop.number}")
    shop.bring()
    shop.market.stage.run_for(60)
    assert len(shop.market.says(shop.market.customer(2), "hours", to=shop.number)) == 1


def test_new_token_leaves_a_number_as_people_dial_it(shop: Shop, token: None) -> None:
    """A badge may rest on it: what its channel said when it was connected over HTTP stands."""
    shop.bring()
    conversation = Api(shop.market.stage).conversation()
    channels = DynamoChannels(conversation)
    owner = channels.owner("whatsapp", shop.number)
    assert owner is not None
    ((there,), _) = channels.page(owner, None, 10)
    dialled = replace(there, number=Number(display="+91 98300 00009"))
    conversation.transact(connect_actions(dialled))
    assert shop.bring() == 0
    ((again,), _) = channels.page(owner, None, 10)
    assert again.number == dialled.number


@pytest.mark.on_moto("each row of a table of ours")
@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("merchant", "country"), "India", "country is two"),
        (("merchant", "currency"), "rupee", "currency is three"),
        (("merchant", "language"), "fr", "language is one of"),
        (("merchant", "timezone"), "Kolkata", "timezone is"),
        (("merchant", "week"), {"7": [[0, 60]]}, "week has"),
        (("merchant", "week"), {"0": [[600, 540]]}, "week has"),
        (("merchant", "week"), [], "can't be read"),
        (("merchant", "closures"), ["26.1."], "can't be read"),
        (("merchant", "closed"), [], "nobody reads closed"),
        (("merchant", "state"), "open", "nobody reads state"),
        (("taught", "entries"), [{"id": "x"}], "Entry lacks"),
        (("taught", "learnt"), "x", "nobody reads learnt"),
        (("taught", "manners"), {"sureness": "bold"}, "sureness is one of"),
        (("whatsapp", "phone_number_id"), "+91 98", "digits alone"),
        (("whatsapp",), {}, "lacks 'phone_number_id'"),
    ],
)
def test_mistake_in_the_file_is_named(
    shop: Shop, token: None, path: tuple[str, ...], value: object, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file with a mistake is refused in words that say which, and nothing is written."""
    place = shop.described
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    before = shop.market.stage.items("business")
    assert shop.bring() == 1
    assert words in capsys.readouterr().err
    assert shop.market.stage.items("business") == before


def test_file_that_is_none_is_said(market: Market, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No file, a file that is not there and a file that is no JSON are three errors in words."""
    assert main(["shop"]) == 2
    assert "FILE=" in capsys.readouterr().err
    assert main(["shop", "--file", str(tmp_path / "none")]) == 1
    (tmp_path / "odd").write_text("[")
    assert main(["shop", "--file", str(tmp_path / "odd")]) == 1
    assert "can't be read" in capsys.readouterr().err


def test_stack_that_is_none_is_said(shop: Shop, token: None, capsys: pytest.CaptureFixture[str]) -> None:
    """A stage without a stack is an error in words."""
    shop.bring()
    assert main(["shop", "--file", str(shop.file), "--stage", "nowhere"]) == 1
    assert "no stack haat-nowhere" in capsys.readouterr().err


# A page


@pytest.fixture
def paged(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return the same shop with a page alone, whose token is where the operator puts it."""
    page = shop.market.stage.graph.add_page("200000000000009")
    del shop.described["whatsapp"]
    shop.described["messenger"] = {"page_id": page.page_id}
    monkeypatch.setenv("HAAT_PAGE_TOKEN", page.token)
    return shop


def test_shop_with_a_page_answers_there(paged: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any number: once `make shop` has opened it, its first customer on Messenger is answered; again, it is the same shop."""
    assert paged.bring() == 0
    assert "page 200000000000009: connected" in capsys.readouterr().out
    mina = paged.market.stage.graph.messenger.customer(name="Mina")
    (answer,) = paged.market.says(mina, "hours", to="200000000000009")
    assert "Welcome to Mishti Bhandar!\nWe are open:" in answer
    assert paged.bring() == 0
    assert "nothing has changed" in capsys.readouterr().out


def test_number_joins_the_page_of_its_shop(
    paged: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file with both adds the one that is new, to the same merchant; each wants its own token."""
    paged.bring()
    monkeypatch.delenv("HAAT_PAGE_TOKEN")
    paged.described["whatsapp"] = {"phone_number_id": paged.number, "account": "300000000000009"}
    assert paged.bring() == 1
    assert "this number is new here: put its access token into HAAT_TOKEN" in capsys.readouterr().err
    monkeypatch.setenv("HAAT_TOKEN", f"haat-local-token-{paged.number}")
    assert paged.bring() == 0
    assert f"number {paged.number}: connected" in capsys.readouterr().out
    api = Api(paged.market.stage)
    merchants = DynamoMerchants(api.business(), lambda: api.now).page(None, 100)[0]
    assert len(merchants) == 4


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"page_id": "9"}, "this page is new here: put its access token into HAAT_PAGE_TOKEN"),
        ({"page_id": "x"}, "digits alone"),
        ({}, "lacks 'page_id'"),
        ({"page_id": SWEETS.page_id}, "belong to two merchants"),
    ],
)
def test_page_that_can_not_be_is_said(
    shop: Shop,
    token: None,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, str],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A page without its token, without an id, or of another shop: refused in words."""
    shop.bring()
    shop.described["messenger"] = given
    assert shop.bring() == 1
    assert words in capsys.readouterr().err

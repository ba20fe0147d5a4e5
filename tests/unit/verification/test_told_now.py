"""What a shop is told of its checks at each moment: only what it can do then, in its own language."""

import pytest

from haat.verification.model.request import Check, RequestState
from haat.verification.rules import words
from tests.unit.verification.asking import NOW, SAID, SHOP, WHO, Desk

FAILED = Check(kind="gstin", state="failed", word="wrong_checksum", done_at=NOW)
SILENT = Check(kind="number", state="unreachable", word="channel_silent", done_at=NOW)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_sentence_of_a_check_is_for_what_the_shop_can_do_now(language: str) -> None:
    """Sent, a request can be withdrawn; given back, it is put right and sent again; over, only what is so is said.

    No try is promised that won't come.
    """
    desk = Desk(language=language)
    id = desk.begins(SAID)
    desk.asking.send(SHOP, id, WHO, desk.once())

    def told(state: RequestState) -> list[str]:
        desk.turns(state=state, checks=(FAILED, SILENT))
        return [one["says"] for one in desk.reads(id)["checks"]]

    def meant(failed: words.Stand, silent: words.Stand) -> list[str]:
        return [
            words.sentence("gstin", "failed", "wrong_checksum", language, failed),
            words.sentence("number", "unreachable", "channel_silent", language, silent),
        ]

    assert told("waiting") == meant("sent", "tried")
    assert told("more_wanted") == meant("open", "open")
    for state in ("approved", "refused", "withdrawn"):
        assert told(state) == meant("over", "over")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_is_missing_is_told_in_the_shops_language(language: str) -> None:
    """Each in a sentence of its own; a document that was announced is to be posted, or taken away."""
    desk = Desk(language=language)
    id = desk.begins()
    told = {one["field"]: one["says"] for one in desk.reads(id)["missing"]}
    assert told == {
        field: words.missing(what, language)
        for field, what in (("legal_name", "legal_name"), ("phone", "phone"), ("documents", "papers"))
    }
    desk.announces(id)
    told = {one["field"]: one["says"] for one in desk.reads(id)["missing"]}
    assert told["documents"] == words.missing("unread", language)


def test_record_of_a_name_in_bengali_can_be_copied() -> None:
    """Forms for records take ASCII; the file's address is as people write it. A port is no part of a name."""
    desk = Desk()
    id = desk.begins({"website": "https://মিষ্টি.example:8443/"})
    told = desk.reads(id)["website"]
    assert told["record"]["name"] == "_haat-verification.xn--z5b3a1a5ac6f.example"
    assert told["file"]["address"] == "https://মিষ্টি.example:8443/.well-known/haat-verification.txt"

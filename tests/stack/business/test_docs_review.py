"""The commands of docs/review.md, as a shell reads them, played on the stage by somebody who was just made a reviewer."""

import shutil
from pathlib import Path

import pytest

from haat.business.model.token import Role
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api
from tests.stack.business.operating import OPERATOR
from tests.stack.business.reviewing import PNG, Petitions
from tests.stack.typed import Reader, read

PAGE = (Path(__file__).parents[3] / "docs/review.md").read_text("utf-8")


@pytest.mark.skipif(shutil.which("sh") is None, reason="the page's commands were NOT played: no shell")
def test_page_can_be_typed(api: Api, tmp_path: Path) -> None:
    """From the token to the revocation: every command of the page, once, in this order, and it does what the page says."""
    shops = Petitions(api)
    id = shops.waits(SWEET_SHOP)
    shops.waits(HARDWARE_SHOP)
    # Shells forget their words between two blocks; a reader's does not.
    known = {"H": "Content-Type: application/json", "R": "http://127.0.0.1:8080/v1/reviewer"}
    known |= {"OPERATOR": api.token(OPERATOR, Role.OPERATOR), "SHOP": HARDWARE_SHOP, "MERCHANT": SWEET_SHOP}
    reader = Reader(PAGE, api.stage, tmp_path, known)

    made = read(reader.types("chitra-1")[0], 201)
    known["TOKEN"], me = made["secret"], made["token"]["operator_id"]
    assert made["token"]["shops"] == [HARDWARE_SHOP]
    (waiting,) = read(reader.types('curl "$R/verification-requests"')[0], 200)["items"]
    known |= {"M": waiting["merchant_id"], "Q": waiting["request"]["id"]}
    assert (known["M"], known["Q"]) == (SWEET_SHOP, id)

    (asked,) = reader.types('curl "$R/merchants/$M/verification-requests/$Q"')
    request = read(asked, 200)
    known |= {"ETAG": asked.headers["etag"], "D": request["documents"][0]["id"]}
    plain, paper = (read(answer, 200) for answer in reader.types("look-$D"))
    assert plain["evidence"]["gstin"]
    assert paper["document_id"] == known["D"]
    assert len(PNG) == request["documents"][0]["size"]
    assert read(reader.types("decide-$Q")[0], 200)["state"] == "approved"

    complained, shown = reader.types("complaint-1072")
    known["B"] = read(shown, 200)["id"]
    assert read(complained, 201)["badge"] == {"id": known["B"], "level": "verified", "state": "standing"}
    assert read(reader.types("judge-$B")[0], 200)["reason"] == "revoked"
    lines = read(reader.types("verification-history")[0], 200)["items"]
    assert [it["what"] for it in lines if it["who"] == me] == ["looked", "looked", "approved", "complained", "fallen"]
    assert sorted(reader.typed) == sorted(reader.blocks)

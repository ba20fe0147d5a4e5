"""The commands of docs/verification.md, as a shell reads them, played on the stage: a shop asks, and takes its papers home."""

import json
import shutil
from pathlib import Path

import pytest

from haat.business.model.token import Role
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.verifying import Asker
from tests.stack.typed import Reader, read

PAGE = (Path(__file__).parents[3] / "docs/verification.md").read_text("utf-8")
LOOKED_AT = 60  # seconds, as the page says


@pytest.mark.skipif(shutil.which("sh") is None, reason="the page's commands were NOT played: no shell")
def test_page_can_be_typed(api: Api, tmp_path: Path) -> None:
    """Every command of the page: from the first request to one that is checked and withdrawn, and one that was refused."""
    owner = Asker(api)
    known = {"MERCHANT": SWEET_SHOP, "TOKEN": api.token(SWEET_SHOP, Role.OWNER)}
    reader = Reader(PAGE, api.stage, tmp_path, known)

    (begun,) = reader.types("my-badge")
    known["REQUEST"] = id = read(begun, 201)["id"]
    (shown,) = reader.types("curl -D - $B/verification-requests/$REQUEST")
    known["ETAG"] = shown.headers["etag"]
    assert read(shown, 200)["website"]["record"]["name"].endswith(".mishti.example")
    (given,) = reader.types('$REQUEST/evidence -H "Authorization: Bearer $TOKEN" -H "If-Match')
    assert read(given, 200)["missing"] == []
    (offer,) = reader.types("Key: certificate")
    known["DOCUMENT"] = owner.posts(read(offer, 201))
    (said,) = reader.types("$DOCUMENT/read")
    assert read(said, 202)["id"] == id
    api.stage.run_for(LOOKED_AT)
    assert [one["state"] for one in owner.reads(id)["documents"]] == ["kept"]
    (sent,) = reader.types("sent-1")
    assert read(sent, 200)["state"] == "checking"
    api.stage.run_for(LOOKED_AT)
    found = {one["check"]: one["state"] for one in owner.reads(id)["checks"]}
    assert (found["gstin"], found["pan_in_gstin"]) == ("passed", "passed")
    (withdrawn,) = reader.types("not-now")
    assert read(withdrawn, 200)["state"] == "withdrawn"

    badge, history = reader.types("$B/badge")
    assert read(badge, 200)["level"] in ("unconfirmed", "confirmed")
    assert [one["what"] for one in read(history, 200)["items"]][-1] == "withdrawn"
    exported, erased = reader.types("evidence.json")
    assert (exported.status, erased.status) == (200, 204)
    assert json.loads((tmp_path / "evidence.json").read_text("utf-8"))["evidence"]["phone"] == "+915550000001"
    assert owner.reads(id)["evidence"] == {}

    known["REQUEST"] = owner.refused()
    (appealed,) = reader.types("look-again")
    assert read(appealed, 200)["state"] == "waiting"
    assert "father's" in owner.reads(known["REQUEST"])["appeal"]

    assert sorted(reader.typed) == sorted(reader.blocks)

"""What is the simulated bank's own."""

import json
from dataclasses import replace

from haat.payment.banks import Failed, registry, simbank
from haat.payment.model.evidence import RefundEvidence
from tests.unit.payment.banks.kits import ASKED, KITS, heard, written

KIT = KITS["simbank"]()


def test_only_the_simulated_bank_is_simulated() -> None:
    """Wiring refuses it where the stage is not local."""
    assert [name for name in registry.NAMES if registry.bank(name).CAPS.simulated] == ["simbank"]


def test_link_is_enough() -> None:
    """Nothing has to be created before one can pay, and there is no report."""
    assert simbank.create(KIT.account, KIT.keys, ASKED) is None
    assert simbank.read_settlement(KIT.account, b"anything") == ((), ())


def test_pull_asks_by_our_reference() -> None:
    """With the token of the calls, which is not the token of the callbacks."""
    call = simbank.pull(KIT.account, KIT.keys, ASKED)
    assert call.url == f"{KIT.account.base_url}/payments?reference={ASKED.tr}"
    assert call.headers["Authorization"] == "Bearer " + KIT.keys["api_token"].reveal()


def test_refund_is_written_in_rupees() -> None:
    """Two places, always."""
    for amount, text in ((5, "0.05"), (100, "1.00"), (12550, "125.50")):
        call = simbank.refund(KIT.account, KIT.keys, replace(ASKED, amount=amount))
        assert json.loads(call.body)["amount"] == text


def test_refund_told_in_a_callback_is_a_hint() -> None:
    """A token proves nothing about a refund either."""
    said = heard(KIT, KIT.refund())
    assert isinstance(said, RefundEvidence)
    assert (said.status, said.trust, said.refund_id) == ("DONE", "hint", ASKED.refund_id)


def test_refund_is_refused_in_its_own_words_only() -> None:
    """422 with one of its words refuses a call, and never a question; a 422 or 404 without its word is a proxy's."""
    for word in ("unknown_payment", "amount"):
        raw = written({"error": word})
        assert simbank.read_refund(KIT.account, {}, ASKED, 422, raw) == Failed(reason="refused", refused=True)
        assert simbank.read_pull_refund(KIT.account, {}, ASKED, 422, raw) == Failed(reason="http_422")
        assert simbank.read_refund(KIT.account, {}, ASKED, 400, raw) == Failed(reason="http_400")
    for raw in (b"", b"<html>", b"[]", written({"error": "waf"}), written({"error": ["amount"]})):
        assert simbank.read_refund(KIT.account, {}, ASKED, 422, raw) == Failed(reason="http_422")
    assert simbank.read_pull_refund(KIT.account, {}, ASKED, 404, written({"error": "no such page"})) == Failed(
        reason="http_404"
    )


def test_answer_about_another_refund_is_none() -> None:
    """The bank was asked about one refund and speaks of another: nobody knows."""
    assert simbank.read_refund(KIT.account, {}, ASKED, 200, written(KIT.refund("another"))) == Failed(
        reason="malformed"
    )

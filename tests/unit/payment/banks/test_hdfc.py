"""What is HDFC's own: a form around hex, 21 fields between pipes, and a cipher whose blocks can be cut and pasted."""

import json
import shutil
import subprocess
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import pytest

from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.banks import Failed, ciphers, hdfc
from haat.payment.model.evidence import Evidence, Refused
from haat.payment.model.payment import Payment, Request
from haat.payment.rules import machine
from tests.unit.payment.banks.kits import ASKED, AT, KITS, heard
from tests.unit.payment.banks.kits.hdfc import KEY, MERCHANT, answer, body, fields, line, opened, sealed
from tests.upi_fixtures import UPI, upi_json

KIT = KITS["hdfc"]()
KEYS = KIT.settlement_keys()
OURS = ASKED.refund_id


def presented(tr: str, merchant: str, amount: int) -> Payment:
    """A request that its customer has before them."""
    return Payment(
        request=Request(
            tr=tr,
            merchant=MerchantId("m"),
            account="a",
            provider="hdfc",
            payee_vpa="haat.kirana@testhdfc",
            payee_id=merchant,
            amount=amount,
            currency="INR",
            created_at=ASKED.created_at,
            expires_at=later(ASKED.created_at, 15 * MINUTE),
            state="PRESENTED",
        )
    )


@pytest.mark.parametrize("count", [0, 1, 6, 20, 22, 30])
def test_only_21_fields_are_a_callback(count: int) -> None:
    """One more or one less, and nobody knows which field is which."""
    said = line(fields()).split(b"|")
    plain = b"|".join((said + [b"NA"] * 10)[:count])
    assert heard(KIT, plain) == Refused(reason="malformed")


def test_pipe_inside_a_remark_is_refused() -> None:
    """It would shift the code, the payer and the RRN by one."""
    assert heard(KIT, fields(about="Transaction|success")) == Refused(reason="malformed")


def test_spoiled_text_is_refused_and_never_a_crash() -> None:
    """A digit more, a block less, another key, no hex, text in another encoding."""
    good = sealed(fields())
    other = ciphers.ecb_seal(KEY[::-1], line(fields()))
    for meres in (good + "0", good[:-32], good[:-2], other, "xyz", "", " " + good, "é" + good[1:]):
        raw = urlencode({"meRes": meres, "pgMerchantId": MERCHANT}).encode()
        said = hdfc.read_callback(KIT.account, KEYS, {}, raw)
        assert isinstance(said, Refused)
        assert said.reason in ("undecryptable", "malformed")
    assert heard(KIT, "श".encode("utf-16")) == Refused(reason="malformed")


def test_form_may_be_written_otherwise_and_says_the_same() -> None:
    """Small hex, another order of fields, a field more, escapes."""
    plain, meres = heard(KIT, fields()), sealed(fields())
    escaped = "".join(f"%{ord(letter):02x}" for letter in meres)
    for raw in (
        urlencode({"pgMerchantId": MERCHANT, "meRes": meres.lower()}),
        urlencode({"x": "", "meRes": meres, "pgMerchantId": MERCHANT, "y": "&"}),
        f"meRes={escaped}&pgMerchantId={MERCHANT}",
    ):
        assert hdfc.read_callback(KIT.account, KEYS, {}, raw.encode()) == plain


@pytest.mark.parametrize("extra", ["&meRes=00", "&pgMerchantId=other", "&meRes", "&", "&%6deRes=00"])
def test_field_twice_or_half_a_field_is_refused(extra: str) -> None:
    """Two readers would read two things."""
    raw = body(fields()) + extra.encode()
    assert hdfc.read_callback(KIT.account, KEYS, {}, raw) == Refused(reason="malformed")


def test_without_a_merchant_it_is_refused() -> None:
    """`pgMerchantId` is all that says whose money it is."""
    for rest in ("", "&pgMerchantId=", "&pgMerchantId=%00"):
        raw = f"meRes={sealed(fields())}{rest}".encode()
        assert hdfc.read_callback(KIT.account, KEYS, {}, raw) == Refused(reason="malformed")


def test_empty_fields_are_empty() -> None:
    """NA and null are how it says nothing."""
    for nothing in ("", "NA", "na", "null", "NULL"):
        said = heard(KIT, fields(status="PENDING", rrn=nothing, payer=nothing, txn=nothing, order=nothing))
        assert isinstance(said, Evidence)
        assert (said.rrn, said.payer_vpa, said.provider_txn_id, said.tr) == ("", "", "", "")


def test_money_without_any_number_of_its_own_is_refused() -> None:
    """Nothing could tell it from the same money told once more."""
    assert heard(KIT, fields(rrn="NA", txn="NA")) == Refused(reason="malformed")


def test_success_without_an_rrn_is_open() -> None:
    """The file names a payment by its RRN, and would tell of this one for a second time."""
    for rrn, status in (("NA", "PENDING"), ("006110000001", "SUCCESS")):
        said = heard(KIT, fields(rrn=rrn))
        assert isinstance(said, Evidence)
        assert (said.provider_txn_id, said.status) == ("pay_1", status)
        pulled = hdfc.read_pull(KIT.account, KEYS, ASKED, 200, answer(fields(rrn=rrn)))
        assert isinstance(pulled, tuple)
        assert [one.status for one in pulled] == [status]


@pytest.mark.parametrize("code", ["RB", "96", "U68", "ut", " BT "])
def test_failure_with_a_code_that_leaves_it_open_is_pending(code: str) -> None:
    """Deemed, or timed out: the payer's account may be debited."""
    for word, meant in (("FAILURE", "PENDING"), ("SUCCESS", "SUCCESS"), ("ABORTED?", "UNKNOWN")):
        said = heard(KIT, fields(status=word, code=code))
        assert isinstance(said, Evidence)
        assert said.status == meant


def test_time_is_indias_clock() -> None:
    """In both ways of writing a date; another is no time."""
    for at in ("2026:03:02 10:01:00", "2026-03-02 10:01:00"):
        said = heard(KIT, fields(at=at))
        assert isinstance(said, Evidence)
        assert said.occurred_at == AT * 1000
    for at in ("", "NA", "02:03:2026 10:01:00", "2026:03:02", "2026:13:02 10:01:00", "२०२६:03:02 10:01:00"):
        assert heard(KIT, fields(at=at)) == Refused(reason="malformed")


def test_without_its_key_nothing_is_read_and_nothing_raised() -> None:
    """An account whose key is missing, or is none."""
    for keys in ({}, {"merchant_key": Secret("")}, {"merchant_key": Secret("zz")}):
        assert hdfc.read_callback(KIT.account, keys, {}, body(fields())) == Refused(reason="no_key")
        assert hdfc.read_pull(KIT.account, keys, ASKED, 200, answer(fields())) == Failed(reason="no_key")
        assert hdfc.read_refund(KIT.account, keys, ASKED, 200, answer(fields())) == Failed(reason="no_key")


@pytest.mark.upi
def test_spliced_callback_of_the_fixtures_never_pays() -> None:
    """It makes one pull due, and moves no money; the bank's own answer to that pull says that nobody paid."""
    row = next(row for row in upi_json("callbacks.json")["callbacks"] if row["id"] == "hdfc.spliced")
    merchant = upi_json("profile.json")["providers"]["hdfc"]["merchant_id"]
    key = upi_json("test-keys/secrets.json")["hdfc_merchant_key_hex"]
    account, keys = replace(KIT.account, merchant_id=merchant), {"merchant_key": Secret(str(key))}
    raw = (UPI / row["body_file"]).read_bytes()
    said = hdfc.read_callback(account, keys, row["headers"], raw)
    assert isinstance(said, Evidence)
    assert (said.status, said.trust) == ("SUCCESS", "hint")
    before, now = presented(said.tr, merchant, said.amount), later(said.occurred_at, 2 * MINUTE)
    assert machine.ours(before.request, said.payee_vpa, said.merchant_id)  # nothing else is wrong with it
    change = machine.hear(before, said, now)
    assert (change.after.request.state, change.after.receipts) == ("PRESENTED", ())
    assert (change.events, change.orphan) == ((), None)
    assert 0 < change.after.request.pull_at <= now
    # The splice is all that was told wrong: believed, it would have paid.
    assert machine.hear(before, replace(said, trust="proof"), now).after.request.state == "PAID"
    truth = fields(order=said.tr, status="FAILURE", about="Transaction failed!", code="ZM", rrn=said.rrn)
    asked = replace(ASKED, tr=said.tr)
    answered = hdfc.read_pull(
        account, keys, asked, 200, ciphers.ecb_seal(keys["merchant_key"].reveal(), line(truth)).encode()
    )
    assert isinstance(answered, tuple)
    after = machine.hear(change.after, answered[0], now, pulled=True).after
    assert (after.request.state, after.receipts) == ("FAILED", ())


def test_anyone_can_splice_without_the_key() -> None:
    """Blocks of a payment that was made, put into one that failed: whoever saw both can write it."""
    told = {"txn": "HDF" + "0" * 32, "order": "H1", "at": "2026:03:02 10:01:00"}
    paid = sealed(fields(**told, status="SUCCESS", about="Transaction success", code="00"))
    failed = fields(**{**told, "order": "H2"}, status="FAILURE", about="Transaction failed!", code="ZM")
    victim = sealed(failed)
    start, end = line(failed).index(b"FAILURE") // 16 * 32, -(-line(failed).index(b"|ZM|") // 16) * 32 + 32
    raw = urlencode({"meRes": victim[:start] + paid[start:end] + victim[end:], "pgMerchantId": MERCHANT}).encode()
    said = hdfc.read_callback(KIT.account, KEYS, {}, raw)
    assert isinstance(said, Evidence)
    assert (said.tr, said.status, said.trust) == ("H2", "SUCCESS", "hint")
    before = presented("H2", MERCHANT, said.amount)
    assert machine.hear(before, said, Instant(AT * 1000)).after.request.state == "PRESENTED"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed: AES was NOT compared with it")
def test_openssl_reads_and_writes_the_same() -> None:
    """AES-128-ECB with PKCS#7: our call opens there, and what is sealed there is read here."""

    def openssl(way: str, raw: bytes) -> bytes:
        command = ["openssl", "enc", way, "-aes-128-ecb", "-K", KEY, "-nosalt"]
        return subprocess.run(command, input=raw, capture_output=True, check=True).stdout

    call = hdfc.refund(KIT.account, KIT.call_keys(), ASKED)
    assert openssl("-d", bytes.fromhex(json.loads(call.body)["requestMsg"])) == opened(call)
    meres = parse_qs(body(fields()).decode())["meRes"][0]
    assert openssl("-e", line(fields())).hex().upper() == meres
    raw = urlencode({"meRes": openssl("-e", line(fields())).hex(), "pgMerchantId": MERCHANT}).encode()
    assert hdfc.read_callback(KIT.account, KEYS, {}, raw) == heard(KIT, fields())

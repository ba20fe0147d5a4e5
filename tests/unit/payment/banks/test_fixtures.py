"""The callbacks, signatures and reports of the shared fixtures (their README says what is in them), each read as it says.

`HAAT_UPI_FIXTURES` names another folder of that layout. What belongs to a bank that is not built is skipped aloud, by count and name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from haat.kernel.secret import Secret
from haat.payment.banks import Account, Keys
from haat.payment.banks.registry import NAMES, bank
from haat.payment.banks.wire import FINAL_CODES, OPEN_CODES
from haat.payment.model.evidence import Evidence, Notice, RefundEvidence, Refused, Said
from tests.unit.payment.banks.kits import Fixtures, module
from tests.upi_fixtures import UPI, upi_json

pytestmark = pytest.mark.upi

CALLBACKS: list[dict[str, Any]] = upi_json("callbacks.json")["callbacks"]
SIGNATURES: list[dict[str, Any]] = upi_json("vectors/signatures.json")
VERDICTS = {Evidence: "evidence", RefundEvidence: "refund_evidence", Notice: "notice", Refused: "rejected"}
OURS = {"amount_paise": "amount", "refund_status": "status"}  # where our word for a field is another
READERS = {name: found for name in NAMES if (found := getattr(module(name), "FIXTURES", None)) is not None}


def reader(row: Mapping[str, Any]) -> str:
    """The bank whose module reads a row; "" where none is built."""
    variant = row.get("variant", "")
    for name, of in READERS.items():
        mine = variant.startswith(of.variants) and not (of.not_variants and variant.startswith(of.not_variants))
        if of.provider == row["provider"] and mine:
            return name
    return ""


def built(rows: Iterable[dict[str, Any]]) -> list[Any]:
    """A row of a bank that is built is a test; those of each other bank are one test, which is skipped and says why."""
    tests, others = [], defaultdict(list)
    for row in rows:
        if reader(row):
            tests.append(pytest.param(row, id=row["id"]))
        else:
            others[row["provider"]].append(row["id"])
    for name, ids in others.items():
        why = pytest.mark.skip(reason=f"no bank is built for {name}: {len(ids)} left out: {', '.join(ids)}")
        tests.append(pytest.param({}, id=f"{name}-{len(ids)}-left-out", marks=why))
    return tests


def account_of(name: str) -> tuple[Account, Keys]:
    """The fixtures' own account at a bank, with all keys that they have of it."""
    of: Fixtures = READERS[name]
    profile = upi_json("profile.json")["providers"][of.provider]
    account = Account(
        provider=name,
        merchant_id=profile["merchant_id"],
        vpa=profile["vpa"],
        base_url="http://127.0.0.1:9",
        settings={ours: profile[theirs] for ours, theirs in of.settings.items()},
    )
    return account, {ours: Secret(key_of(theirs)) for ours, theirs in of.keys.items()}


def key_of(name: str) -> str:
    """A key of the fixtures: a file's text, or a line of secrets.json."""
    if name.endswith(".pem"):
        return (UPI / "test-keys" / name).read_text()
    return str(upi_json("test-keys/secrets.json")[name])


def hear(row: Mapping[str, Any]) -> Said:
    """What its bank reads from a row."""
    raw = (UPI / row["body_file"]).read_bytes()
    name = reader(row)
    return bank(name).read_callback(*account_of(name), row["headers"], raw)


def action(said: Said) -> str:
    """What may be done with it, in the words of the fixtures."""
    match said:
        case Refused():
            return "reject"
        case Notice(known=False):
            return "ignore"
        case _:
            return "consume" if said.trust == "proof" else "pull"


@pytest.mark.parametrize("row", built(CALLBACKS))
def test_callback_is_read_as_expected(row: dict[str, Any]) -> None:
    """Verdict, action and every field that the fixture names."""
    said, expected = hear(row), dict(row["expect"])
    assert (VERDICTS[type(said)], action(said)) == (expected.pop("verdict"), expected.pop("action"))
    if twin := expected.pop("duplicate_of", None):
        first = hear(next(other for other in CALLBACKS if other["id"] == twin))
        assert isinstance(first, Evidence)
        assert isinstance(said, Evidence)
        assert (said.provider_txn_id, said.status) == (first.provider_txn_id, first.status)
    if at := expected.pop("occurred_at", None):
        assert getattr(said, "occurred_at") == datetime.fromisoformat(at).timestamp() * 1000  # noqa: B009  # not each has one
    alike = [{"malformed", "undecryptable"}]
    for name, value in expected.items():
        found = getattr(said, OURS.get(name) or name)
        assert found == value or {found, value} in alike, name


def test_refusal_at_the_door_is_401_and_all_else_200() -> None:
    """A body whose signature is wrong or missing is answered so; whatever is stored is acknowledged."""
    for row in CALLBACKS:
        if name := reader(row):
            said = hear(row)
            at_the_door = isinstance(said, Refused) and said.reason in ("bad_signature", "missing_signature")
            assert bank(name).ack(said)[0] == (401 if at_the_door else 200), row["id"]


@pytest.mark.parametrize("row", built(SIGNATURES))
def test_signature_is_judged_as_expected(row: dict[str, Any]) -> None:
    """A vector's signature over its bytes holds or does not; what the bytes say does not matter here."""
    raw = (UPI / row["body_file"]).read_bytes() if "body_file" in row else row["body"].encode()
    headers = {"X-Razorpay-Signature": row["signature"]}
    said = bank(row["provider"]).read_callback(*account_of(row["provider"]), headers, raw)
    assert (said != Refused(reason="bad_signature")) is row["valid"]


def test_nothing_of_the_fixtures_is_passed_over_in_silence() -> None:
    """Each callback and each vector is a test of its own, or is counted where its bank is skipped."""
    for rows in (CALLBACKS, SIGNATURES):
        left_out = [row["id"] for row in rows if not reader(row)]
        reasons = " ".join(str(mark.kwargs["reason"]) for test in built(rows) for mark in test.marks)
        assert rows
        assert all(name in reasons for name in left_out)


@pytest.mark.parametrize("name", READERS)
def test_words_mean_what_the_table_says(name: str) -> None:
    """Every status word of the table; a word that it does not list is unknown. An older form has the codes of UPI for words."""
    table, provider = upi_json("tables/status-words.json"), READERS[name].provider
    words = next(
        found
        for place in (f"haat.payment.banks.{name}", f"haat.payment.banks.{name}_entities")
        if find_spec(place) and hasattr(found := import_module(place), "WORDS")
    )
    if READERS[name].variants:
        assert {code["code"]: code["state"] for code in upi_json("tables/response-codes.json")["codes"]} == words.WORDS
        return
    assert table["words"][provider] == words.WORDS
    if provider in table["refund_words"]:
        assert table["refund_words"][provider] == words.REFUND_WORDS


def test_codes_mean_what_the_table_says() -> None:
    """Open is what it calls pending, and what it does not list of those that say so; for good is what it calls failed, and no more."""
    states = {code["code"]: code["state"] for code in upi_json("tables/response-codes.json")["codes"]}
    assert {code for code, state in states.items() if state == "PENDING"} <= OPEN_CODES
    assert {states.get(code, "PENDING") for code in OPEN_CODES} == {"PENDING"}
    assert {code for code, state in states.items() if state == "FAILED"} == FINAL_CODES


def test_settlement_report_is_matched_by_payment_id() -> None:
    """Against the ledger: what is confirmed, what is missing, what is too much, what went back, and what each settlement comes to."""
    case = upi_json("settlement/razorpay.json")
    rows, bad = bank("razorpay").read_settlement(
        account_of("razorpay")[0], (UPI / "settlement" / "razorpay-recon.json").read_bytes()
    )
    assert bad == ()
    ledger = {line["payment_id"]: line["amount_paise"] for line in case["ledger"]}
    paid = {row.provider_txn_id: row.amount for row in rows if row.kind == "payment"}
    net: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        net[row.settlement_id] += (row.amount if row.kind == "payment" else -row.amount) - row.fee
    assert case["expect"] == {
        "matched": [name for name in ledger if paid.get(name) == ledger[name]],
        "missing_in_file": [name for name in ledger if name not in paid],
        "extra_in_file": [name for name in paid if name not in ledger],
        "refunds": [
            {"payment_id": row.provider_txn_id, "amount_paise": row.amount} for row in rows if row.kind == "refund"
        ],
        "net_paise_by_settlement": net,
    }

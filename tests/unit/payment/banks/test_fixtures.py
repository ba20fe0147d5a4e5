"""The callbacks, signatures and reports of the shared fixtures (their README says what is in them), each read as it says.

`HAAT_UPI_FIXTURES` names another folder of that layout. What belongs to a bank that is not built is skipped aloud, by count and name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pytest

from haat.kernel.secret import Secret
from haat.payment.banks import Account, Keys
from haat.payment.banks.registry import NAMES, bank
from haat.payment.model.evidence import Evidence, Notice, RefundEvidence, Refused, Said
from tests.upi_fixtures import UPI, upi_json

pytestmark = pytest.mark.upi

KEYS = {  # what a bank's module calls a key, and what the fixtures call it
    "razorpay": {
        "webhook_secret": "razorpay_webhook_secret",
        "webhook_secret_previous": "razorpay_webhook_secret_previous",
    },
}
CALLBACKS: list[dict[str, Any]] = upi_json("callbacks.json")["callbacks"]
SIGNATURES: list[dict[str, Any]] = upi_json("vectors/signatures.json")
VERDICTS = {Evidence: "evidence", RefundEvidence: "refund_evidence", Notice: "notice", Refused: "rejected"}
OURS = {"amount_paise": "amount", "refund_status": "status"}  # where our word for a field is another


def built(rows: Iterable[dict[str, Any]]) -> list[Any]:
    """A row of a bank that is built is a test; those of each other bank are one test, which is skipped and says why."""
    tests, others = [], defaultdict(list)
    for row in rows:
        if row["provider"] in NAMES:
            tests.append(pytest.param(row, id=row["id"]))
        else:
            others[row["provider"]].append(row["id"])
    for name, ids in others.items():
        why = pytest.mark.skip(reason=f"no bank is built for {name}: {len(ids)} left out: {', '.join(ids)}")
        tests.append(pytest.param({}, id=f"{name}-{len(ids)}-left-out", marks=why))
    return tests


def account_of(provider: str) -> tuple[Account, Keys]:
    """The fixtures' own account at a bank, with the keys of its door."""
    profile = upi_json("profile.json")["providers"][provider]
    secrets = upi_json("test-keys/secrets.json")
    account = Account(
        provider=provider, merchant_id=profile["merchant_id"], vpa=profile["vpa"], base_url="http://127.0.0.1:9"
    )
    return account, {ours: Secret(secrets[theirs]) for ours, theirs in KEYS[provider].items()}


def hear(row: Mapping[str, Any]) -> Said:
    """What its bank reads from a row."""
    raw = (UPI / row["body_file"]).read_bytes()
    return bank(row["provider"]).read_callback(*account_of(row["provider"]), row["headers"], raw)


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
        if row["provider"] in NAMES:
            said = hear(row)
            at_the_door = isinstance(said, Refused) and said.reason in ("bad_signature", "missing_signature")
            assert bank(row["provider"]).ack(said)[0] == (401 if at_the_door else 200), row["id"]


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
        left_out = [row["id"] for row in rows if row["provider"] not in NAMES]
        reasons = " ".join(str(mark.kwargs["reason"]) for test in built(rows) for mark in test.marks)
        assert rows
        assert all(name in reasons for name in left_out)


def test_words_mean_what_the_table_says() -> None:
    """Every status word of the table, of banks that are built; a word that it does not list is unknown."""
    table = upi_json("tables/status-words.json")
    from haat.payment.banks import razorpay_entities as razorpay  # noqa: PLC0415

    assert table["words"]["razorpay"] == razorpay.WORDS
    assert table["refund_words"]["razorpay"] == razorpay.REFUND_WORDS


def test_settlement_report_is_matched_by_payment_id() -> None:
    """Against the ledger: what is confirmed, what is missing, what is too much, what went back, and what each settlement comes to."""
    case = upi_json("settlement/razorpay.json")
    rows, bad = bank("razorpay").read_settlement((UPI / "settlement" / "razorpay-recon.json").read_bytes())
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

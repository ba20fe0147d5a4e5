"""Settlement files as operators see them."""

from typing import Any

from haat.kernel.time import rfc3339
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Caps
from haat.payment.model.files import Line, SettlementFile


def shown(file: SettlementFile) -> dict[str, Any]:
    """A file as operators see it."""
    return {
        "id": file.id,
        "payee_account_id": file.account,
        "merchant_id": file.merchant,
        "provider": file.provider,
        "first_day": file.first_day,
        "last_day": file.last_day,
        "source": file.source,
        "state": file.state,
        "reason": file.reason or None,
        "same_as": file.same_as or None,
        "lines": dict(file.counts),
        "questions": file.questions,
        "totals": {
            "currency": "INR",
            "received": file.received,
            "refunded": file.refunded,
            "charged_back": file.charged_back,
            "fees": file.fees,
            "gst_on_fees": file.taxes,
            "net": net(file),
        },
        "net_by_settlement": dict(file.by_settlement),
        "created_at": rfc3339(file.created_at),
        "done_at": rfc3339(file.done_at) if file.done_at else None,
    }


def shown_line(line: Line) -> dict[str, Any]:
    """A line as operators see it."""
    row = line.row
    return {
        "line": row.line or None,
        "meaning": line.meaning or None,
        "reason": line.reason or None,
        "kind": row.kind,
        "amount": {"minor": row.amount, "currency": "INR"},
        "fee": row.fee,
        "gst_on_fee": row.tax,
        "reference_id": row.tr or None,
        "rrn": row.rrn or None,
        "provider_payment_id": row.provider_txn_id or None,
        "provider_word": row.status_word or None,
        "settlement": row.settlement_id or None,
        "occurred_at": rfc3339(row.occurred_at) if row.occurred_at is not None else None,
    }


def net(file: SettlementFile) -> int:
    """What the bank owes the shop for these lines; below zero where it is the other way round."""
    return file.received - file.refunded - file.charged_back - file.fees


def shown_account(account: PayeeAccount, caps: Caps) -> dict[str, Any]:
    """An account that a file can be of."""
    return {
        "id": account.id,
        "provider": account.bank.provider,
        "upi_address": account.bank.vpa,
        "name": account.name,
        "state": account.state,
        "settlement_file": caps.settlement_format or None,
        "fetches": caps.fetches_settlement,
    }

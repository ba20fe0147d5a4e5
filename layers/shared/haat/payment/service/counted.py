"""The words under which changes of payments are logged and counted."""

from haat.payment.model.payment import Change


def word(change: Change) -> str:
    """For logs and metrics."""
    if change.orphan is not None:
        return "orphan"
    match change.events[0].kind if change.events else "":
        case "PaymentPaid":
            return "paid"
        case "PaymentFailed":
            return "failed"
        case "PaymentExpired":
            return "expired"
        case "PaymentCancelled":
            return "cancelled"
        case "SurplusReceived":
            return "surplus"
        case "ReviewNeeded":
            return "review"
        case "RefundProposed":
            return "refund_proposed"
        case "RefundDone":
            return "refund_done"
        case "RefundFailed":
            return "refund_failed"
        case "ChargedBack":
            return "charged_back"
        case _:
            return "noted"

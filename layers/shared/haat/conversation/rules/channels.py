"""A shop's channels: as people see them, and who may have one."""

from typing import Any

from haat.conversation.model import Connected
from haat.kernel.errors import Conflict
from haat.kernel.time import rfc3339


def taken() -> Conflict:
    """The refusal of a number that has an owner; it does not say whom."""
    return Conflict("this number is connected already", word="number-taken")


def shown(connected: Connected) -> dict[str, Any]:
    """A channel as people see it: never its token."""
    channel, number = connected.channel, connected.number
    at = connected.stopped_at
    return {
        "kind": channel.kind,
        "phone_number_id": channel.address,
        "account_id": channel.account,
        "display_phone_number": number.display,
        "verified_name": number.name,
        "code_verification_status": number.verification,
        "quality_rating": number.quality,
        "connected_at": rfc3339(connected.connected_at),
        "stopped": {"reason": channel.stopped, "at": rfc3339(at) if at is not None else None}
        if channel.stopped
        else None,
    }

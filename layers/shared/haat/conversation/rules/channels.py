"""A shop's channels: as people name and see them, who may have one, and which of them show a shop."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from haat.conversation.model import Connected
from haat.kernel.errors import Conflict, Rejected
from haat.kernel.time import rfc3339

WHATSAPP, MESSENGER = "whatsapp", "messenger"
KINDS: Final = (
    WHATSAPP,
    MESSENGER,
)  # Meta gives no id twice, so an address alone says which of a shop's channels is meant
# Where what a shop says of itself is written by us (Cloud API, Business profiles). A page is written by its owner, on Facebook.
SHOW_PROFILES: Final = frozenset({WHATSAPP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which address is to be connected. A page has no account."""

    kind: str
    address: str
    account: str = ""


def asked(said: Mapping[str, Any]) -> Asked:
    """What a body that names either a number or a page asks for. Raises Rejected naming the fields that don't go together."""
    page = said.get("page_id")
    one = (
        Asked(kind=WHATSAPP, address=said["phone_number_id"], account=said.get("account_id", ""))
        if page is None
        else Asked(kind=MESSENGER, address=page)
    )
    if wrong := dict(_wrong(said, one)):
        raise Rejected("some fields do not go together", word="invalid", fields=wrong)
    return one


def _wrong(said: Mapping[str, Any], one: Asked) -> Iterator[tuple[str, str]]:
    if said.get("kind", one.kind) != one.kind:
        yield "kind", f"is no word for what is named here: leave it out, or say {one.kind}"
    if one.kind == MESSENGER and "account_id" in said:
        yield "account_id", "is no field of a page: leave it out"


def taken() -> Conflict:
    """The refusal of an address that has an owner; it does not say whom."""
    return Conflict("this number or page is connected already", word="number-taken")


def shown(connected: Connected) -> dict[str, Any]:
    """A channel as people see it: never its token. What the kind of channel does not have is null."""
    channel, number = connected.channel, connected.number
    at, page = connected.stopped_at, channel.kind == MESSENGER
    return {
        "kind": channel.kind,
        "phone_number_id": None if page else channel.address,
        "page_id": channel.address if page else None,
        "account_id": None if page else channel.account,
        "display_phone_number": None if page else number.display,
        "verified_name": number.name,
        "code_verification_status": None if page else number.verification,
        "quality_rating": None if page else number.quality,
        "connected_at": rfc3339(connected.connected_at),
        "stopped": {"reason": channel.stopped, "at": rfc3339(at) if at is not None else None}
        if channel.stopped
        else None,
    }

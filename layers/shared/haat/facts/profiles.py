"""What a shop says of itself, on its way to the channels on which it is found.

Group and dedupe hold ids of ours; the rows of one shop arrive in order.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from haat.facts.codec import check_version, from_plain, to_json
from haat.kernel.errors import Rejected
from haat.kernel.ids import MerchantId, RequestId
from haat.kernel.time import Instant

QUEUE = "conversation-profile.fifo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged:
    """What channels show of a shop is so from now on. A later change has a higher `revision`."""

    name: ClassVar[str] = "profile_changed"
    version: ClassVar[int] = 1

    merchant: MerchantId
    revision: int
    about: str = ""
    description: str = ""
    address: str = ""
    email: str = ""
    websites: tuple[str, ...] = ()
    category: str = ""

    def __repr__(self) -> str:
        return f"ProfileChanged({self.merchant}, {self.revision})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileWanted:
    """A shop has a new address on a channel, which shows nothing of it yet."""

    name: ClassVar[str] = "profile_wanted"
    version: ClassVar[int] = 1

    merchant: MerchantId
    occurred_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWanted:
    """The channel is to be asked whether the shop has shown that a number is its own. The answer is `NumberSeen` (verification.py)."""

    name: ClassVar[str] = "number_wanted"
    version: ClassVar[int] = 1

    merchant: MerchantId
    request: RequestId
    round: int
    channel: str
    address: str
    occurred_at: Instant

    def __repr__(self) -> str:
        return f"NumberWanted({self.request})"


ProfileFact = ProfileChanged | ProfileWanted | NumberWanted
_CLASSES: Mapping[str, type[ProfileFact]] = {cls.name: cls for cls in (ProfileChanged, ProfileWanted, NumberWanted)}


def dump(fact: ProfileFact) -> str:
    """The fact as one JSON text."""
    return to_json(fact, fact.name, fact.version)


def outbox_row(fact: ProfileFact, dedupe: str) -> dict[str, str]:
    """The attributes that make an item its outbox row."""
    return {"queue": QUEUE, "body": dump(fact), "group": fact.merchant, "dedupe": dedupe}


def load(text: str) -> ProfileFact:
    """Read a fact of this version or the one before or after. Raises Rejected when it is none of these."""
    try:
        data = json.loads(text)
    except ValueError:
        raise Rejected("not a profile: no JSON") from None
    name = data.get("fact") if isinstance(data, dict) else None
    cls = _CLASSES.get(name) if isinstance(name, str) else None
    if cls is None:
        raise Rejected("not a profile that this version knows")
    check_version(data, cls.version)
    return from_plain(cls, data)

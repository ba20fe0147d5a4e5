"""What all of Meta's channels share: who signed a webhook, the handshake, and the facts that one webhook brought.

Sources: Graph API, Webhooks, "Verification requests" and "Validating payloads".
"""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from haat.facts.conversation import AnyFact, DeliveryReported, Inbound, SeenUpTo
from haat.kernel.ids import Fingerprint, MessageId
from haat.kernel.secret import Secret

_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
_MARK: Final = "haat:"
_OURS = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")  # a ULID: what goes along with a message as its opaque data


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What one webhook brought. `ignored` counts, by one word each, what is left out on purpose."""

    facts: tuple[Inbound, ...] = ()
    statuses: tuple[DeliveryReported, ...] = ()
    seen: tuple[SeenUpTo, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)


def signed(body: bytes, header: str | None, secrets: Sequence[Secret[str]]) -> bool:
    """Whether X-Hub-Signature-256 stands for these very bytes under one of the secrets. All are tried, so the time taken tells nothing."""
    if header is None or not _SIGNATURE.fullmatch(header):
        return False
    given, found = header.removeprefix("sha256="), False
    for secret in secrets:
        expected = hmac.digest(secret.reveal().encode(), body, hashlib.sha256).hex()
        found |= hmac.compare_digest(expected, given) and bool(secret.reveal())  # anyone can sign with an empty secret
    return found


def handshake(query: Mapping[str, str], token: Secret[str]) -> str | None:
    """The challenge to send back as plain text, or None to refuse."""
    given = query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
    known = hmac.compare_digest(given, token.reveal().encode()) and bool(given)
    return query.get("hub.challenge") if known and query.get("hub.mode") == "subscribe" else None


def ours(data: Any) -> MessageId | None:
    """Whose message it is that comes back with this data: the id of our own, or None of somebody else's."""
    return MessageId(data) if isinstance(data, str) and _OURS.fullmatch(data) else None


def mark(id: MessageId) -> str:
    """The data that brings a message of ours back where every program of a page hears of all of them: others mark theirs, too."""
    return _MARK + id


def marked(data: Any) -> MessageId | None:
    """Whose message it is that comes back with this mark; None of another program's, whatever it marks with."""
    return ours(data.removeprefix(_MARK)) if isinstance(data, str) and data.startswith(_MARK) else None


def gathered(found: Iterable[AnyFact | str]) -> Envelope:
    """What a reader found in a webhook, each thing once; a word stands for something that is left out on purpose."""
    facts: dict[Fingerprint, Inbound] = {}
    statuses: dict[Fingerprint, DeliveryReported] = {}
    seen: dict[Fingerprint, SeenUpTo] = {}
    ignored: Counter[str] = Counter()
    for one in found:
        if isinstance(one, str):
            ignored[one] += 1
        elif one.key in facts or one.key in statuses or one.key in seen:
            ignored["repeated"] += 1
        elif isinstance(one, DeliveryReported):
            statuses[one.key] = one
        elif isinstance(one, SeenUpTo):
            seen[one.key] = one
        else:
            facts[one.key] = one
    if not (facts or statuses or seen or ignored):
        ignored["empty"] = 1
    return Envelope(
        facts=tuple(facts.values()), statuses=tuple(statuses.values()), seen=tuple(seen.values()), ignored=ignored
    )

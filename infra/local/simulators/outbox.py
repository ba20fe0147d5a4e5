"""Webhooks that wait to be posted, and posted again until they are answered with 200.

Source: Webhooks (meta-platform, section 1): anything but 200 is tried again, with growing gaps, for up to seven days.
"""

from dataclasses import dataclass, replace

from infra.local.http import Webhook
from infra.local.simulators.wire import signatures

PATH = "/webhooks/whatsapp"
FIRST_GAP = 1.0
LONGEST_GAP = 3600.0
GIVE_UP_AFTER = 7 * 86400.0
# A webhook that was handed out and never answered (its poster died) is handed out again after this many seconds.
LEASE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a good answer means: the line `wamid` of a chat has reached `tick` as far as Haat knows."""

    phone_number_id: str
    customer: str
    wamid: str
    tick: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One body on its way to Haat; times are seconds since 1970."""

    id: str
    body: bytes
    made_at: float
    due_at: float
    attempts: int = 0
    mark: Mark | None = None


class Outbox:
    """All postings in the order in which they fall due; the simulator's lock is held."""

    def __init__(self) -> None:
        self.waiting: dict[str, Posting] = {}
        self.given_up: list[Posting] = []
        self._leased: dict[str, float] = {}

    def add(self, posting: Posting) -> None:
        """Take a body to be posted at its `due_at`."""
        self.waiting[posting.id] = posting

    def due(self, now: float, secret: str) -> list[Webhook]:
        """Hand out what is due and in nobody's hands, oldest first, signed with today's secret."""
        ready = [
            posting
            for posting in self.waiting.values()
            if posting.due_at <= now and self._leased.get(posting.id, now) <= now
        ]
        # The dictionary keeps the order of making; the sort is stable.
        ready.sort(key=lambda posting: posting.due_at)
        for posting in ready:
            self._leased[posting.id] = now + LEASE
        return [_webhook(posting, secret) for posting in ready]

    def answered(self, webhook_id: str, status: int, now: float) -> Mark | None:
        """Note Haat's answer; return what it means when it was 200. `status` 0 stands for no answer."""
        self._leased.pop(webhook_id, None)
        posting = self.waiting.get(webhook_id)
        if posting is None:
            return None
        if status == 200:
            del self.waiting[webhook_id]
            return posting.mark
        gap = min(FIRST_GAP * 2**posting.attempts, LONGEST_GAP)
        if now + gap > posting.made_at + GIVE_UP_AFTER:
            del self.waiting[webhook_id]
            self.given_up.append(posting)
        else:
            self.waiting[webhook_id] = replace(posting, attempts=posting.attempts + 1, due_at=now + gap)
        return None

    def hold(self, webhook_id: str, until: float) -> None:
        """Keep one webhook back until a time: what makes messages overtake each other."""
        self.waiting[webhook_id] = replace(self.waiting[webhook_id], due_at=until)


def _webhook(posting: Posting, secret: str) -> Webhook:
    headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
    return Webhook(id=posting.id, path=PATH, headers=headers | signatures(secret, posting.body), body=posting.body)

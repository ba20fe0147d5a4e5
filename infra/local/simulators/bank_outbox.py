"""The bank's callbacks that wait to be posted, and are posted again until they are answered with 2xx.

Source: razorpay.com/docs, Webhooks: anything but 2xx within five seconds is tried again with growing gaps for 24 hours, then
the webhook is switched off; a retry is signed with the secret of its first attempt. The simulated bank does the same.
"""

import base64
from dataclasses import asdict, dataclass, replace
from typing import Self

from infra.local.http import Webhook
from infra.local.simulators.wire import Json

DAY = 86_400.0
FIRST_GAP, LONGEST_GAP = 5.0, 3_600.0
# A callback that was handed out and never answered (its poster died) is handed out again after this many seconds.
LEASE = 60.0
PREFIX = "bank-"  # of their ids: who asks what became of a webhook knows by it whose it is


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPosting:
    """One callback; its bytes and signature never change. `once`: whoever sends it does not try again."""

    id: str
    account: str
    path: str
    headers: dict[str, str]
    body: bytes
    made_at: float
    due_at: float
    attempts: int = 0
    once: bool = False

    def dumped(self) -> Json:
        """Return it as JSON."""
        return asdict(self) | {"body": base64.b64encode(self.body).decode("ascii")}

    @classmethod
    def loaded(cls, kept: Json) -> Self:
        """Return it from JSON."""
        return cls(**kept | {"body": base64.b64decode(kept["body"])})


class BankOutbox:
    """All callbacks on their way; the simulator's lock is held. `held` waits for `release`."""

    def __init__(self) -> None:
        self.waiting: dict[str, BankPosting] = {}
        self.held: list[BankPosting] = []
        self.posted: list[BankPosting] = []
        self._leased: dict[str, float] = {}

    def add(self, posting: BankPosting) -> None:
        """Take a callback to be posted at its `due_at`."""
        self.waiting[posting.id] = posting

    def release(self, count: int | None, now: float) -> int:
        """Let held callbacks go, the first `count` or all; return how many went."""
        going, self.held = self.held[:count], self.held[len(self.held[:count]) :]
        for posting in going:
            self.add(replace(posting, due_at=now))
        return len(going)

    def due(self, now: float) -> list[Webhook]:
        """Hand out what is due and in nobody's hands, oldest first."""
        ready = [
            posting
            for posting in self.waiting.values()
            if posting.due_at <= now and self._leased.get(posting.id, now) <= now
        ]
        for posting in ready:
            self._leased[posting.id] = now + LEASE
        ready.sort(key=lambda posting: posting.due_at)  # stable: else in the order of making
        return [Webhook(id=one.id, path=one.path, headers=one.headers, body=one.body) for one in ready]

    def answered(self, webhook_id: str, status: int, now: float) -> BankPosting | None:
        """Note the answer, `status` 0 for none; return the callback where it is given up after a day."""
        self._leased.pop(webhook_id, None)
        posting = self.waiting.pop(webhook_id, None)
        if posting is None or 200 <= status < 300 or posting.once:
            return None
        gap = min(FIRST_GAP * 2**posting.attempts, LONGEST_GAP)
        if now + gap > posting.made_at + DAY:
            return posting
        self.add(replace(posting, attempts=posting.attempts + 1, due_at=now + gap))
        return None

    def next_due(self) -> float | None:
        """Return when the next one falls due."""
        return min((posting.due_at for posting in self.waiting.values()), default=None)

    def forget(self, account: str) -> None:
        """Drop what waits for an account."""
        self.waiting = {id: posting for id, posting in self.waiting.items() if posting.account != account}
        self.held = [posting for posting in self.held if posting.account != account]

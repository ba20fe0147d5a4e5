"""Webhooks that wait to be posted, and posted again until they are answered with 200.

Source: Webhooks (meta-platform, section 1): anything but 200 is tried again, with growing gaps, for up to seven days.
Bodies are made when they are handed out for the first time: until then a habit may join or delay them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from infra.local.http import Webhook
from infra.local.simulators.packing import merge, rewrap, write
from infra.local.simulators.webhooks import Habit, Webhooks, What
from infra.local.simulators.wire import signatures

PATH = "/webhooks/whatsapp"
MESSENGER_PATH = "/webhooks/messenger"
# A webhook that was handed out and never answered (its poster died) is handed out again after this many seconds.
LEASE = 60.0
# How long one that is to be overtaken waits for another to come.
OVERTAKEN = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a good answer means: the line `wamid` of a chat has reached `tick` as far as Haat knows.

    `phone_number_id` is a page's id where the chat is one of a page.
    """

    phone_number_id: str
    customer: str
    wamid: str
    tick: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One body on its way to Haat; times are seconds since 1970.

    `settled`: delays are behind it; `sealed`: it was handed out, its bytes never change again; `gathering`: it waits for
    others to share a body with. `secret` signs it where the app's own does not ("").
    """

    id: str
    body: bytes
    made_at: float
    due_at: float
    attempts: int = 0
    marks: tuple[Mark, ...] = ()
    number: str | None = None
    what: What = "raw"
    settled: bool = False
    sealed: bool = False
    gathering: bool = False
    path: str = PATH
    secret: str = field(default="", repr=False)

    def goes_with(self, other: "Posting") -> bool:
        """Say whether both may stand in one body: they go to one address, from one app of Meta's."""
        return (self.path, self.secret) == (other.path, other.secret)


class Outbox:
    """All postings in the order in which they fall due; the simulator's lock is held."""

    def __init__(self, habits: Webhooks) -> None:
        self.waiting: dict[str, Posting] = {}
        self.given_up: list[Posting] = []
        self._habits = habits
        self._leased: dict[str, float] = {}
        self._before: dict[tuple[str, str], bytes] = {}

    def add(self, posting: Posting) -> None:
        """Take a body to be posted at its `due_at`."""
        self.waiting[posting.id] = posting

    def due(self, now: float, secret: Callable[[Posting], str]) -> list[Webhook]:
        """Hand out what is due and in nobody's hands, oldest first, each signed with the secret that is its today."""
        ready = self._ready(now)
        if any(not posting.sealed for posting in ready):
            ready = [posting for posting in ready if posting.sealed] + self._sealed(ready, now)
        for posting in ready:
            self._leased[posting.id] = now + LEASE
        return [_webhook(posting, secret(posting)) for posting in ready]

    def answered(self, webhook_id: str, status: int, now: float) -> tuple[Mark, ...]:
        """Note Haat's answer; return what it means when it was 200. `status` 0 stands for no answer."""
        self._leased.pop(webhook_id, None)
        posting = self.waiting.get(webhook_id)
        if posting is None:
            return ()
        if status == 200:
            del self.waiting[webhook_id]
            return posting.marks
        gap = min(self._habits.first_gap * 2**posting.attempts, self._habits.longest_gap)
        if now + gap > posting.made_at + self._habits.redeliver_for:
            del self.waiting[webhook_id]
            self.given_up.append(posting)
        else:
            self.waiting[webhook_id] = replace(posting, attempts=posting.attempts + 1, due_at=now + gap)
        return ()

    def hold(self, webhook_id: str, until: float) -> None:
        """Keep one webhook back until a time: what makes messages overtake each other."""
        self.waiting[webhook_id] = replace(self.waiting[webhook_id], due_at=until)

    def _ready(self, now: float) -> list[Posting]:
        # The dictionary keeps the order of making; the sort is stable.
        return sorted(
            (
                posting
                for posting in self.waiting.values()
                if posting.due_at <= now and self._leased.get(posting.id, now) <= now
            ),
            key=lambda posting: posting.due_at,
        )

    def _sealed(self, ready: list[Posting], now: float) -> list[Posting]:
        """Make the bodies of what is posted for the first time, after what the habits do to them."""
        fresh = self._in_order([posting for posting in ready if not posting.sealed], now)
        sealed: list[Posting] = []
        for group, batch in self._grouped(fresh, now):
            posting = self._pack(group, batch)
            sealed += [posting, *self._again(posting, now)]
        return sealed

    def _in_order(self, fresh: list[Posting], now: float) -> list[Posting]:
        """Take out what comes later, and let each that is to be overtaken change places with the next."""
        ordered: list[Posting] = []
        overtaken: Posting | None = None
        for posting in fresh:
            settled = replace(posting, settled=True)
            if not posting.settled and (late := self._habits.take("delay", posting.number, posting.what)):
                self.waiting[posting.id] = replace(settled, due_at=now + late.seconds)
            elif overtaken is not None:
                ordered += [settled, overtaken]
                overtaken = None
            elif not posting.settled and self._habits.take("reorder", posting.number, posting.what):
                overtaken = settled
            else:
                ordered.append(settled)
        if overtaken is not None:
            self.waiting[overtaken.id] = replace(overtaken, due_at=now + OVERTAKEN)
        return ordered

    def _grouped(self, fresh: list[Posting], now: float) -> list[tuple[list[Posting], Habit | None]]:
        """Put together what goes into one body; what waits for others stays behind."""
        groups: list[tuple[list[Posting], Habit | None]] = []
        placed: set[str] = set()
        for first in fresh:
            # Where enough older ones wait, they go before it.
            while first.id not in placed:
                batch = self._habits.of("batch", first.number, first.what) if first.what != "raw" else None
                group = self._company(batch, first, fresh, placed, now) if batch else [first]
                placed |= {one.id for one in group}
                oldest = group[0].made_at
                if batch is not None and len(group) < batch.size and now < oldest + batch.seconds:
                    for one in group:
                        self.waiting[one.id] = replace(one, gathering=True, due_at=oldest + batch.seconds)
                    continue
                if batch is not None:
                    self._habits.take("batch", first.number, first.what)
                groups.append((group, batch))
        return groups

    def _company(
        self, batch: Habit, first: Posting, fresh: list[Posting], placed: set[str], now: float
    ) -> list[Posting]:
        """Return what one body may hold, oldest first: of what is due, and of what waits for company."""
        gathering = (one for one in self.waiting.values() if one.gathering and one.due_at > now)
        fits = [
            one
            for one in (*gathering, *fresh)
            if one.id not in placed and one.what != "raw" and batch.fits(one.number, one.what) and one.goes_with(first)
        ]
        return sorted(fits, key=lambda one: (one.made_at, one.id))[: batch.size]

    def _pack(self, group: list[Posting], batch: Habit | None) -> Posting:
        """Make one body of a group; it goes under the first one's id, and a good answer counts for all."""
        first, body = group[0], group[0].body
        plain = first.what != "raw" and self._habits.take("raw", first.number, first.what) is not None
        if len(group) > 1 or plain:
            documents = [json.loads(one.body) for one in group]
            body = write(merge(documents, batch.shape if batch else "messages"), raw=plain)
        marks = tuple(mark for one in group for mark in one.marks)
        for one in group:
            del self.waiting[one.id]
        posting = replace(first, body=body, marks=marks, sealed=True, gathering=False)
        self.waiting[posting.id] = posting
        return posting

    def _again(self, posting: Posting, now: float) -> list[Posting]:
        """Plan what comes a second time; return what of it is due now."""
        extra: list[Posting] = []
        if twice := self._habits.take("duplicate", posting.number, posting.what):
            extra.append(replace(posting, id=f"{posting.id}-again", marks=(), due_at=now + twice.seconds))
        if posting.what != "raw":
            if other := self._habits.take("rewrap", posting.number, posting.what):
                kept = self._before.get((posting.path, posting.secret))
                before = json.loads(kept) if kept is not None else None
                body = write(rewrap(json.loads(posting.body), before), raw=not posting.body.isascii())
                again = replace(posting, id=f"{posting.id}-rewrapped", body=body, marks=(), due_at=now + other.seconds)
                extra.append(again)
            self._before[posting.path, posting.secret] = posting.body
        self.waiting |= {one.id: one for one in extra}
        return [one for one in extra if one.due_at <= now]


def _webhook(posting: Posting, secret: str) -> Webhook:
    headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
    return Webhook(
        id=posting.id, path=posting.path, headers=headers | signatures(secret, posting.body), body=posting.body
    )

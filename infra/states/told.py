"""What a change comes to, in words: read off what is written, not off what the rules meant to write."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from haat.kernel.time import MINUTE, SECOND, Instant
from haat.payment.model.payment import Change, Payment
from haat.payment.rules import news

KINDS = {"primary": "the request's own", "mismatch": "of another sum", "surplus": "one too many"}


def follows(before: Payment, change: Change, now: Instant, *, moved: bool = True) -> str:
    """All that follows, in one line. `moved`: say the new state too."""
    after = change.after
    parts = [*_state(before, after, moved=moved), *_receipts(before, after)]
    if change.orphan:
        parts.append("kept apart as an orphan: not this request's money")
    parts += [f"flag `{flag}`" for flag in after.request.flags if flag not in before.request.flags]
    parts += [f"the flag `{flag}` goes" for flag in before.request.flags if flag not in after.request.flags]
    parts += _refunds(before, after)
    parts += _rows(before, change, now)
    parts += _asks(before, after, now)
    return "; ".join(parts) or "nothing"


def lines(cells: Mapping[str, Mapping[str, str]], every: int = 0) -> Iterator[str]:
    """Lines of a table: by fact and by state what follows. States in which the same follows share a line; `every`: how many states there are."""
    yield from ("| what is heard | state | what follows |", "| --- | --- | --- |")
    for fact, by_state in cells.items():
        groups: dict[str, list[str]] = defaultdict(list)
        for state, what in by_state.items():
            groups[what].append(state)
        last = max(groups, key=lambda what: len(groups[what]))
        if every == len(by_state) and len(groups[last]) > 3:
            groups[last] = ["every state" if len(groups) == 1 else "every other state"]
            groups[last] = groups.pop(last)  # to the end
        shown = fact
        for what, states in groups.items():
            yield f"| {shown} | {' · '.join(states)} | {what} |"
            shown = ""


def _state(before: Payment, after: Payment, *, moved: bool) -> Iterator[str]:
    if moved and after.request.state != before.request.state:
        yield f"**{after.request.state}**"
    if after.request.late is not None and after.request.late != before.request.late and after.request.late:
        yield "marked as paid late"


def _receipts(before: Payment, after: Payment) -> Iterator[str]:
    known = {receipt.rrn: receipt for receipt in before.receipts}
    for receipt in after.receipts:
        old = known.get(receipt.rrn)
        settled = ", confirmed by the file" if receipt.settled and not (old and old.settled) else ""
        if old is None:
            yield f"a receipt: {KINDS[receipt.kind]}{settled}"
        elif settled:
            yield "the receipt is confirmed by the file"
        if old is not None and receipt.disputed != old.disputed:
            yield "the receipt says how much the bank took back"
        if receipt.proposed and not (old and old.proposed):
            yield f"giving {'it' if old is None else 'the earlier money'} back is proposed (`{receipt.proposed}`)"


def _refunds(before: Payment, after: Payment) -> Iterator[str]:
    known = {refund.id: refund for refund in before.refunds}
    for refund in after.refunds:
        old = known.get(refund.id)
        if old is None or old.state != refund.state:
            yield f"**{refund.state}**"
        if refund.ask_at and refund.ask_at != (old.ask_at if old else 0):
            yield "the bank is asked after it under the same id"


def _rows(before: Payment, change: Change, now: Instant) -> Iterator[str]:
    """What the outbox holds of it: who is told what, and which calls are to be made."""
    rows = news.rows(before, change, now)
    told = [row.name.rpartition("#")[::2] for row in rows if row.name.endswith(("#merchant", "#customer"))]
    for event in dict.fromkeys(name.partition("#")[0] for name, _ in told):
        whom = [who for name, who in told if name.partition("#")[0] == event]
        people = {"merchant": "the shop", "customer": "the customer"}
        yield f"told: {' and '.join(people[who] for who in whom)} (`{event}`)"
    if any(row.name == "asks" for row in rows):
        yield "the customer is asked for the money"
    calls: list[dict[str, Any]] = [json.loads(row.row["body"]) for row in rows if row.name.startswith("refund#")]
    yield from (f"the bank is called ({'first' if call['number'] == 1 else 'again'}, same id)" for call in calls)


def _asks(before: Payment, after: Payment, now: Instant) -> Iterator[str]:
    was, asks = before.request.pull_at, after.request.pull_at
    if was == asks:
        return
    if not asks:
        yield "the bank is asked no more"
    elif asks <= now:
        yield "the bank is asked now"
    elif asks == after.request.expires_at:
        yield "the bank is asked at the end"
    else:
        wait = asks - now
        yield f"the bank is asked in {wait // MINUTE} min" + (f" {wait % MINUTE // SECOND} s" if wait % MINUTE else "")

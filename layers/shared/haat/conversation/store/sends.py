"""The state of outgoing messages: a small item apart from the text, because an update is charged for the whole item.

Attributes: `st` sending | sent | failed (no item, or `due`: due), `sat` when "sending" was written, `tries`, `lost`, `rnk` the channel's
last word, `err`, `wamid`; and what a status needs: `addr`, `src` (the row with the message itself), `mer`.
"""

from contextlib import suppress
from typing import Any

from haat.aws.table import Put, Refused, Table, Update, Value
from haat.conversation.model import Outgoing, SendState
from haat.conversation.ports import Claimed
from haat.conversation.rules.customs import window_ms
from haat.conversation.rules.sending import RANKS
from haat.conversation.store.items import (
    SEND_LIFE_MS,
    customer_pk,
    load_outgoing,
    notice_item,
    outgoing_item,
    read_conversation,
    ttl,
)
from haat.facts.conversation import DeliveryReported
from haat.kernel.errors import Unavailable
from haat.kernel.ids import MessageId, Pepper, ProviderId
from haat.kernel.time import Instant, later

# WhatsApp's code, and Messenger's; counted on the conversation, and the customer's next message clears it.
UNREACHABLE = frozenset({131026, 551, 1545041, 2018001, 2018108})


def send_pk(id: MessageId) -> str:
    """Where the state of an outgoing message is."""
    return f"SEND#{id}"


def read_state(id: MessageId, item: dict[str, Any] | None) -> SendState:
    """The state in an item; no item is due."""
    if item is None:
        return SendState(id=id)
    return SendState(
        id=id,
        state=item.get("st", "due"),
        since=Instant(item.get("sat", 0)),
        tries=item.get("tries", 0),
        lost=item.get("lost", 0),
        rank=item.get("rnk"),
        error=item.get("err"),
    )


class DynamoSends:
    """Fills the port Sends."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def state(self, id: MessageId) -> SendState:
        return read_state(id, self._table.get(send_pk(id), "SEND"))

    def claim(self, outgoing: Outgoing, now: Instant) -> Claimed | SendState:
        # The first claim makes the item; only a message that was refused before costs a second call.
        try:
            self._table.update(
                Update(
                    pk=send_pk(outgoing.id),
                    sk="SEND",
                    set={
                        "st": "sending",
                        "sat": now,
                        "tries": 1,
                        "addr": outgoing.address,
                        "src": outgoing.source,
                        "mer": outgoing.merchant,
                        "ttl": ttl(later(now, SEND_LIFE_MS)),
                    },
                    when="attribute_not_exists(pk)",
                )
            )
            return Claimed(tries=1)
        except Refused as refused:
            seen = read_state(outgoing.id, refused.old) if refused.old else self.state(outgoing.id)
        if seen.state != "due":
            return seen
        try:
            self._table.update(
                Update(
                    pk=send_pk(outgoing.id),
                    sk="SEND",
                    set={"st": "sending", "sat": now, "tries": seen.tries + 1},
                    when="#st = :due AND #tries = :tries",
                    values={"due": "due", "tries": seen.tries},
                )
            )
        except Refused:
            return self.state(outgoing.id)
        return Claimed(tries=seen.tries + 1)

    def take_over(self, outgoing: Outgoing, seen: SendState, now: Instant) -> Claimed | None:
        try:
            self._table.update(
                Update(
                    pk=send_pk(outgoing.id),
                    sk="SEND",
                    set={"sat": now, "tries": seen.tries + 1, "lost": seen.lost + 1},
                    when="#st = :sending AND #sat = :seen",
                    values={"sending": "sending", "seen": seen.since},
                )
            )
        except Refused:
            return None
        return Claimed(tries=seen.tries + 1, again=True)

    def sent(self, id: MessageId, provider_id: ProviderId) -> None:
        self._from_sending(id, {"st": "sent", "wamid": provider_id})

    def release(self, id: MessageId) -> None:
        self._from_sending(id, {"st": "due"})

    def _from_sending(self, id: MessageId, change: dict[str, Value]) -> None:
        try:
            self._table.update(
                Update(pk=send_pk(id), sk="SEND", set=change, when="#st = :sending", values={"sending": "sending"})
            )
        except Refused:
            return  # a status was faster, or it failed: both know more than we do

    def fail(self, outgoing: Outgoing, code: int, now: Instant) -> bool:
        return told(self._table, _failed(outgoing.id, code, now), outgoing, code, now)

    def drop(self, id: MessageId, code: int, now: Instant) -> None:
        with suppress(Refused):  # it was final already
            self._table.update(_failed(id, code, now))

    def window_ends(self, outgoing: Outgoing) -> Instant:
        item = self._table.get(customer_pk(outgoing.merchant, outgoing.customer), f"CONVERSATION#{outgoing.address}")
        lasts = window_ms(outgoing.channel, agent=outgoing.agent)
        return later(read_conversation(item).last_customer_at, lasts) if item else outgoing.window_ends


def _failed(id: MessageId, code: int, now: Instant) -> Update:
    return Update(
        pk=send_pk(id),
        sk="SEND",
        set={"st": "failed", "err": code, "rnk": 0, "ttl": ttl(later(now, SEND_LIFE_MS))},
        when="attribute_not_exists(pk) OR #st IN (:due, :sending)",
        values={"due": "due", "sending": "sending"},
    )


class DynamoReports:
    """Fills the port Reports."""

    def __init__(self, table: Table, pepper: Pepper | None = None) -> None:
        self._table, self._pepper = table, pepper

    def report(self, fact: DeliveryReported) -> bool:
        rank = RANKS.get(fact.status)
        if not rank:
            return False
        try:
            self._table.update(
                Update(
                    pk=send_pk(fact.outgoing),
                    sk="SEND",
                    set={"st": "sent", "rnk": rank, "wamid": fact.provider_id},
                    when="#addr = :addr AND #st <> :failed AND (attribute_not_exists(#rnk) OR #rnk < :rank)",
                    values={"addr": fact.address, "failed": "failed", "rank": rank},
                )
            )
        except Refused:
            return False
        return True

    def outgoing(self, fact: DeliveryReported) -> Outgoing | None:
        state = self._table.get(send_pk(fact.outgoing), "SEND")
        if state is None or state.get("addr") != fact.address or not state.get("src"):
            return None
        pk = state["src"]
        row = self._table.get(pk, pk.partition("#")[0])
        found = load_outgoing(row["body"]) if row and "body" in row else None
        return found if found is not None and found.id == fact.outgoing else None

    def fail_reported(
        self, fact: DeliveryReported, outgoing: Outgoing, code: int, now: Instant, again: Outgoing | None
    ) -> bool:
        state = Update(
            pk=send_pk(fact.outgoing),
            sk="SEND",
            set={"st": "failed", "err": code, "rnk": 0, "wamid": fact.provider_id},
            when="#addr = :addr AND #st <> :failed AND attribute_not_exists(#rnk)",
            values={"addr": fact.address, "failed": "failed"},
        )
        if again is None:
            return told(self._table, state, outgoing, code, now)
        assert self._pepper is not None, "saying again needs the pepper"
        return _written(self._table, [state, Put(item=outgoing_item(self._pepper, again), absent=True)])


def told(table: Table, state: Update, outgoing: Outgoing, code: int, now: Instant) -> bool:
    """Write a failure and the notice of it to the merchant, together. False when the state was final already. Raises Unavailable."""
    actions: list[Put | Update] = [state, Put(item=notice_item(outgoing, code, now))]
    if code in UNREACHABLE:
        pk, sk = customer_pk(outgoing.merchant, outgoing.customer), f"CONVERSATION#{outgoing.address}"
        if table.get(pk, sk) is not None:  # erased: nobody is left to count for
            actions.append(Update(pk=pk, sk=sk, add={"undeliverable": 1}, when="attribute_exists(pk)"))
    return _written(table, actions)


def _written(table: Table, actions: list[Put | Update]) -> bool:
    """Write all of it. False when the first, the state, was final; Unavailable when others were at work on the same items."""
    try:
        table.transact(actions)
    except Refused as refused:
        if 0 in refused.at:
            return False
        raise Unavailable("table: others were at work there") from None
    return True

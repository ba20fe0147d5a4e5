"""The shop's inbox in DynamoDB. A page is one of the index, which holds keys alone, and one request for the items behind it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from haat.aws.once import DynamoAnswers, marker
from haat.aws.table import Action, Delete, Put, Refused, Table
from haat.conversation.model import Conversation, Outgoing, Taught
from haat.conversation.model.people import Message, Question, Seen
from haat.conversation.ports.inbox import Listed
from haat.conversation.store.blocking import changed
from haat.conversation.store.items import customer_pk, message_pk, outgoing_item, read_conversation
from haat.conversation.store.lines import taught_actions
from haat.conversation.store.seen import read_seen
from haat.conversation.store.thread import lines, text_of
from haat.kernel.errors import Changed, Conflict, NotFound
from haat.kernel.ids import ConversationId, CustomerId, Fingerprint, MerchantId, Pepper
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

MOST_AT_ONCE = 100  # items of one BatchGetItem
STILL_THERE = "attribute_exists(pk)"


class DynamoInbox:
    """Fills the port Inbox."""

    def __init__(self, table: Table, pepper: Pepper) -> None:
        self._table, self._pepper, self._answers = table, pepper, DynamoAnswers(table)

    def given(self, once: Once) -> Answer | None:
        return self._answers.given(once)

    def conversation(self, merchant: MerchantId, id: ConversationId) -> Conversation | None:
        way = self._table.get(f"CONVERSATION#{id}", "CONVERSATION")
        if way is None:
            return None
        # Among the merchant's own customers: another's conversation is not there.
        item = self._table.get(customer_pk(merchant, way["customer"]), f"CONVERSATION#{way['address']}")
        return read_conversation(item) if item else None

    def conversations(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Conversation]:
        page = self._table.index_page(f"INBOX#{merchant}", after=after, limit=limit, newest_first=True)
        there = map(read_conversation, self._table.get_many([(key["pk"], key["sk"]) for key in page.items]))
        return sorted(there, key=lambda it: (it.inbox_day, it.last_customer_at), reverse=True), page.next

    def messages(self, id: ConversationId, after: str | None, limit: int) -> Listed[Message]:
        page = self._table.index_page(f"THREAD#{id}", after=after, limit=limit, newest_first=True)
        return lines(self._table, page.items), page.next

    def seen(self, there: Conversation) -> Seen:
        return read_seen(self._table, there)

    def questions(self, merchant: MerchantId, after: str | None, limit: int) -> Listed[Question]:
        page = self._table.page(f"UNANSWERED#{merchant}", after=after, limit=limit, newest_first=True)
        return self._with_texts(page.items), page.next

    def asked(self, id: ConversationId, after: str | None, limit: int) -> Listed[Question]:
        page = self._table.index_page(f"ASKED#{id}", after=after, limit=limit, newest_first=True)
        return self._with_texts(self._table.get_many([(key["pk"], key["sk"]) for key in page.items])), page.next

    def question(self, merchant: MerchantId, id: str) -> Question | None:
        item = self._table.get(f"UNANSWERED#{merchant}", id)
        return self._with_texts([item])[0] if item else None

    def _with_texts(self, items: Sequence[Mapping[str, Any]]) -> list[Question]:
        docs = [(item["sk"], json.loads(item["doc"])) for item in items]
        keys = [(message_pk(Fingerprint(key)), "MESSAGE") for _, doc in docs for key in doc["messages"]]
        chunks = [keys[at : at + MOST_AT_ONCE] for at in range(0, len(keys), MOST_AT_ONCE)]
        said = {item["pk"]: text_of(item) for chunk in chunks for item in self._table.get_many(chunk)}
        return [_question(id, doc, said) for id, doc in docs]

    def dismiss(self, merchant: MerchantId, id: str) -> bool:
        try:
            self._table.delete(Delete(pk=f"UNANSWERED#{merchant}", sk=id, when=STILL_THERE))
        except Refused:
            return False
        return True

    def say(self, before: Conversation, after: Conversation, outgoing: Outgoing, once: Once, answer: Answer) -> Answer:
        row = Put(item=outgoing_item(self._pepper, outgoing), absent=True)
        return self._once(once, answer, [row, changed(before, after)])

    def change(self, before: Conversation, after: Conversation, once: Once, answer: Answer) -> Answer:
        return self._once(once, answer, [changed(before, after)])

    def _once(self, once: Once, answer: Answer, actions: Sequence[Action]) -> Answer:
        try:
            self._table.transact([marker(once, answer), *actions])
        except Refused as refused:
            if 0 in refused.at and (given := self.given(once)) is not None:
                return given
            raise Conflict("the conversation moved") from None
        return answer

    def teach(self, merchant: MerchantId, id: str, taught: Taught, once: Once, answer: Answer) -> Answer:
        off = Delete(pk=f"UNANSWERED#{merchant}", sk=id, when=STILL_THERE)
        try:
            self._table.transact([marker(once, answer), off, *taught_actions(merchant, taught)])
        except Refused as refused:
            if 0 in refused.at and (given := self.given(once)) is not None:
                return given
            if 1 in refused.at:
                raise NotFound("question") from None
            raise Changed("what the shop taught was changed in between") from None
        return answer


def _question(id: str, doc: Mapping[str, Any], said: Mapping[str, str]) -> Question:
    texts = [said.get(message_pk(Fingerprint(key)), "") for key in doc["messages"]]
    return Question(
        id=id,
        conversation=ConversationId(doc["conversation"]),
        customer=CustomerId(doc["customer"]),
        at=Instant(int(datetime.fromisoformat(doc["at"]).timestamp() * 1000)),
        texts=tuple(text for text in texts if text),
    )

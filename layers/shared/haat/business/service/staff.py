"""Whose phones are the shop's own, as its owner keeps them. They stand in the merchant's item and have its version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from haat.business.model.merchant import Merchant, StaffNumber, StaffTemplate
from haat.business.ports import Answers, Merchants
from haat.business.rules import staff as rules
from haat.kernel.errors import Changed, NotFound, Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant

ATTEMPTS = 8  # of a change that somebody else was faster than


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """The staff numbers of merchants, and the template by which staff are told later than a free message may go.

    `read_phone` makes digits of what people write, as in a country (ISO 3166); it raises Rejected (field phone).
    """

    merchants: Merchants
    answers: Answers
    read_phone: Callable[[str, str], str]

    def read(self, merchant: MerchantId) -> Merchant:
        """As it is now. Raises NotFound, Unavailable."""
        found = self.merchants.get(merchant, fresh=True)
        if found is None:
            raise NotFound("merchant")
        return found

    def add(self, merchant: MerchantId, said: Mapping[str, Any], id: str, once: Once) -> Answer:
        """A new number. Raises Rejected, Conflict (number-taken, too-many-staff-numbers), Unavailable."""
        for _ in range(ATTEMPTS):
            # In this order: what was done between the two is seen by the second, and what is done after it refuses the write.
            before = self.read(merchant)
            given = self.answers.given(once)
            entry = rules.begun(said, id, self.read_phone(said["phone"], before.country), once.at)
            if given is not None:
                return _told(given, entry)
            after = rules.added(before, entry)
            try:
                return _told(self.merchants.save_once(after, once, _mark(after, entry)), entry)
            except Changed:
                continue
        raise Unavailable("the merchant kept changing")

    def change(self, merchant: MerchantId, id: str, seen: int, said: Mapping[str, Any]) -> Merchant:
        """Another name, language or wishes. Raises NotFound, Changed, Rejected, Unavailable."""
        before = self._seen(merchant, seen)
        after = rules.changed(before, id, said)
        self.merchants.save(after)
        return after

    def remove(self, merchant: MerchantId, id: str) -> None:
        """The number is the shop's no more, from now on. Raises NotFound, Unavailable."""
        self._until_saved(merchant, lambda before: rules.removed(before, id))

    def put_template(self, merchant: MerchantId, seen: int, said: Mapping[str, Any]) -> Merchant:
        """Use a template that the channel has approved. Raises Changed, Unavailable."""
        before = self._seen(merchant, seen)
        after = rules.with_template(before, StaffTemplate(name=said["name"], language=said["language"]))
        if after is not before:
            self.merchants.save(after)
        return after

    def drop_template(self, merchant: MerchantId) -> None:
        """Use none; the same again changes nothing. Raises Unavailable."""
        self._until_saved(merchant, lambda before: rules.with_template(before, None))

    def _seen(self, merchant: MerchantId, seen: int) -> Merchant:
        before = self.read(merchant)
        if before.version != seen:
            raise Changed("the merchant was changed in between")
        return before

    def _until_saved(self, merchant: MerchantId, rule: Callable[[Merchant], Merchant]) -> None:
        """Whoever takes something away means what is there, not a version of it."""
        for _ in range(ATTEMPTS):
            before = self.read(merchant)
            after = rule(before)
            if after is before:
                return
            try:
                self.merchants.save(after)
            except Changed:
                continue
            return
        raise Unavailable("the merchant kept changing")


def _mark(after: Merchant, entry: StaffNumber) -> Answer:
    # A removed number must be gone at once: what is remembered of the request for a day names neither phone nor person.
    body = {"id": entry.id, "added_at": entry.added_at}
    return Answer(status=201, body=body, headers={"etag": f'"{after.version}"'})


def _told(first: Answer, entry: StaffNumber) -> Answer:
    """The answer of the request that was first: the same request says the same of the person."""
    entry = replace(entry, id=first.body["id"], added_at=Instant(first.body["added_at"]))
    return replace(first, body=rules.shown(entry))

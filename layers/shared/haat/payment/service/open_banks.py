"""Which banks can be connected in this deployment, which of them may ask for real money, and how operators open them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haat.kernel.errors import NotFound, Rejected
from haat.kernel.time import Instant
from haat.payment.model.bank import Needed
from haat.payment.model.checklist import Tick
from haat.payment.ports.banks import Bank
from haat.payment.ports.checklists import Checklists
from haat.payment.rules import checklist as rules


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBanks:
    """Whether money may be asked for at a bank. One that has no checklist costs no read."""

    banks: Callable[[str], Bank]
    checklists: Checklists

    def is_open(self, provider: str) -> bool:
        """Whether all that it needs is ticked off; what was unticked counts within a minute. Raises NotFound, Unavailable."""
        return not self._missing(provider)

    def need(self, provider: str) -> None:
        """As `is_open`. Raises Conflict (bank-not-open), which says what is missing, NotFound, Unavailable."""
        if missing := self._missing(provider):
            raise rules.shut(provider, missing)

    def _missing(self, provider: str) -> tuple[Needed, ...]:
        caps = self.banks(provider).CAPS
        if not caps.before_money:
            return ()
        # What is shut is looked at anew: who has just been told that it is open should find it so.
        return rules.missing(caps, self.checklists.ticks(provider)) and rules.missing(
            caps, self.checklists.ticks(provider, fresh=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The banks of which the deployment says where they are. Those without real money are for the `local` stage alone."""

    banks: Callable[[str], Bank]
    names: frozenset[str]
    local: bool

    def get(self, name: str) -> Bank | None:
        """One that can be connected here."""
        if name not in self.names:
            return None
        try:
            bank = self.banks(name)
        except NotFound:  # the deployment names one that this version does not know
            return None
        return bank if self.local or not bank.CAPS.simulated else None

    def all(self) -> Mapping[str, Bank]:
        """All of them by name, in the order of their names."""
        return {name: bank for name in sorted(self.names) if (bank := self.get(name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class BankBook:
    """The banks that are offered, for shops to choose from, and their checklists, for operators to tick off."""

    offer: Offered
    checklists: Checklists

    def to_connect(self) -> list[dict[str, Any]]:
        """What each bank wants of a shop. Raises Unavailable."""
        return [rules.offered(name, bank.CAPS, self._ticks(name, bank)) for name, bank in self.offer.all().items()]

    def list(self) -> list[dict[str, Any]]:
        """Each bank's checklist. Raises Unavailable."""
        return [rules.shown(name, bank.CAPS, self._ticks(name, bank)) for name, bank in self.offer.all().items()]

    def tick(self, provider: str, item: str, by: str, note: str, now: Instant) -> dict[str, Any]:
        """Tick an item off; the same operator with the same note again changes nothing. Raises NotFound, Rejected, Unavailable."""
        bank, known = self._item(provider, item)
        if fault := rules.note_fault(note):
            raise Rejected("some fields are not as they should be", word="invalid", fields={"note": fault})
        there = self._ticks(provider, bank).get(known)
        if there is None or (there.by, there.note) != (by, note):
            self.checklists.tick(provider, Tick(item=known, by=by, at=now, note=note))
        return rules.shown(provider, bank.CAPS, self._ticks(provider, bank))

    def untick(self, provider: str, item: str) -> None:
        """Take a tick away: within a minute nobody is asked for money at this bank. Raises NotFound, Unavailable."""
        _, known = self._item(provider, item)
        self.checklists.untick(provider, known)

    def _item(self, provider: str, item: str) -> tuple[Bank, Needed]:
        bank = self.offer.get(provider)
        if bank is None:
            raise NotFound("bank")
        for known in bank.CAPS.before_money:
            if known == item:
                return bank, known
        raise NotFound("item of this bank's checklist")

    def _ticks(self, provider: str, bank: Bank) -> Mapping[Needed, Tick]:
        return self.checklists.ticks(provider, fresh=True) if bank.CAPS.before_money else {}

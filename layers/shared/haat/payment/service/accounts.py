"""Payee accounts, as a shop's owner connects, tests, changes and closes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from haat.kernel.errors import Changed, Misconfigured, NotFound, Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.once import Answer, Once
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount, Sealed
from haat.payment.ports import Accounts, Seals
from haat.payment.rules import account_changes as changes
from haat.payment.rules import accounts as rules
from haat.payment.rules.account_keys import Purpose, sealed_text
from haat.payment.service.open_banks import Offered
from haat.payment.service.requests import Requests, Wish

ATTEMPTS = 8  # of a change that somebody else was faster than
SHOWN_OF_TEST = ("reference_id", "state", "amount", "link", "created_at", "expires_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeAccounts:
    """The accounts of merchants. `seals` has one for each purpose of keys, and none of them opens anything."""

    accounts: Accounts
    requests: Requests
    seals: Mapping[Purpose, Seals]
    offer: Offered

    def list(self, merchant: MerchantId) -> list[PayeeAccount]:
        """All, oldest first; closed ones too."""
        return self.accounts.list(merchant)

    def read(self, merchant: MerchantId, id: str) -> PayeeAccount:
        """One of the merchant's own, as it is now. Raises NotFound, Unavailable."""
        found = self.accounts.get(id, fresh=True)
        if found is None or found.merchant != merchant:
            raise NotFound("payee account")
        return found

    def connect(self, merchant: MerchantId, id: str, said: Mapping[str, Any], once: Once) -> Answer:
        """A new one, to be tested; and to be confirmed a day later, where the shop has or had one that was live. Raises Rejected, Conflict (too-many-accounts, payee-taken), Unavailable."""
        if (given := self.accounts.given(once)) is not None:
            return given
        bank = self.offer.get(said["provider"])
        if bank is None:
            raise rules.rejected({"provider": "is no bank or gateway that can be connected here"})
        account, keys = rules.begun(merchant, id, bank.CAPS, said, self.accounts.list(merchant), once.at)
        account = self._as_its_bank(replace(account, sealed=self._sealed(account, keys)))
        what = changes.ACCOUNT_WANTED if account.standing == "held" else "connected"
        return self.accounts.begin(account, once, _answer(account, 201), [changes.row(account, what)])

    def change(self, merchant: MerchantId, id: str, seen: int, said: Mapping[str, Any], now: Instant) -> PayeeAccount:
        """What needs no second step. Raises NotFound, Changed, Rejected, Conflict (account-closed), Unavailable."""
        before = self.read(merchant, id)
        if before.version != seen:
            raise Changed("the payee account was changed in between")
        after = rules.changed(before, said, now)
        if after is before:
            return before
        self.accounts.save(after := self._as_its_bank(after))
        return after

    def put_keys(self, merchant: MerchantId, id: str, given_keys: Mapping[str, str], once: Once) -> Answer:
        """Other keys, in the place of all of the same purpose. Raises NotFound, Rejected, Conflict (account-closed), Unavailable.

        202 where those that call the bank wait for a day, as this account is or was live: with them what reads, where the bank has one key for both.
        """
        if (given := self.accounts.given(once)) is not None:
            return given
        before = rules.open_one(self.read(merchant, id))
        caps = self.offer.banks(before.bank.provider).CAPS
        keys = rules.keys_of(caps, given_keys)
        after, told = changes.keys_given(before, caps, keys, self._sealed(before, keys), once.at)
        return self._save(before, after, once, *told, status=202 if changes.KEYS_WANTED in told else 200)

    def test(self, merchant: MerchantId, id: str, tr: str, once: Once) -> Answer:
        """Ask for Re 1: the account is live when that has arrived. Raises NotFound, Conflict (account-closed, bank-not-open), Unavailable."""
        if (given := self.accounts.given(once)) is not None:
            return _of_test(given)
        wish = Wish(account=id, amount=rules.TEST_AMOUNT, currency="INR", note="Test payment", test=True)
        return _of_test(self.requests.ask(merchant, tr, wish, once))

    def want_address(self, merchant: MerchantId, id: str, vpa: str, once: Once) -> Answer:
        """Another UPI address is wanted, and can be confirmed a day later. Raises NotFound, Rejected, Conflict, Unavailable."""
        if (given := self.accounts.given(once)) is not None:
            return given
        before = self.read(merchant, id)
        after = changes.address_wanted(before, vpa, once.at)
        rules.alone(self.accounts.list(merchant), after)
        return self._save(before, after, once, changes.ADDRESS_WANTED, status=202)

    def confirm(self, merchant: MerchantId, id: str, once: Once) -> Answer:
        """All that waits counts from now on. Raises NotFound, Conflict (no-change-waits, change-too-early, account-closed), Unavailable."""
        if (given := self.accounts.given(once)) is not None:
            return given
        before = self.read(merchant, id)
        after, told = changes.confirmed(before, once.at)
        rules.alone(self.accounts.list(merchant), after)
        return self._save(before, after, once, *told)

    def drop(self, merchant: MerchantId, id: str, now: Instant) -> None:
        """No other address and keys are wanted. Raises NotFound, Unavailable."""
        self._until_saved(merchant, id, lambda before: changes.dropped(before, now), "change_dropped")

    def close(self, merchant: MerchantId, id: str, now: Instant) -> None:
        """It asks for no money any more. Raises NotFound, Unavailable."""
        self._until_saved(merchant, id, lambda before: changes.closed(before, now), "closed")

    def _as_its_bank(self, account: PayeeAccount) -> PayeeAccount:
        """An account of the version before does not say yet that its reports are fetched: each change says so anew."""
        try:
            caps = self.offer.banks(account.bank.provider).CAPS
        except NotFound:  # this version does not know its bank: it can be closed all the same
            return account
        return replace(account, fetched=caps.fetches_settlement)

    def _sealed(self, account: PayeeAccount, keys: Mapping[Purpose, Mapping[str, str]]) -> Sealed:
        """The account's sealed keys with these in their places."""
        sealed = account.sealed
        for purpose, named in keys.items():
            if (seals := self.seals.get(purpose)) is None:
                raise Misconfigured(f"nothing seals keys for {purpose}")
            sealed = replace(sealed, **{purpose: seals.seal(account.merchant, sealed_text(named))})
        return sealed

    def _save(self, before: PayeeAccount, after: PayeeAccount, once: Once, *told: str, status: int = 200) -> Answer:
        answer, after = _answer(after, status), self._as_its_bank(after)
        return self.accounts.save(after, (once, answer), changes.rows(before, after, told)) or answer

    def _until_saved(
        self, merchant: MerchantId, id: str, rule: Callable[[PayeeAccount], PayeeAccount], what: str
    ) -> None:
        """Whoever takes something away means what is there, not a version of it."""
        for _ in range(ATTEMPTS):
            before = self.read(merchant, id)
            after = rule(before)
            if after is before:
                return
            try:
                self.accounts.save(self._as_its_bank(after), rows=changes.rows(before, after, [what]))
            except Changed:
                continue
            return
        raise Unavailable("the payee account kept changing")


def _answer(account: PayeeAccount, status: int) -> Answer:
    return Answer(status=status, body=changes.shown(account), headers={"etag": f'"{account.version}"'})


def _of_test(asked: Answer) -> Answer:
    return replace(asked, body={name: asked.body[name] for name in SHOWN_OF_TEST})

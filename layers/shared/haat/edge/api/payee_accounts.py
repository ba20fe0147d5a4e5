"""Routes: where a shop's money goes."""

from dataclasses import dataclass

from haat.edge.api.call import Call, etag, page
from haat.kernel.once import Answer
from haat.payment.model.account import PayeeAccount
from haat.payment.rules.account_changes import shown
from haat.payment.service.accounts import PayeeAccounts


@dataclass(frozen=True, slots=True)
class PayeeAccountRoutes:
    """Payee accounts, their keys, their test payments, and the two steps to what would lead money elsewhere."""

    _accounts: PayeeAccounts

    def list_payee_accounts(self, call: Call) -> Answer:
        """All of them: there are few."""
        return page([shown(account) for account in self._accounts.list(call.merchant)], None)

    def create_payee_account(self, call: Call) -> Answer:
        """One more. Its id is the last part of the address that the bank calls: nobody can guess it."""
        return self._accounts.connect(call.merchant, call.draw(), call.body, call.marker)

    def get_payee_account(self, call: Call) -> Answer:
        """One of them."""
        return _one(self._accounts.read(call.merchant, _id(call)))

    def put_payee_account(self, call: Call) -> Answer:
        """Another limit, category, way of asking."""
        return _one(self._accounts.change(call.merchant, _id(call), call.version, call.body, call.now))

    def close_payee_account(self, call: Call) -> Answer:
        """It asks for nothing any more."""
        self._accounts.close(call.merchant, _id(call), call.now)
        return Answer(status=204)

    def replace_payee_keys(self, call: Call) -> Answer:
        """Other keys."""
        return self._accounts.put_keys(call.merchant, _id(call), call.body["keys"], call.marker)

    def create_test_payment(self, call: Call) -> Answer:
        """Re 1."""
        return self._accounts.test(call.merchant, _id(call), f"H{call.draw()}", call.marker)

    def want_upi_address(self, call: Call) -> Answer:
        """The first step."""
        return self._accounts.want_address(call.merchant, _id(call), call.body["upi_address"], call.marker)

    def drop_payee_change(self, call: Call) -> Answer:
        """None."""
        self._accounts.drop(call.merchant, _id(call), call.now)
        return Answer(status=204)

    def confirm_payee_change(self, call: Call) -> Answer:
        """The second, of all that waits."""
        return self._accounts.confirm(call.merchant, _id(call), call.marker)


def _id(call: Call) -> str:
    return call.path["payee_account_id"]


def _one(account: PayeeAccount) -> Answer:
    return Answer(status=200, body=shown(account), headers={"etag": etag(account.version)})

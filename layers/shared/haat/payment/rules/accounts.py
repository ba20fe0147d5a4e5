"""What a payee account may be, and what follows from a wish about it.

Keys come in and never go out: an answer holds their names only; `account_keys` says which they are. What happens to an account that is there
stands in `account_changes`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from haat.kernel.errors import Conflict, Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.text import name_fault
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Account, Caps
from haat.payment.rules.account_keys import Purpose, parted, settings_of, with_keys
from haat.payment.rules.links import ADDRESS, LONGEST_ADDRESS, LONGEST_NAME

LIMIT: Final = 10_000_000  # minor units for one payment; Rs 1 lakh
TEST_AMOUNT: Final = 100  # Re 1
NAME: Final = 60  # letters of the payee's name
MOST: Final = 20  # accounts of one shop that are not closed
MOST_EVER: Final = 100  # with those that are


def begun(
    merchant: MerchantId, id: str, caps: Caps, said: Mapping[str, Any], there: Sequence[PayeeAccount], now: Instant
) -> tuple[PayeeAccount, dict[Purpose, dict[str, str]]]:
    """A new account, and its keys, which are still to be sealed; `there` are all that the shop has or had. Raises Rejected, with all that is wrong."""
    settings, wrong = settings_of(caps, said.get("settings", {}))
    keys, faults = parted(caps, said["keys"], new=True)
    wrong |= faults
    if fault := _name_fault(said["name"]):
        wrong["name"] = fault
    if fault := address_fault(said["upi_address"]):
        wrong["upi_address"] = fault
    account = PayeeAccount(
        id=id,
        merchant=merchant,
        bank=Account(
            provider=said["provider"],
            merchant_id=said["provider_merchant_id"],
            vpa=said["upi_address"].casefold(),
            base_url="",  # where the bank is the deployment says, and no merchant
            settings=settings,
            books=caps.same_books_as,
        ),
        name=said["name"],
        standing="held" if any(one.was_live for one in there) else "new",
        since=now,
        opened_at=now,
        changed_at=now,
        version=1,
        keys=with_keys((), caps, keys),
    )
    return _told(account, said, wrong), keys


def keys_of(caps: Caps, given: Mapping[str, str]) -> dict[Purpose, dict[str, str]]:
    """Other keys, of one purpose or more. Raises Rejected."""
    keys, wrong = parted(caps, given)
    if wrong:
        raise rejected(wrong)
    return keys


def room(there: Sequence[PayeeAccount]) -> None:
    """Whether a shop may have one more: of two requests at once both may be the last. Raises Conflict (too-many-accounts)."""
    if len(there) >= MOST_EVER or sum(one.state != "closed" for one in there) >= MOST:
        raise Conflict(f"a shop has at most {MOST} payee accounts", word="too-many-accounts")


def alone(there: Sequence[PayeeAccount], account: PayeeAccount) -> None:
    """Whether no other open account of the shop names the same payee. Raises Conflict (payee-taken).

    Both would be told of one money, and a money is one by (RRN, account): it could pay two orders.
    """
    others = [one for one in there if one.state != "closed" and one.id != account.id]
    if any(payees(one) & payees(account) for one in others):
        raise Conflict("another account of the shop, which is not closed, has this payee", word="payee-taken")


def payees(account: PayeeAccount) -> set[tuple[str, str]]:
    """Whom an account names, has named and may soon name: UPI addresses, and what it is called in the bank's books."""
    named = (account.bank.vpa, account.new_vpa, *account.former)
    addresses = {address.casefold() for address in named if address}
    books = account.bank.books or account.bank.provider  # one bank may have two forms: its merchant is one all the same
    mine = {(books, account.bank.merchant_id)} if account.bank.merchant_id else set()
    return {("", address) for address in addresses} | mine


def changed(before: PayeeAccount, said: Mapping[str, Any], now: Instant) -> PayeeAccount:
    """With another limit, category and way of asking. Raises Rejected, Conflict (account-closed)."""
    after = _told(replace(open_one(before), mcc="", limit=LIMIT, order_details=False, order_details_name=""), said, {})
    return moved(after, now) if after != before else before


def open_one(account: PayeeAccount) -> PayeeAccount:
    """The account. Raises Conflict (account-closed)."""
    if account.state == "closed":
        raise Conflict("this payee account is closed", word="account-closed")
    return account


def _told(account: PayeeAccount, said: Mapping[str, Any], wrong: dict[str, str]) -> PayeeAccount:
    """With what may be said again later. Raises Rejected with this and what was wrong before."""
    limit, details = said.get("limit"), said.get("order_details", {})
    if limit is not None and limit["currency"] != "INR":
        wrong["limit.currency"] = "is no currency of UPI: it takes INR only"
    if limit is not None and limit["minor"] < TEST_AMOUNT:
        wrong["limit.minor"] = f"is no limit: the least is {TEST_AMOUNT}"
    if wrong:
        raise rejected(wrong)
    return replace(
        account,
        mcc=said.get("mcc", ""),
        limit=limit["minor"] if limit is not None else account.limit,
        order_details=details.get("enabled", False),
        order_details_name=details.get("configuration_name", ""),
    )


def _name_fault(name: str) -> str:
    # A link holds so many code points; letters as people count them may have several.
    return name_fault(name, NAME) or ("" if len(name) <= LONGEST_NAME else f"must have at most {NAME} letters")


def address_fault(vpa: str) -> str:
    """What is wrong with a UPI address; nothing: ""."""
    return "" if len(vpa) <= LONGEST_ADDRESS and ADDRESS.fullmatch(vpa) else "is no UPI address, such as shop@bank"


def moved(account: PayeeAccount, now: Instant) -> PayeeAccount:
    """Its next version."""
    return replace(account, version=account.version + 1, changed_at=now)


def rejected(wrong: Mapping[str, str]) -> Rejected:
    """The refusal that names fields and what each must be."""
    return Rejected("some fields are not as they should be", word="invalid", fields=wrong)

"""What a payee account may be, and what follows from a wish about it.

Keys come in and never go out: an answer holds their names only. What happens to an account that is there stands in `account_changes`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from haat.kernel.errors import Conflict, Rejected
from haat.kernel.ids import MerchantId
from haat.kernel.text import name_fault
from haat.kernel.time import Instant
from haat.payment.model.account import PayeeAccount
from haat.payment.model.bank import Account, Caps
from haat.payment.rules.links import ADDRESS, LONGEST_ADDRESS, LONGEST_NAME

LIMIT: Final = 10_000_000  # minor units for one payment; Rs 1 lakh
TEST_AMOUNT: Final = 100  # Re 1
NAME: Final = 60  # letters of the payee's name
MOST: Final = 20  # accounts of one shop that are not closed
MOST_EVER: Final = 100  # with those that are
MOST_SEALED: Final = 4_096  # bytes that KMS encrypts directly (API reference, Encrypt)

Purpose = Literal["door", "settlement", "call"]
PURPOSES: Final[tuple[Purpose, ...]] = ("door", "settlement", "call")


def begun(
    merchant: MerchantId, id: str, said: Mapping[str, Any], there: Sequence[PayeeAccount], now: Instant
) -> PayeeAccount:
    """A new account, without its keys; `there` are all that the shop has or had. Raises Rejected."""
    wrong = {}
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
            settings=dict(said.get("settings", {})),
        ),
        name=said["name"],
        standing="held" if any(one.was_live for one in there) else "new",
        since=now,
        opened_at=now,
        changed_at=now,
        version=1,
    )
    return _told(account, said, wrong)


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
    """Whom an account names, has named and may soon name: UPI addresses, and what it is called in the provider's books."""
    named = (account.bank.vpa, account.new_vpa, *account.former)
    addresses = {address.casefold() for address in named if address}
    mine = {(account.bank.provider, account.bank.merchant_id)} if account.bank.merchant_id else set()
    return {("", address) for address in addresses} | mine


def changed(before: PayeeAccount, said: Mapping[str, Any], now: Instant) -> PayeeAccount:
    """With another limit, category and way of asking. Raises Rejected, Conflict (account-closed)."""
    after = _told(replace(open_one(before), mcc="", limit=LIMIT, order_details=False, order_details_name=""), said, {})
    return moved(after, now) if after != before else before


def parted(caps: Caps, given: Mapping[str, str], *, new: bool = False) -> dict[Purpose, dict[str, str]]:
    """Keys by their purpose. Those of one purpose come together, as they are sealed together; of a new account all. Raises Rejected."""
    asked = {"door": caps.door_keys, "settlement": caps.settlement_keys, "call": caps.call_keys}
    wrong: dict[str, str] = {}
    known = [name for names in asked.values() for name in names]
    if not given or set(given) - set(known):
        # The names that came are not repeated: a key may stand where its name should.
        wrong["keys"] = f"needs a name for each, and takes {', '.join(known)}"
    found: dict[Purpose, dict[str, str]] = {}
    for purpose in PURPOSES:
        names = asked[purpose]
        # Who copies a key from a page often takes the end of its line with it.
        mine = {name: given[name].strip() for name in names if name in given}
        if not new and not mine:
            continue
        for name in names:
            if name not in caps.optional_keys and name not in given:
                wrong[f"keys.{name}"] = "needs a value: these keys are kept together"
        wrong |= {f"keys.{name}": fault for name, value in mine.items() if (fault := _key_fault(value))}
        if sum(len(name) + len(value) + 8 for name, value in mine.items()) > MOST_SEALED:
            wrong["keys"] = f"must have at most {MOST_SEALED} letters together"
        if mine:
            found[purpose] = mine
    if wrong:
        raise rejected(wrong)
    return found


def with_keys(before: PayeeAccount, caps: Caps, given: Mapping[Purpose, Mapping[str, str]]) -> tuple[str, ...]:
    """The names of the keys that an account has when those of some purposes are in their places."""
    asked = {"door": caps.door_keys, "settlement": caps.settlement_keys, "call": caps.call_keys}
    stay = {name for purpose in PURPOSES if purpose not in given for name in asked[purpose]} & set(before.keys)
    return tuple(sorted(stay.union(*given.values())))


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


def _key_fault(value: str) -> str:
    if not value:
        return "must not be empty"
    return (
        ""
        if value.isascii() and value.replace("\n", "").replace("\r", "").isprintable()
        else "is no key: these are ASCII"
    )


def address_fault(vpa: str) -> str:
    """What is wrong with a UPI address; nothing: ""."""
    return "" if len(vpa) <= LONGEST_ADDRESS and ADDRESS.fullmatch(vpa) else "is no UPI address, such as shop@bank"


def moved(account: PayeeAccount, now: Instant) -> PayeeAccount:
    """Its next version."""
    return replace(account, version=account.version + 1, changed_at=now)


def rejected(wrong: Mapping[str, str]) -> Rejected:
    """The refusal that names fields and what each must be."""
    return Rejected("some fields are not as they should be", word="invalid", fields=wrong)

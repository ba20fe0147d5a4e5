"""What happens to a payee account: it is tested, changed, closed.

It takes payments when a test payment has arrived on it. With a stolen owner's token a thief would lead a shop's money elsewhere, and has Re 1:
what would do so waits for a day, is told at once, and counts when an owner confirms it. That is another UPI address, other keys that call the bank
(a bank's code pays whoever had it made), and an account beside one that is or was live.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from haat.facts import notices, verification
from haat.kernel.errors import Conflict
from haat.kernel.ids import NoticeId, ulid
from haat.kernel.time import DAY, Instant, later, rfc3339
from haat.payment.model.account import PayeeAccount, Sealed, Standing
from haat.payment.model.bank import Caps
from haat.payment.model.outbox import Row
from haat.payment.model.payment import Request
from haat.payment.rules.account_keys import Purpose, with_keys
from haat.payment.rules.accounts import address_fault, moved, open_one, rejected

MOST_FORMER: Final = 10  # UPI addresses that an account had before
WAIT_MS: Final = DAY  # from a wish until it can be confirmed: in that time whoever did not wish it hears of it
ACCOUNT_WANTED: Final = "account_wanted"
ADDRESS_WANTED: Final = "address_change_wanted"
KEYS_WANTED: Final = "keys_change_wanted"
WANTED: Final = (ACCOUNT_WANTED, ADDRESS_WANTED, KEYS_WANTED)


def keys_given(
    before: PayeeAccount, caps: Caps, given: Mapping[Purpose, Mapping[str, str]], sealed: Sealed, now: Instant
) -> tuple[PayeeAccount, tuple[str, ...]]:
    """With other keys, `sealed` with them in their places, and the words of what is told. Raises Conflict (account-closed).

    What verifies and what reads callbacks counts at once: no money goes by it. What calls the bank waits where money may go by this account,
    and so does what reads, where the bank has one key for both: until then the old one does both.
    """
    names, late = with_keys(open_one(before).keys, caps, given), _late(caps)
    if "call" not in given or not _settled(before):
        after = replace(before, keys=names, sealed=sealed)
        if "call" in given:
            after = replace(after, tested=False, since=now)
        elif before.new_keys:
            wait = {*caps.call_keys, *(caps.settlement_keys if "settlement" in late else ())}
            after = replace(after, new_keys=tuple(sorted((set(before.new_keys) & wait) | (set(names) - wait))))
        return moved(after, now), ("keys",)
    at_once: dict[Purpose, Mapping[str, str]] = {
        purpose: named for purpose, named in given.items() if purpose not in late
    }
    there = before.sealed
    kept = replace(sealed, call=there.call, waiting=sealed.call)
    if "settlement" in late:
        kept = replace(kept, settlement=there.settlement, waiting_settlement=sealed.settlement)
    after = replace(
        before,
        keys=with_keys(before.keys, caps, at_once),
        sealed=kept,
        new_keys=names,
        change_at=later(now, WAIT_MS),
    )
    return moved(after, now), (*(("keys",) if at_once else ()), KEYS_WANTED)


def address_wanted(before: PayeeAccount, vpa: str, now: Instant) -> PayeeAccount:
    """Another UPI address is wanted; the old one stands. A wish beside another makes both wait as long again. Raises Rejected, Conflict."""
    vpa = vpa.casefold()
    if fault := address_fault(vpa):
        raise rejected({"upi_address": fault})
    if vpa == open_one(before).bank.vpa:
        raise rejected({"upi_address": "is no change"})
    return moved(replace(before, new_vpa=vpa, change_at=later(now, WAIT_MS)), now)


def ready_at(account: PayeeAccount) -> Instant | None:
    """When all that waits can be confirmed; None where nothing does."""
    own = [later(account.since, WAIT_MS)] if account.standing == "held" else []
    wish = [account.change_at] if account.new_vpa or account.new_keys else []
    return max([*own, *wish], default=None) if account.state != "closed" else None


def confirmed(before: PayeeAccount, now: Instant) -> tuple[PayeeAccount, tuple[str, ...]]:
    """All that waits counts, and the words of what is told. Raises Conflict (no-change-waits, change-too-early, account-closed).

    Another address and other keys must be tested anew. An account that was held only, and is tested, is live.
    """
    at = ready_at(open_one(before))
    if at is None:
        raise Conflict("nothing waits to be confirmed", word="no-change-waits")
    if now < at:
        raise Conflict(f"it can be confirmed from {rfc3339(at)} on", word="change-too-early")
    held, wish = before.standing == "held", bool(before.new_vpa or before.new_keys)
    standing: Standing = "confirmed" if held else "proven" if before.was_live else before.standing
    after = replace(before, standing=standing, tested=False)
    if wish:
        after = replace(_dropped(after), state="testing", since=now)
    if before.new_vpa:
        others = (vpa for vpa in before.former if vpa != before.bank.vpa)
        former = (before.bank.vpa, *others)[:MOST_FORMER]
        after = replace(after, bank=replace(before.bank, vpa=before.new_vpa), former=former)
    if before.new_keys:
        there = before.sealed
        settlement = there.waiting_settlement or there.settlement
        sealed = replace(after.sealed, call=there.waiting, settlement=settlement)
        after = replace(after, keys=before.new_keys, sealed=sealed)
    live = held and before.tested and not wish
    if live:
        after = replace(after, state="live", standing="proven")
    told = {"confirmed": held, "address": before.new_vpa, "keys": before.new_keys, "live": live}
    return moved(after, now), tuple(word for word, so in told.items() if so)


def dropped(before: PayeeAccount, now: Instant) -> PayeeAccount:
    """No other UPI address and no other keys are wanted any more; the same again changes nothing."""
    return moved(_dropped(before), now) if before.new_vpa or before.new_keys else before


def closed(before: PayeeAccount, now: Instant) -> PayeeAccount:
    """It asks for no money any more; what was asked for may still be paid. The same again changes nothing."""
    if before.state == "closed":
        return before
    standing: Standing = "proven" if before.was_live else before.standing
    return moved(replace(_dropped(before), state="closed", standing=standing, tested=False), now)


def proven(
    before: PayeeAccount, request: Request, there: Sequence[PayeeAccount], now: Instant
) -> tuple[PayeeAccount, str] | None:
    """The account as a test payment that has arrived makes it, and the word of what is told. None where it makes nothing of it.

    It must have come in time, in full (the request is PAID), and to the payee that the account names now. It makes the account live, or
    leaves it to be confirmed: `there` are all accounts of the shop, and one of them may have become live since this one was connected.
    """
    payee = (request.payee_vpa.casefold(), request.payee_id) == (before.bank.vpa.casefold(), before.bank.merchant_id)
    now_its_own = payee and request.created_at >= before.since
    if not request.test or request.state != "PAID" or request.late or not now_its_own or before.state != "testing":
        return None
    others = any(one.was_live for one in there if one.id != before.id)
    if before.standing == "held" or (before.standing == "new" and others):
        if before.tested:
            return None
        word = "tested" if before.standing == "held" else ACCOUNT_WANTED
        return moved(replace(before, standing="held", tested=True), now), word
    return moved(replace(before, state="live", standing="proven"), now), "live"


def row(after: PayeeAccount, what: str) -> Row:
    """The shop's systems hear what has happened to an account: the word says it, and no address or key is told."""
    wanted, at = what in WANTED, ready_at(after)
    digest = hashlib.sha256(f"{after.merchant}/{after.id}/{after.version}/{what}".encode()).digest()
    notice = notices.NoticeRaised(
        id=NoticeId(ulid(after.changed_at, digest)),
        merchant=after.merchant,
        kind=notices.ACCOUNT_CHANGE_WANTED if wanted else notices.ACCOUNT_CHANGED,
        occurred_at=after.changed_at,
        data={"payee_account_id": after.id, "what": what, "state": after.state}
        | ({"change_at": rfc3339(at)} if wanted and at is not None else {}),
    )
    return Row(name=f"account#{after.id}#{what}", row=notices.outbox_row(notice))


def rows(before: PayeeAccount, after: PayeeAccount, told: Sequence[str]) -> list[Row]:
    """All that is told of one change: its shop's systems in these words, and `verification` where the shop is paid at another address.

    A shop's badge may rest on the address of an account that is live, and on no other.
    """
    changes = [row(after, what) for what in told]
    if _paid_at(before) == _paid_at(after):
        return changes
    shop = verification.ShopChanged(merchant=after.merchant, what="payee", occurred_at=after.changed_at)
    return [*changes, Row(name=f"account#{after.id}#shop_changed", row=verification.outbox_row(shop))]


def _paid_at(account: PayeeAccount) -> str:
    """The UPI address by which it takes the shop's money now; none: ""."""
    return account.bank.vpa if account.state == "live" else ""


def waiting(account: PayeeAccount) -> dict[str, Any] | None:
    """What waits to be confirmed, and from when on it can be; None where nothing does."""
    if (at := ready_at(account)) is None:
        return None
    words = (("account", account.standing == "held"), ("address", account.new_vpa), ("keys", account.new_keys))
    return {
        "what": [word for word, so in words if so],
        "upi_address": account.new_vpa or None,
        "change_at": rfc3339(at),
    }


def shown(account: PayeeAccount) -> dict[str, Any]:
    """An account as its owner sees it: keys by their names."""
    return {
        "id": account.id,
        "provider": account.bank.provider,
        "upi_address": account.bank.vpa,
        "name": account.name,
        "provider_merchant_id": account.bank.merchant_id,
        "settings": dict(account.bank.settings),
        "mcc": account.mcc or None,
        "limit": {"minor": account.limit, "currency": "INR"},
        "order_details": {
            "enabled": account.order_details,
            "configuration_name": account.order_details_name or None,
        },
        "state": account.state,
        "keys_set": list(account.keys),
        "webhook_path": f"/webhooks/payments/{account.bank.provider}/{account.id}",
        "tested": account.tested or account.state == "live",
        "change": waiting(account),
        "opened_at": rfc3339(account.opened_at),
    }


def _late(caps: Caps) -> tuple[Purpose, ...]:
    """Which sets of keys wait for a day."""
    return ("settlement", "call") if caps.shared_key else ("call",)


def _settled(account: PayeeAccount) -> bool:
    """Whether money may go by it, or may as soon as Re 1 arrives: it is or was live, or was confirmed."""
    return account.was_live or account.standing == "confirmed"


def _dropped(account: PayeeAccount) -> PayeeAccount:
    sealed = replace(account.sealed, waiting=b"", waiting_settlement=b"")
    return replace(account, new_vpa="", new_keys=(), change_at=Instant(0), sealed=sealed)

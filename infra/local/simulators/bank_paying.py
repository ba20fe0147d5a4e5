"""What a payer's app makes of a link, and of what is typed beside it."""

from urllib.parse import parse_qsl, urlsplit

from infra.local.simulators.bank_world import BankAccount, BankPayment, BankWorld, Impossible, PaymentWord

_MOST = 10**12  # paise


def payee(world: BankWorld, vpa: str) -> BankAccount | None:
    """Return whose address it is; letters count in either case."""
    accounts = world.accounts.values()
    return next((account for account in accounts if account.vpa.lower() == vpa.lower()), None)


def attempt(world: BankWorld, target: str, amount: int | None, word: PaymentWord, payer: str, at: float) -> BankPayment:
    """Return what would be paid; nothing is done yet. Raises Impossible."""
    order = world.orders.get(target.strip())
    code, said = None, {} if order else read_link(target)
    account = world.accounts.get(order.account) if order else payee(world, said.get("pa", ""))
    if account is None:
        raise Impossible("nobody has this address at this bank")
    if order is None:
        tr = said.get("tr", "")
        code = next((one for one in world.codes.values() if one.account == account.id and one.tr == tr), None)
    if code is not None and code.close_by is not None and at >= code.close_by:
        raise Impossible("this code was closed")
    asked = order.amount if order else paise(said.get("am", ""))
    paid = asked if amount is None else amount
    if not 0 < paid < _MOST:
        raise Impossible("say how much")
    return BankPayment(
        id=world.new_id("pay"),
        account=account.id,
        reference=said.get("tr", ""),
        rrn=world.new_rrn(at),
        amount=paid,
        word=word,
        at=at,
        payer=payer,
        note=said.get("tn", ""),
        code=code.id if code else "",
        order=order.id if order else "",
    )


def read_link(link: str) -> dict[str, str]:
    """Return what a link says, as a payer's app reads it. Raises Impossible."""
    parts = urlsplit(link.strip())
    said = dict(parse_qsl(parts.query.replace("+", "%2B")))
    if parts.scheme != "upi" or parts.netloc != "pay" or not said.get("pa"):
        raise Impossible("this is no payment link: it begins with upi://pay? and names a payee")
    if said.get("cu", "INR") != "INR":
        raise Impossible("UPI takes rupees only")
    return said


def paise(rupees: str) -> int:
    """Read an amount of rupees; 0 where there is none. Raises Impossible."""
    whole, _, part = rupees.strip().partition(".")
    if not rupees.strip():
        return 0
    if not (
        rupees.isascii() and whole.isdigit() and len(whole) < 11 and (not part or part.isdigit()) and len(part) < 3
    ):
        raise Impossible("this is no amount of rupees")
    return int(whole) * 100 + int(part.ljust(2, "0"))

"""What a badge stands on, and whether that is still so."""

from haat.facts.verification import payee_mark
from haat.kernel.text import clean
from haat.verification.model.badge import Badge, FallReason, Level
from haat.verification.model.dossier import ShopNow
from haat.verification.model.evidence import Evidence
from haat.verification.model.request import Basis
from haat.verification.rules.evidence import digits


def basis_of(shop: ShopNow, evidence: Evidence) -> Basis:
    """What a request that is sent now is to verify: the shop as it is, with the number and the UPI address that it named, where they are its own.

    A number that it named and is not on has no address here: its check will fail, and say why.
    """
    named = (
        (kind, address, shown)
        for (kind, address), shown in sorted(shop.numbers.items())
        if kind == "whatsapp" and digits(shown) == evidence.phone
    )
    channel, address, number = next(named, ("", "", "")) if evidence.phone else ("", "", "")
    payee = payee_mark(shop.merchant, evidence.upi) if evidence.upi else ""
    return Basis(
        name=shop.name,
        legal_name=shop.legal_name,
        channel=channel,
        address=address,
        number=number,
        payee=payee if payee in shop.payees else "",
        others=tuple(sorted(shop.payees - {payee})) if payee in shop.payees else (),
    )


def differs(basis: Basis, shop: ShopNow) -> FallReason | None:
    """The first thing that is not any more as it was; None while all of it is."""
    if clean(basis.name) != clean(shop.name):
        return "name_changed"
    if clean(basis.legal_name) != clean(shop.legal_name):
        return "owner_changed"
    if basis.address and shop.numbers.get((basis.channel, basis.address)) != basis.number:
        return "number_changed"
    # One more address is a change, too: customers of a verified shop would pay to one that nobody has looked at.
    if basis.payee and (basis.payee not in shop.payees or shop.payees - {basis.payee, *basis.others}):
        return "payee_changed"
    return None


def drawn(badge: Badge | None, name: str, legal_name: str | None, now: int) -> Level:
    """What may be drawn beside a shop of this name (and owner, where it is known): nothing that was not signed, is over, or is no more so."""
    if badge is None or badge.state != "standing" or badge.shut or not badge.jws or now >= badge.expires_at:
        return "unconfirmed"
    if clean(badge.basis.name) != clean(name):
        return "unconfirmed"
    if legal_name is not None and clean(badge.basis.legal_name) != clean(legal_name):
        return "unconfirmed"
    return badge.level

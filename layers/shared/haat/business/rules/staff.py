"""A shop's staff numbers: the phones that may command the shop, and what each of them is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from haat.business.model.merchant import Merchant, StaffNumber, StaffTemplate
from haat.business.rules import staff_badge_words
from haat.facts import notices
from haat.kernel.errors import Conflict, NotFound, Rejected
from haat.kernel.text import name_fault
from haat.kernel.time import Instant, rfc3339

MOST = 10  # numbers of one shop: all of them stand in the merchant's own item, which each answer reads
NAME = 60  # letters as people count them
# What a phone can be told. A stopped number is not among it: it could not say so.
KINDS = (notices.ORDER_PLACED, notices.ORDER_CHANGED, notices.ORDER_PAID, notices.UNANSWERED, notices.NOT_SENT)
# What all of them are told, whatever they want: whoever has stolen an owner's token would switch it off first.
ALWAYS = (notices.ACCOUNT_CHANGED, notices.ACCOUNT_CHANGE_WANTED, *staff_badge_words.KINDS)
USUAL = (notices.ORDER_PLACED, notices.ORDER_PAID)  # where nobody says what is wanted


def begun(said: Mapping[str, Any], id: str, phone: str, at: Instant) -> StaffNumber:
    """A new entry. `phone` is in digits, with the country's code and without "+". Raises Rejected."""
    return StaffNumber(
        id=id,
        phone=phone,
        name=_name(said),
        language=said["language"],
        told=tuple(said.get("told", USUAL)),
        added_at=at,
    )


def added(before: Merchant, entry: StaffNumber) -> Merchant:
    """The merchant with one entry more. Raises Conflict (number-taken, too-many-staff-numbers)."""
    if any(other.phone == entry.phone for other in before.staff):
        raise Conflict("this number is among the shop's already", word="number-taken")
    if len(before.staff) >= MOST:
        raise Conflict(f"a shop has at most {MOST} staff numbers", word="too-many-staff-numbers")
    return _with(before, (*before.staff, entry))


def changed(before: Merchant, id: str, said: Mapping[str, Any]) -> Merchant:
    """The merchant with an entry that is called, spoken to and told otherwise; its phone stays. Raises NotFound, Rejected."""
    after = replace(found(before, id), name=_name(said), language=said["language"], told=tuple(said["told"]))
    return _with(before, tuple(after if entry.id == id else entry for entry in before.staff))


def removed(before: Merchant, id: str) -> Merchant:
    """The merchant without an entry. Raises NotFound."""
    found(before, id)
    return _with(before, tuple(entry for entry in before.staff if entry.id != id))


def found(merchant: Merchant, id: str) -> StaffNumber:
    """One of the shop's entries. Raises NotFound."""
    for entry in merchant.staff:
        if entry.id == id:
            return entry
    raise NotFound("staff number")


def shown(entry: StaffNumber) -> dict[str, Any]:
    """An entry as its shop sees it; the phone in E.164."""
    return {
        "id": entry.id,
        "phone": f"+{entry.phone}",
        "name": entry.name,
        "language": entry.language,
        "told": list(entry.told),
        "added_at": rfc3339(entry.added_at),
    }


def with_template(before: Merchant, template: StaffTemplate | None) -> Merchant:
    """The merchant with another template for staff, or with none; the same object where nothing changes."""
    if before.staff_template == template:
        return before
    return replace(before, version=before.version + 1, staff_template=template)


def template_shown(merchant: Merchant) -> dict[str, Any]:
    """The template as its shop sees it: of nothing but nulls where there is none."""
    template = merchant.staff_template
    return {"name": template.name if template else None, "language": template.language if template else None}


def _with(before: Merchant, staff: tuple[StaffNumber, ...]) -> Merchant:
    return replace(before, version=before.version + 1, staff=staff)


def _name(said: Mapping[str, Any]) -> str:
    name: str = said["name"].strip()
    if fault := name_fault(name, NAME):
        raise Rejected("some fields are not as they should be", word="invalid", fields={"name": fault})
    return name

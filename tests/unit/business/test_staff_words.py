"""What a shop's own people are told, and that it is said once."""

from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from haat.business.memory.merchants import MemoryMerchants
from haat.business.memory.orders import MemoryOrders
from haat.business.memory.products import MemoryProducts
from haat.business.memory.staff import MemoryStaffLine
from haat.business.model.merchant import Merchant, StaffNumber, StaffTemplate
from haat.business.model.order import Heard, Line, Money, Order, Spoken, Step
from haat.business.rules import order_news, orders, staff, staff_words
from haat.business.service.staff_notices import StaffNotices
from haat.facts import notices
from haat.facts.notices import NoticeRaised
from haat.facts.said import StaffHears, Template, dump, load
from haat.kernel.ids import CustomerId, MerchantId, NoticeId, OrderId, ProductId, ulid
from haat.kernel.once import Remembered
from haat.kernel.time import HOUR, later
from infra.local.settings import ROOT
from tests.contract.business.goods import MADE, once, product
from tests.invented import MERCHANT, NOW, OTHER_MERCHANT

NAME, NOTE, REASON = "Rina (invented)", "ring the bell twice", "the customer moved away"
ORDER = Order(
    id=OrderId(ulid(NOW, b"order-one!")),
    merchant=MERCHANT,
    number="K7M-3QX",
    currency="INR",
    customer=CustomerId(ulid(NOW, b"customer-1")),
    lines=(
        Line(product=ProductId("1"), name="Sandesh", unit="piece", quantity=12, price=2_000, amount=24_000),
        Line(
            product=ProductId("2"), name="মিষ্টি দই", unit="kg", quantity=1, price=28_500, amount=28_500, tax_amount=50
        ),
    ),
    steps=(Step(state="placed", at=NOW, by="customer", told=True),),
    note=NOTE,
    reason=REASON,
)
WITHDRAWN = orders.move(ORDER, "withdraw", later(NOW, HOUR))
PAID_FOR = replace(orders.move(ORDER, "accept", NOW), money=Money(tr="H1", state="PAID", number=3))
PLACED, CHANGED, PAID, UNANSWERED, NOT_SENT = staff.KINDS


def person(number: int, *told: str, language: str = "en") -> StaffNumber:
    """One of the shop's people."""
    return StaffNumber(
        id=ulid(NOW, bytes([number] * 10)), phone=f"9198000000{number:02d}", name="A", language=language, told=told
    )


SHOP = Merchant(
    id=MERCHANT, name="Shop", country="IN", currency="INR", language="bn", timezone="Asia/Kolkata",
    staff=(person(1, *staff.KINDS), person(2, PLACED, language="bn"), person(3, PLACED, language="hi"), person(4)),
)  # fmt: skip


def notice(kind: str, number: int = 1, **data: Any) -> NoticeRaised:
    """Something that happened."""
    id = NoticeId(ulid(NOW, bytes([number] * 10)))
    return NoticeRaised(id=id, merchant=MERCHANT, kind=kind, occurred_at=NOW, data=data)


def of(order: Order) -> NoticeRaised:
    """The notice of an order's last step, as it is raised."""
    fact = notices.load(order_news.for_merchant(order).row["body"])
    assert isinstance(fact, NoticeRaised)
    return fact


def paid(order: Order) -> NoticeRaised:
    """The notice that an order's money has come."""
    fact = notices.load(order_news.of_payment(order, NOW).row["body"])
    assert isinstance(fact, NoticeRaised)
    return fact


def test_new_order_is_told_with_its_goods_in_each_language() -> None:
    """Number, total and payment first, then each line."""
    assert staff_words.text(of(ORDER), ORDER, "en") == (
        "New order K7M-3QX: ₹525.50, cash on delivery\n– Sandesh: 12 piece\n– মিষ্টি দই: 1 kg"
    )
    assert staff_words.text(of(ORDER), ORDER, "bn") == (
        "নতুন অর্ডার K7M-3QX: ₹525.50, জিনিস পেয়ে নগদে\n– Sandesh: 12 টি\n– মিষ্টি দই: 1 কেজি"
    )
    assert staff_words.text(of(ORDER), ORDER, "hi") == (
        "नया ऑर्डर K7M-3QX: ₹525.50, सामान मिलने पर नकद\n– Sandesh: 12 नग\n– মিষ্টি দই: 1 किलो"
    )


def test_order_that_was_taken_back_is_told() -> None:
    """Who did it is a role, not a name."""
    assert staff_words.text(of(WITHDRAWN), WITHDRAWN, "en") == (
        "Order K7M-3QX (₹525.50) was cancelled by the customer."
    )


def test_order_that_is_paid_is_told() -> None:
    """With its number and total; an order that is paid by the time it is told as new is no longer to be paid in cash."""
    assert staff_words.text(paid(PAID_FOR), PAID_FOR, "en") == "Order K7M-3QX (₹525.50) is paid."
    assert staff_words.text(paid(PAID_FOR), PAID_FOR, "bn") == "অর্ডার K7M-3QX (₹525.50)-এর টাকা পাওয়া গেছে।"
    assert staff_words.text(paid(PAID_FOR), PAID_FOR, "hi") == "ऑर्डर K7M-3QX (₹525.50) का भुगतान हो गया।"
    assert staff_words.text(paid(PAID_FOR), None, "en") is None
    placed = staff_words.text(of(ORDER), PAID_FOR, "en")
    assert placed is not None
    assert placed.startswith("New order K7M-3QX: ₹525.50, paid\n")


def test_money_of_an_order_that_is_no_more_is_to_be_given_back() -> None:
    """Whether the money came before the customer took the order back or after."""
    gone = orders.move(PAID_FOR, "withdraw", later(NOW, HOUR))
    ask = " The money has come: please give it back."
    assert staff_words.text(paid(gone), gone, "en") == "Order K7M-3QX (₹525.50) is paid." + ask
    assert staff_words.text(of(gone), gone, "en") == "Order K7M-3QX (₹525.50) was cancelled by the customer." + ask


def test_order_that_is_over_or_gone_is_not_told_as_new() -> None:
    """Its notice may come late, or after that of its end."""
    assert staff_words.text(of(ORDER), WITHDRAWN, "en") is None
    assert staff_words.text(of(ORDER), None, "en") is None
    assert staff_words.text(of(WITHDRAWN), None, "en") is None
    accepted = orders.move(ORDER, "accept", NOW)
    assert staff_words.text(of(ORDER), accepted, "en") == staff_words.text(of(ORDER), ORDER, "en")


@pytest.mark.parametrize("kind", staff.KINDS)
@pytest.mark.parametrize("language", ["en", "bn", "hi"])
def test_every_kind_has_words_that_name_no_customer(kind: str, language: str) -> None:
    """In each language of its own; the customer's note, the reason and the ids are not in it."""
    order = {CHANGED: WITHDRAWN, PAID: PAID_FOR}.get(kind, ORDER)
    raised = notice(kind, code=131026, customer="c" * 26, conversation="d" * 26)
    if kind.startswith("order"):
        raised = paid(order) if kind == PAID else of(order)
    said = staff_words.text(raised, order, language)
    assert said
    held = (NOTE, REASON, ORDER.id, str(ORDER.customer), "c" * 26, "d" * 26)
    assert not [word for word in held if word in said]
    others = {staff_words.text(raised, order, other) for other in {"en", "bn", "hi"} - {language}}
    assert said not in others
    assert staff_words.text(raised, order, "fr") == staff_words.text(raised, order, "en")


def test_code_of_what_was_not_sent_is_told() -> None:
    """Meta's, or ours below zero."""
    said = staff_words.text(notice(NOT_SENT, code=-2), None, "en")
    assert said == "A message of the shop could not be sent (code -2)."


@given(st.lists(st.text("কm", min_size=1, max_size=960), min_size=1, max_size=orders.MOST_LINES))
def test_order_of_any_size_fits_into_a_message(names: list[str]) -> None:
    """Whole lines, as many as there is room for; the total is never cut away."""
    lines = tuple(replace(ORDER.lines[0], name=name) for name in names)
    order = replace(ORDER, lines=lines)
    said = staff_words.text(of(order), order, "bn")
    assert said is not None
    assert len(said) <= staff_words.MOST
    first, *told = said.split("\n")
    assert first.startswith("নতুন অর্ডার K7M-3QX: ")
    if told[-1].startswith("…"):
        left = int("".join(char for char in told.pop() if char.isdigit()))
        assert left + len(told) == len(names)
    assert told == [f"– {name}: 12 টি" for name in names[: len(told)]]
    assert len(told) == len(names) or len(said) > staff_words.MOST - 1_000


def test_only_what_the_customer_changed_concerns_staff() -> None:
    """The shop's own steps it knows; a stopped number could not be told."""
    assert staff_words.concerns_staff(of(ORDER))
    assert staff_words.concerns_staff(of(WITHDRAWN))
    for act in ("accept", "reject", "cancel"):
        assert not staff_words.concerns_staff(of(orders.move(ORDER, act, NOW)))
    assert [kind for kind in notices.KINDS if staff_words.concerns_staff(notice(kind, by="shop"))] == [
        NOT_SENT,
        UNANSWERED,
        PLACED,
        PAID,
        notices.PAYMENT_SURPLUS,
        *staff.ALWAYS,
    ]


def test_failure_of_what_staff_were_told_is_told_to_no_staff() -> None:
    """Telling that may fail, too, and so on for ever: neither the same person nor another is told."""
    assert staff_words.concerns_staff(notice(NOT_SENT, code=190))
    assert not staff_words.concerns_staff(notice(NOT_SENT, code=190, staff=SHOP.staff[3].id))


def test_each_is_told_what_they_want() -> None:
    """A shop that does no business is told nothing."""
    assert [one.phone[-1] for one in staff_words.wanting(SHOP, PLACED)] == ["1", "2", "3"]
    assert [one.phone[-1] for one in staff_words.wanting(SHOP, NOT_SENT)] == ["1"]
    for state in ("closed", "blocked"):
        assert staff_words.wanting(replace(SHOP, state=state), PLACED) == []


def test_all_are_told_where_the_money_goes_whatever_they_want() -> None:
    """Even who only commands: it can't be switched off, and each is told in their own language."""
    assert not set(staff.ALWAYS) & set(staff.KINDS)
    for kind in staff.ALWAYS:
        assert staff_words.wanting(SHOP, kind) == list(SHOP.staff)
        assert staff_words.wanting(replace(SHOP, state="blocked"), kind) == []
    back = Back()
    assert back.notices.tell(notice(notices.ACCOUNT_CHANGE_WANTED, what="address_change_wanted")) == len(SHOP.staff)
    assert [one.text.split()[0] for one in back.line.told] == ["Another", "দোকানের", "दुकान", "Another"]


def test_kinds_of_the_document_are_those_that_can_be_told() -> None:
    """What a phone may ask for is what there are words for."""
    document = yaml.safe_load((ROOT / "infra/api/staff.yaml").read_text("utf-8"))
    assert document["schemas"]["StaffKind"]["enum"] == list(staff.KINDS)
    assert set(staff.KINDS) < set(notices.KINDS)


class Back:
    """The service on memory."""

    def __init__(self, shop: Merchant = SHOP) -> None:
        self.merchants, self.line = MemoryMerchants(), MemoryStaffLine()
        self.products = MemoryProducts(Remembered())
        self.orders = MemoryOrders(self.products)
        self.merchants.save(shop)
        self.notices = StaffNotices(merchants=self.merchants, orders=self.orders, line=self.line)

    def placed(self) -> NoticeRaised:
        """An order is there; the notice of it."""
        mark = Heard(merchant=MERCHANT, key="k", spoken=Spoken(word="ordered", text=""), at=NOW)
        known = {line.product: replace(product(number), id=line.product) for number, line in enumerate(ORDER.lines)}
        for number, one in enumerate(known.values()):
            self.products.add(one, once(f"product {number}"), MADE)
        assert self.orders.place(ORDER, known, mark, [])
        return of(ORDER)


def test_notice_makes_one_record_for_each_who_wants_it() -> None:
    """In their language, to their phone; the notice again makes the same ones."""
    back = Back()
    raised = back.placed()
    assert (back.notices.tell(raised), back.notices.tell(raised)) == (3, 3)
    assert [(one.staff, one.phone) for one in back.line.told] == [(one.id, one.phone) for one in SHOP.staff[:3]]
    assert [one.text.split()[0] for one in back.line.told] == ["New", "নতুন", "नया"]
    assert {(one.merchant, one.occurred_at, one.template) for one in back.line.told} == {(MERCHANT, NOW, None)}
    assert all(len(one.key) == 32 and int(one.key, 16) for one in back.line.told)


def test_template_of_the_shop_goes_with_it() -> None:
    """As the record is written and read."""
    back = Back(replace(SHOP, staff_template=StaffTemplate(name="news", language="en_US")))
    back.notices.tell(back.placed())
    read = load(dump(back.line.told[0]))
    assert read == back.line.told[0]
    assert isinstance(read, StaffHears)
    assert read.template == Template(name="news", language="en_US")


def test_order_of_another_shop_is_not_read() -> None:
    """A forged id leads nowhere."""
    back = Back()
    raised = replace(back.placed(), merchant=OTHER_MERCHANT)
    back.merchants.save(replace(SHOP, id=MerchantId(OTHER_MERCHANT)))
    assert back.notices.tell(raised) == 0
    assert back.line.told == []


def test_nobody_is_told_where_nobody_wants_it_or_nobody_is_known() -> None:
    """No staff, no shop, no order, no data."""
    back = Back(replace(SHOP, staff=()))
    assert back.notices.tell(back.placed()) == 0
    assert Back().notices.tell(notice(PLACED, order_id="x")) == 0
    assert Back().notices.tell(notice(PLACED)) == 0
    assert Back().notices.tell(replace(notice(UNANSWERED), merchant=OTHER_MERCHANT)) == 0


def test_failures_of_one_code_are_told_once_an_hour() -> None:
    """A number that Meta refuses fails every message: no phone rings for each of them."""
    back = Back()
    for number in range(1, 50):
        back.notices.tell(replace(notice(NOT_SENT, number, code=190), occurred_at=later(NOW, number * 1_000)))
    assert len(back.line.told) == 1
    back.notices.tell(notice(NOT_SENT, 60, code=131026))
    back.notices.tell(replace(notice(NOT_SENT, 61, code=190), occurred_at=later(NOW, HOUR)))
    assert len(back.line.told) == 3


def test_each_question_and_each_order_is_told() -> None:
    """Two notices have two keys, and so have two people."""
    back = Back()
    back.notices.tell(notice(UNANSWERED, 1))
    back.notices.tell(notice(UNANSWERED, 2))
    back.notices.tell(back.placed())
    assert len({one.key for one in back.line.told}) == len(back.line.told) == 5

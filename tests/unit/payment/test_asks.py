"""What a customer reads of a request, and how: the words, the code, WhatsApp's own card."""

from dataclasses import replace
from typing import Any

import pytest

from haat.facts import said
from haat.kernel.ids import MerchantId
from haat.kernel.time import MINUTE, Instant, later
from haat.payment.model.payment import Change, Event, EventKind, Payment, Request
from haat.payment.rules import news, words

NOW = Instant(1_795_000_000_000)
TR = "H01JCXYZABCDEFGHJKMNPQRSTV"
LINK = f"upi://pay?pa=haat.kirana@testpsp&pn=Test%20Kirana%20Store&am=250.00&cu=INR&tr={TR}&mode=15"


def payment(**more: Any) -> Payment:
    """A request that the customer has before them."""
    request = Request(
        tr=TR, merchant=MerchantId("m"), account="a", provider="simbank", payee_vpa="haat.kirana@testpsp", payee_id="p",
        amount=25_000, currency="INR", created_at=NOW, expires_at=later(NOW, 15 * MINUTE), state="PRESENTED",
        payee_name="Test Kirana Store", note="Order 12", link=LINK, customer="k", channel="whatsapp", address="1",
    )  # fmt: skip
    return Payment(request=replace(request, **more))


def says(after: Payment, *events: EventKind, before: Payment | None = None) -> list[said.ShopSays]:
    """What the customer is told."""
    change = Change(after=after, events=tuple(Event(kind=kind) for kind in events))
    facts = [said.load(row.row["body"]) for row in news.rows(before, change, NOW) if said.is_one(row.row["body"])]
    return [fact for fact in facts if isinstance(fact, said.ShopSays)]


def paid(after: Payment) -> Payment:
    """The same, paid."""
    return replace(after, request=replace(after.request, state="PAID"))


@pytest.mark.parametrize("language", ["en", "bn", "hi", ""])
def test_customer_is_asked_in_words_with_link_and_code(language: str) -> None:
    """One message says how much, to whom, what for, until when, and by which link; its code is that link."""
    [fact] = says(payment(language=language))
    assert all(part in fact.text for part in ("₹250", "Test Kirana Store", "Order 12", LINK))
    assert (fact.code, fact.bill) == (LINK, None)
    assert len(fact.text) <= said.WITH_CODE


@pytest.mark.parametrize("language", ["en", "bn", "hi", ""])
def test_words_are_right_without_the_picture_too(language: str) -> None:
    """A channel may not take the picture: nobody is told to scan what they don't see, unless the link is to the picture itself."""
    scan = ("scan", "স্ক্যান", "स्कैन")
    for after in (payment(language=language), payment(language=language, link=LINK + "&tn=" + "%E0%A6%95" * 100)):
        assert [fact.text for fact in says(after) if any(word in fact.text.lower() for word in scan)] == []
    picture = "https://bank.example/qr.png"
    [fact] = says(payment(language=language, link="", picture=picture))
    assert any(f"{word} " in fact.text.lower() for word in scan)
    assert picture in fact.text


def test_words_that_have_no_room_under_a_picture_go_before_it() -> None:
    """A long link is never cut: two messages with keys of their own, the words first, and the code in the second."""
    link = LINK + "&tn=" + "%E0%A6%95" * 100
    first, second = says(payment(link=link))
    assert (link in first.text, first.code) == (True, "")
    assert (second.code, len(second.text) <= said.WITH_CODE) == (link, True)
    assert first.key != second.key


def test_card_asks_by_our_own_link_or_by_the_shops_configuration() -> None:
    """With cards on, the request has one: its words name no link, and the message without it stays whole beside it."""
    [fact] = says(payment(order_details=True))
    assert fact.bill == said.Bill(
        reference=TR, text=words.card(payment()), amount=25_000, name="Order 12", link=LINK,
        expires_at=later(NOW, 15 * MINUTE),
    )  # fmt: skip
    assert "upi:" not in fact.bill.text
    assert (LINK in fact.text, fact.code) == (True, LINK)
    [fact] = says(payment(order_details=True, order_details_name="shop-upi"))
    assert fact.bill is not None
    assert fact.bill.configuration == "shop-upi"


def test_code_that_a_provider_made_is_what_its_card_is_paid_by() -> None:
    """By another code a payment would not be known there as one of this request; without a text of its code there is no card."""
    [fact] = says(payment(order_details=True, order_details_name="shop-upi", provider_ref="qr_1"))
    assert fact.bill is not None
    assert (fact.bill.configuration, fact.bill.link) == ("", LINK)
    [fact] = says(payment(order_details=True, link="", picture="https://bank.example/qr.png", provider_ref="qr_1"))
    assert (fact.bill, fact.code) == (None, "")
    assert "https://bank.example/qr.png" in fact.text


def test_card_tells_that_it_was_paid() -> None:
    """The same words stand on the card and in the message that goes where there is none."""
    open_, closed = payment(order_details=True), paid(payment(order_details=True))
    [fact] = says(closed, "PaymentPaid", before=open_)
    assert fact.bill == said.Bill(reference=TR, text=fact.text, status="processing")
    [fact] = says(paid(payment()), "PaymentPaid", before=payment())
    assert fact.bill is None


def test_card_that_is_taken_back_asks_no_more() -> None:
    """A card has a button, so it is told; of words with a link nothing more is said."""
    for card in (True, False):
        open_ = payment(order_details=card)
        closed = replace(open_, request=replace(open_.request, state="CANCELLED"))
        assert [fact.bill and fact.bill.status for fact in says(closed, "PaymentCancelled", before=open_)] == (
            ["canceled"] if card else []
        )

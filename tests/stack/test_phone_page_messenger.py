"""Messenger on the simulated phone, in a real browser, by keyboard alone."""

from collections.abc import Iterator

import pytest

from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.people import Page, ShopNumber
from infra.local.simulators.server import SimulatorServer
from tests.stack.simulated import SWEETS
from tests.stack.simulated_messenger import PAGE, ask, said, send
from tests.stack.test_phone_page import chromium, focus
from tests.stack.webdriver import DOWN, ENTER, SPACE, TAB, Browser

__all__ = ["chromium"]  # a fixture


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    """Return a simulator with a number and a page, which posts to nobody."""
    sim = GraphSimulator(
        "app-secret", "verify-token", [ShopNumber.of(SWEETS, name="মিষ্টি ঘর")], lambda: 1_780_000_000.0
    )
    sim.add_page(Page.of(PAGE, name="মিষ্টি ভাণ্ডার"))
    ask(sim, "POST", "me/messenger_profile", {"get_started": {"payload": "GO"}})
    server = SimulatorServer(sim, 0).start()
    yield server
    server.stop()


@pytest.fixture
def page(chromium: Browser, server: SimulatorServer) -> Browser:
    """Return the browser with the phone open on a small screen."""
    chromium.resize(360, 740, touch=True)
    chromium.open(server.url)
    chromium.wait_for("document.querySelector('#shops input:checked')")
    chromium.log()
    return chromium


def begin(page: Browser) -> None:
    """Make a customer on Messenger, by keyboard."""
    page.run("document.getElementById('add').focus()")
    page.keys(f"{ENTER}Meera{TAB}")
    assert page.run("return document.activeElement.value") == "whatsapp"
    page.keys(DOWN)
    assert page.run("return document.getElementById('number').checkVisibility()") is False
    page.keys(ENTER)
    page.wait_for("!document.getElementById('person').open")
    page.wait_for("document.getElementById('customer').selectedOptions[0].textContent === 'Meera · Messenger'")


def test_a_chat_on_messenger_by_keyboard(page: Browser, server: SimulatorServer) -> None:
    """Somebody new taps Get Started, then a chip, which is gone with it; a button stays; nothing spills sideways."""
    sim = server.simulator
    begin(page)
    meera = sim.customers()[-1]
    page.wait_for("document.getElementById('start').checkVisibility()")
    assert page.run("return document.getElementById('shop-name').textContent") == "মিষ্টি ভাণ্ডার"
    page.run("document.getElementById('start').focus()")
    page.keys(SPACE)
    page.wait_for("[...document.querySelectorAll('.mine .body')].some(e => e.textContent === 'Get Started')")
    assert not page.run("return document.getElementById('start').checkVisibility()")
    replies = [{"content_type": "text", "title": title, "payload": title} for title in ("দাম কত?", "Doi", "x" * 20)]
    assert send(sim, said(meera.user_id(PAGE), "কোনটা?", message={"quick_replies": replies})).status == 200
    page.wait_for("document.querySelectorAll('.chip').length === 3")
    width = page.run(
        "return [document.documentElement.scrollWidth, ...[...document.querySelectorAll('.chip')].map(e => e.offsetHeight)]"
    )
    assert width[0] == 360
    assert min(width[1:]) >= 38
    page.run("document.querySelector('#log').focus()")
    page.keys(TAB + ENTER)
    page.wait_for("[...document.querySelectorAll('.mine .body')].some(e => e.textContent === 'দাম কত?')")
    page.wait_for("document.querySelectorAll('.chip').length === 0")
    assert focus(page) == "text"
    assert [line.text for line in sim.transcript(PAGE, meera)][-1] == "দাম কত?"
    assert page.log() == []


def test_customer_of_each_app_sees_its_own_shops(page: Browser, server: SimulatorServer) -> None:
    """Numbers are there for one on WhatsApp, pages for one on Messenger; the list of faults has both."""
    begin(page)
    shown = "return [...document.querySelectorAll('#shops input')].map(e => e.value).join()"
    assert page.run(shown) == PAGE
    page.run(
        "const box = document.getElementById('customer'); box.value = 'c1'; box.dispatchEvent(new Event('change'))"
    )
    page.wait_for("document.querySelector('#shops input:checked').value === arguments[0]", SWEETS)
    assert page.run(shown) == SWEETS
    offered = page.run("return [...document.querySelectorAll('#bad-shop option')].map(e => e.textContent)")
    assert offered == ["all shops", "মিষ্টি ঘর", "মিষ্টি ভাণ্ডার (Messenger)"]

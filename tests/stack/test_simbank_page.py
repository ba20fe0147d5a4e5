"""The payer's page in a real browser: paid by keyboard, each button, faults, small screens, both colour schemes."""

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.server import SimulatorServer
from tests.stack import webdriver
from tests.stack.simbanked import TR
from tests.stack.simbanked_page import LINK, bank, clock, server
from tests.stack.simulated import SWEETS
from tests.stack.test_phone_page import contrast
from tests.stack.webdriver import ENTER, TAB, Browser

__all__ = ["bank", "clock", "server"]  # fixtures

STYLES = Path(__file__).parents[2] / "infra" / "local" / "simulators" / "bank.css"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser; skip aloud where none is installed."""
    if reason := webdriver.missing():
        pytest.skip(f"the payer's page was NOT looked at: {reason}")
    with webdriver.browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, server: SimulatorServer) -> Browser:
    """Return the browser with the page open on a small screen."""
    server.simulator.customer(phone="919800000001", name="Rina").writes(SWEETS, "hello")
    chromium.resize(360, 740, touch=True)
    chromium.open(server.url + "/bank")
    chromium.wait_for("document.querySelectorAll('#payees li').length === 2")
    chromium.log()
    return chromium


def test_a_link_from_the_chat_is_paid_by_keyboard(page: Browser, server: SimulatorServer, bank: BankSimulator) -> None:
    """The link that a customer was sent can be picked; Enter on "Pay" pays it, and the list says so."""
    body = {
        "messaging_product": "whatsapp",
        "to": "919800000001",
        "type": "text",
        "text": {"body": f"Pay here: {LINK}"},
    }
    headers = {"authorization": f"Bearer haat-local-token-{SWEETS}", "content-type": "application/json"}
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    connection.request("POST", f"/v25.0/{SWEETS}/messages", json.dumps(body), headers)
    assert connection.getresponse().status == 200
    connection.close()
    page.wait_for("document.querySelectorAll('#sent option').length === 2")
    page.run("document.getElementById('sent').focus()")
    page.keys("Mishti")
    page.wait_for("document.getElementById('link').value.startsWith('upi://pay')")
    for _ in range(5):
        page.keys(TAB)
    assert page.run("return document.activeElement.textContent") == "Pay"
    page.keys(ENTER)
    page.wait_for("document.getElementById('payments').textContent.includes('SUCCESS')")
    assert [(one.word, one.amount, one.reference) for one in bank.world.payments.values()] == [("SUCCESS", 25_000, TR)]
    page.wait_for("document.querySelector('#sent').textContent.includes('paid')")
    assert page.log() == []


def test_every_button_does_what_it_says(page: Browser, bank: BankSimulator) -> None:
    """All ends of a payment, forged ones, and one that is ended later."""
    page.run("document.getElementById('link').value = arguments[0]", LINK)
    clicks = {
        "[data-outcome=failed]": "FAILED", "[data-outcome=pending]": "PENDING", "[data-outcome=deemed]": "DEEMED",
    }  # fmt: skip
    for number, (button, word) in enumerate(clicks.items(), 1):
        page.click(f"#pay {button}")
        page.wait_for("document.querySelectorAll('#payments li').length === arguments[0]", number)
        assert list(bank.world.payments.values())[-1].word == word
    page.click("#pay [data-times]")
    page.wait_for("document.querySelectorAll('#payments li').length === 5")
    page.click("#pay [data-late]")
    page.wait_for("document.getElementById('said').textContent.includes('65 minutes')")
    assert [one.at for one in bank.world.later] == [bank.now() + 65 * 60]
    before = len(bank.world.outbox.waiting)
    page.click("#pay [data-forged=knows]")
    page.wait_for("document.getElementById('said').textContent.includes('Somebody else')")
    assert len(bank.world.outbox.waiting) == before + 1
    page.run("document.getElementById('amount').value = '12.50'")
    page.click("#pay .main")
    page.wait_for("document.getElementById('payments').textContent.includes('12.50')")
    left = next(one for one in bank.world.payments.values() if one.word == "PENDING")
    page.click(f"[data-act='payments/{left.id}:success']")
    page.wait_for("!document.querySelector(arguments[0])", f"[data-act='payments/{left.id}:success']")
    assert bank.world.payments[left.id].word == "SUCCESS"
    page.click("#slow-refunds")
    page.wait_for("document.getElementById('said').textContent === 'Changed.'")
    page.click(f"[data-act='refunds:{left.id}']")
    page.wait_for("document.querySelector('[data-act^=\"refunds/\"]')")
    page.click("[data-act$=':done']")
    page.wait_for("document.getElementById('payments').textContent.includes('DONE')")
    assert page.log() == []


def test_a_charge_back_and_the_file_that_says_so(page: Browser, bank: BankSimulator) -> None:
    """A button takes the money back; the files of two days are links with names of their own."""
    link = LINK.replace("shop@simbank", bank.world.accounts["razorpay:M1"].vpa)
    page.run("document.getElementById('link').value = arguments[0]", link)
    page.click("#pay .main")
    page.wait_for("document.getElementById('payments').textContent.includes('SUCCESS')")
    page.click("[data-act^='charge-backs:']")
    page.wait_for("document.getElementById('payments').textContent.includes('Charged back ₹250.00')")
    names = page.run("return [...document.querySelectorAll('#payees a')].map(e => e.getAttribute('aria-label'))")
    assert len(set(names)) == 2
    said = page.run("return fetch(document.querySelector('#payees a').href).then(answer => answer.json())")
    assert [one["type"] for one in said["items"]] == ["payment", "adjustment"]
    assert page.log() == []


def test_a_fault_is_switched_on_counted_and_off(page: Browser, bank: BankSimulator) -> None:
    """What goes wrong is listed until it has happened; held callbacks are released."""
    page.run("document.getElementById('fault').value = 'held'")
    page.run("document.getElementById('times').value = ''")
    page.click("#wrong .main")
    page.wait_for("document.getElementById('faults').textContent.includes('Hold until released, until switched off')")
    bank.pay(LINK)
    page.wait_for("document.getElementById('held').textContent === '1'")
    page.click("#release")
    page.wait_for("document.getElementById('held').textContent === '0'")
    assert len(bank.world.outbox.waiting) == 1
    page.click("#faults button")
    page.wait_for("document.querySelectorAll('#faults li').length === 0")
    assert bank.faults.listed() == []


def test_a_mistake_is_said_in_words(page: Browser) -> None:
    """A text that is no link is explained in a status line."""
    page.run("document.getElementById('link').value = 'give me money'")
    page.click("#pay .main")
    page.wait_for("document.getElementById('said').textContent.includes('no payment link')")


@pytest.mark.parametrize("width", [320, 360, 1200])
def test_it_fits_each_screen_and_every_control_has_a_name(page: Browser, bank: BankSimulator, width: int) -> None:
    """Nothing scrolls sideways; what one touches is large enough; a screen reader finds a name on each."""
    bank.pay(LINK, word="PENDING")
    bank.faults.hold()
    page.resize(width, 740, touch=True)
    page.wait_for("document.querySelectorAll('#payments li, #faults li').length === 2")
    assert page.run("return document.documentElement.scrollWidth") == width
    sizes = page.run(
        "return [...document.querySelectorAll('button, select, textarea, input:not([type=checkbox])')].map(e => e.offsetHeight)"
    )
    assert min(sizes) >= 38
    tree = page.devtools("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"button", "textbox", "combobox", "spinbutton", "checkbox", "link"}
    named = [
        node.get("name", {}).get("value") for node in tree if not node["ignored"] and node["role"]["value"] in roles
    ]
    assert len(named) >= 20
    assert all(named)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(scheme: str) -> None:
    """Each text colour has 4.5:1 against its ground, each edge 3:1, in both colour schemes."""
    styles = STYLES.read_text()
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", styles.split("@media")[0]))
    if scheme == "dark":
        colours |= re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", styles.split("@media")[1])
    texts = [
        ("ink", "paper"),
        ("ink", "ground"),
        ("soft", "paper"),
        ("soft", "ground"),
        ("brand", "ground"),
        ("bad", "paper"),
    ]
    for pairs, least in (([*texts, ("brand-ink", "brand")], 4.5), ([("edge", "paper"), ("brand", "paper")], 3.0)):
        for text, ground in pairs:
            assert contrast(colours[text], colours[ground]) >= least, (text, ground)

"""The simulated phone in a real browser, by keyboard alone, on a small screen, in both colour schemes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from haat.kernel.qr import png
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.people import ShopNumber
from infra.local.simulators.server import SimulatorServer
from tests.stack import webdriver
from tests.stack.haat_stub import HaatStub
from tests.stack.simulated import post
from tests.stack.webdriver import ENTER, ESCAPE, RIGHT, SHIFT, SPACE, TAB, Browser

SWEETS, SAREES = "100000000000001", "100000000000002"
STYLES = Path(__file__).parents[2] / "infra" / "local" / "simulators" / "phone.css"

# What a person reads: text colour, and the ground that it stands on.
TEXT = [
    ("ink", "paper"), ("ink", "mine"), ("ink", "theirs"), ("ink", "chosen"), ("ink", "ground"),
    ("soft", "paper"), ("soft", "wall"), ("soft", "theirs"), ("soft", "ground"), ("soft", "chosen"),
    ("brand", "paper"), ("brand", "theirs"), ("brand", "chosen"), ("brand-ink", "brand"),
    ("read", "mine"), ("read", "theirs"), ("bad", "theirs"), ("bad", "paper"),
]  # fmt: skip
CONTROLS = {"button", "textbox", "combobox", "spinbutton", "dialog"}
# What a person only has to see: edges of fields, and the ring round what has the focus.
EDGES = [("edge", "paper"), ("brand", "paper"), ("brand", "wall")]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return a browser; skip aloud where none is installed."""
    if reason := webdriver.missing():
        pytest.skip(f"the phone page was NOT looked at: {reason}")
    with webdriver.browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    """Return a simulator with two shops, behind which a stand-in for Haat answers."""
    shops = [ShopNumber.of(SWEETS, name="মিষ্টি ঘর, Kolkata"), ShopNumber.of(SAREES, name="काशी साड़ी, Varanasi")]
    with HaatStub() as haat:
        sim = GraphSimulator("app-secret", "verify-token", shops, lambda: 1_780_000_000.0)
        server = SimulatorServer(sim, 0, haat.url).start()
        haat.graph = server.url
        yield server
        server.stop()


@pytest.fixture
def page(chromium: Browser, server: SimulatorServer) -> Browser:
    """Return the browser with the phone open on a screen of 360 by 740."""
    chromium.resize(360, 740, touch=True)
    chromium.open(server.url)
    chromium.wait_for("document.querySelector('#shops input:checked')")
    chromium.log()  # what earlier pages complained about
    return chromium


def focus(page: Browser) -> str:
    """Return the id or value of what has the focus."""
    found = page.run("const e = document.activeElement; return e.type === 'radio' ? e.value : e.id || e.tagName")
    assert isinstance(found, str)
    return found


def test_a_message_by_keyboard_is_answered(page: Browser, server: SimulatorServer) -> None:
    """Someone who only has a keyboard reaches the field, writes, and sees the quoted reply and all ticks."""
    seen = []
    while focus(page) != "text":
        page.keys(TAB)
        seen.append(focus(page))
    assert seen == ["customer", "edit", "add", "faults", SWEETS, "log", "text"]
    page.keys(f"দাম কত? <b>{ENTER}")
    page.wait_for("[...document.querySelectorAll('.line .body')].some(e => e.textContent === 'You wrote: দাম কত? <b>')")
    page.wait_for("document.querySelector('.line:not(.mine) .quote').textContent.includes('দাম কত? <b>')")
    page.wait_for("document.querySelectorAll('.tick-read').length === 2")
    assert focus(page) == "text"
    assert page.run("return document.getElementById('text').value") == ""
    assert page.run("return document.querySelector('.line b:not(.quote b)')") is None
    assert [line.tick for line in server.simulator.transcript(SWEETS, "c1")] == ["read", "read"]
    assert page.log() == []


def test_shop_that_was_chosen_is_in_sight_and_tab_begins_at_the_top(page: Browser) -> None:
    """On a small screen the second shop is beyond the edge; opened again, the page shows it, and a keyboard starts where it should."""
    page.run("document.querySelector('#shops input:not(:checked)').click()")
    page.wait_for("document.getElementById('shop-name').textContent.startsWith('काशी')")
    page.run("location.reload()")
    page.wait_for("document.querySelector('#shops label:last-child input:checked')")
    sides = "const {left, right} = document.querySelector('#shops label:last-child').getBoundingClientRect(); return [left, right]"
    left, right = page.run(sides)
    assert 0 <= left < right <= 360
    assert page.run("return document.getElementById('shops').scrollLeft") > 0
    page.keys(TAB)
    assert focus(page) == "customer"


def test_shift_enter_begins_a_line(page: Browser, server: SimulatorServer) -> None:
    """Enter sends, Shift+Enter does not; an empty message is not sent."""
    page.run("document.getElementById('text').focus()")
    page.keys(ENTER)
    page.keys("one")
    page.keys(ENTER, holding=SHIFT)
    page.keys(f"two{ENTER}")
    page.wait_for("document.querySelector('.line.mine')")
    assert [line.text for line in server.simulator.transcript(SWEETS, "c1")][:1] == ["one\ntwo"]


def test_another_shop_and_customer_are_chosen_by_keyboard(page: Browser, server: SimulatorServer) -> None:
    """Arrow keys change the shop; a new customer who hides the number is made and writes."""
    page.run("document.querySelector('#shops input:checked').focus()")
    page.keys(RIGHT)
    page.wait_for("document.getElementById('shop-name').textContent.startsWith('काशी')")
    page.run("document.getElementById('add').focus()")
    page.keys(ENTER)
    assert focus(page) == "name"
    page.keys(f"Meera{TAB}98000 00007{TAB}{SPACE}{ENTER}")
    page.wait_for("!document.getElementById('person').open")
    page.wait_for("document.getElementById('customer').selectedOptions[0].textContent.startsWith('Meera')")
    assert focus(page) == "text"
    page.keys(f"hours{ENTER}")
    page.wait_for("document.querySelector('.line:not(.mine) .body')")
    sent = server.simulator.sent(SAREES)[-1]
    assert sent.to is None
    assert sent.recipient == server.simulator.customer(phone="919800000007").user_id(SAREES)


def test_a_mistake_is_said_in_words(page: Browser) -> None:
    """A wrong number is explained in an alert; Escape closes the form and gives the focus back."""
    page.run("document.getElementById('add').focus()")
    page.keys(f"{ENTER}Meera{TAB}12{ENTER}")
    page.wait_for("document.querySelector('#person-error[role=alert]').textContent.includes('10 digits')")
    page.keys(ESCAPE)
    page.wait_for("!document.getElementById('person').open")
    assert focus(page) == "add"


def test_a_waiting_message_is_counted_until_it_is_seen(page: Browser, server: SimulatorServer) -> None:
    """A message in another chat shows as unread, in the list and in the title, and not after a look."""
    server.simulator.echo(SAREES, "c1", "नमस्ते")
    page.wait_for("document.title.startsWith('(1)')")
    page.run("document.querySelector('#shops input:checked').focus()")
    page.keys(RIGHT)
    page.wait_for("document.title === 'Haat phone'")
    page.wait_for("document.querySelector('.line .body').lang === 'hi'")
    assert server.simulator.transcript(SAREES, "c1")[0].seen


def test_photo_is_drawn_with_its_words(page: Browser, server: SimulatorServer) -> None:
    """A code that a shop sends can be scanned from the screen: whole, sharp, on white, no wider than its message."""
    page.run("document.getElementById('text').focus()")
    page.keys(f"pay{ENTER}")
    page.wait_for("document.querySelector('.line:not(.mine) .body')")
    sim = server.simulator
    with sim.lock:
        photo = sim.media.put(SWEETS, "image/png", png("upi://pay?pa=haat.kirana@testpsp&am=250.00"))
    post(
        sim,
        {
            "messaging_product": "whatsapp",
            "to": "919800000100",
            "type": "image",
            "image": {"id": photo.id, "caption": "₹250"},
        },
    )
    page.wait_for("document.querySelector('.photo')?.naturalWidth > 900")
    page.wait_for("[...document.querySelectorAll('.line .body')].some(e => e.textContent === '₹250')")
    drawn = "const p = document.querySelector('.photo').getBoundingClientRect(); return [p.width, p.height]"
    width, height = page.run(drawn)
    assert width == height
    assert 200 < width <= 320
    assert page.log() == []


def pick(page: Browser, box: str, words: str) -> None:
    """Choose in a list by keyboard: what one types leads to the entry that begins so."""
    page.run("document.getElementById(arguments[0]).focus()", box)
    page.keys(words)
    page.wait_for(
        "document.getElementById(arguments[0]).selectedOptions[0].textContent.startsWith(arguments[1])", box, words
    )


def test_fault_is_switched_on_by_keyboard(page: Browser, server: SimulatorServer) -> None:
    """Someone who only has a keyboard chooses an error, how often and for whom, sees it counted, felt, and gone."""
    page.run("document.getElementById('faults').focus()")
    page.keys(ENTER)
    page.wait_for("document.querySelectorAll('#bad-code option').length > 30")
    assert focus(page) == "bad-trouble"
    pick(page, "bad-trouble", "Refuse")
    page.keys(TAB)
    assert focus(page) == "bad-code"
    pick(page, "bad-code", "131026")
    page.keys(TAB)
    assert focus(page) == "bad-times"
    pick(page, "bad-times", "2 times")
    page.keys(TAB)
    assert focus(page) == "bad-shop"
    pick(page, "bad-shop", "মি")
    page.keys(f"{TAB}{ENTER}")
    page.wait_for("document.getElementById('bad-list').textContent.includes('131026')")
    assert [(f.code, f.times, f.number) for f in server.simulator.faults] == [(131026, 2, SWEETS)]
    assert "2 times more, মিষ্টি ঘর" in page.run("return document.getElementById('bad-list').textContent")
    page.keys(ESCAPE)
    page.wait_for("!document.getElementById('bad-days').open")
    assert focus(page) == "faults"
    assert page.run("return document.getElementById('faults').textContent") == "Faults1 on"
    page.run("document.getElementById('text').focus()")
    page.keys(f"hours{ENTER}")
    page.wait_for("document.querySelector('.line.mine')")
    page.run("document.getElementById('faults').focus()")
    page.keys(ENTER)
    page.wait_for("document.getElementById('bad-list').textContent.includes('once more')")
    page.run("document.querySelector('#bad-list button').focus()")
    page.keys(SPACE)
    page.wait_for(
        "document.querySelectorAll('#bad-list li').length === 0 && !document.getElementById('bad-none').hidden"
    )
    assert focus(page) == "bad-trouble"
    assert len(server.simulator.faults) == 0


def choose(page: Browser, trouble: str) -> None:
    """Choose what goes wrong by its key."""
    page.run(
        "const box = document.getElementById('bad-trouble'); box.value = arguments[0];"
        "box.dispatchEvent(new Event('change'))",
        trouble,
    )


def test_fault_asks_for_what_it_needs(page: Browser, server: SimulatorServer) -> None:
    """Seconds are asked for where something is slow, a code where something is refused, and darkness lasts."""
    page.click("#faults")
    page.wait_for("document.querySelectorAll('#bad-code option').length > 30")
    shown = "return ['bad-code-row', 'bad-seconds-row'].map(id => !document.getElementById(id).hidden)"
    assert page.run(shown) == [True, False]
    choose(page, "slow")
    assert page.run(shown) == [False, True]
    choose(page, "dark")
    assert page.run(shown) == [False, False]
    assert page.run("return document.getElementById('bad-times').value") == ""
    page.click("#bad-form button[type=submit]")
    page.wait_for("document.getElementById('bad-list').textContent.includes('until switched off, all shops')")
    choose(page, "duplicate")
    page.click("#bad-form button[type=submit]")
    page.wait_for("document.querySelectorAll('#bad-list li').length === 2")
    assert [habit.kind for habit in server.simulator.webhooks] == ["duplicate"]
    page.click("#bad-check")
    page.wait_for("document.getElementById('bad-said').textContent.startsWith('Good')")
    page.click("#bad-all")
    page.wait_for("document.querySelectorAll('#bad-list li').length === 0")
    assert page.log() == []


@pytest.mark.parametrize(("width", "height"), [(320, 480), (360, 740)])
def test_faults_fit_a_small_screen(page: Browser, server: SimulatorServer, width: int, height: int) -> None:
    """The list of faults scrolls in its own box, upwards and downwards only; what one touches is large enough and has a name."""
    page.resize(width, height, touch=True)
    for times in (1, 2, 3):
        server.simulator.faults.error(131056, times=times, number=SAREES)
    page.click("#faults")
    page.wait_for("document.querySelectorAll('#bad-list li').length === 3")
    box = page.run(
        "const d = document.getElementById('bad-days'); return [d.scrollWidth <= d.clientWidth, d.getBoundingClientRect().toJSON()]"
    )
    assert box[0]
    assert 0 <= box[1]["left"] < box[1]["right"] <= width
    assert 0 <= box[1]["top"] < box[1]["bottom"] <= height
    sizes = page.run(
        "return [...document.querySelectorAll('#bad-days :is(button, select, input)')]"
        ".filter(e => e.checkVisibility()).map(e => Math.min(e.offsetHeight, e.offsetWidth))"
    )
    assert len(sizes) == 11
    assert min(sizes) >= 38
    tree = page.devtools("Accessibility.getFullAXTree", {})["nodes"]
    names = [n.get("name", {}).get("value") for n in tree if not n["ignored"] and n["role"]["value"] in CONTROLS]
    assert len(names) >= 11
    assert all(names)
    page.keys(ESCAPE)


@pytest.mark.parametrize(("width", "height"), [(320, 480), (360, 740), (1200, 800)])
def test_it_fits_one_screen(page: Browser, server: SimulatorServer, width: int, height: int) -> None:
    """Nothing scrolls sideways, field and button are in sight, and what one touches is large enough."""
    server.simulator.customers()[0].writes(SWEETS, "w" * 200)
    page.resize(width, height)
    page.wait_for("document.querySelector('.line.mine')")
    assert page.run("return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        width,
        height,
    ]
    for selector in ("#composer button", "#text", "#add", "#edit", "#faults", "#customer", ".shop"):
        box = page.run(
            "const b = document.querySelector(arguments[0]).getBoundingClientRect(); return b.toJSON()", selector
        )
        assert box["height"] >= 38, selector
        assert 0 <= box["top"] < box["bottom"] <= height, selector
        assert box["left"] >= 0, selector


def test_every_control_has_a_name(page: Browser) -> None:
    """A screen reader finds a name on each control, a log that speaks up, and the language of what was written."""
    tree = page.devtools("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"button", "textbox", "combobox", "radio", "log", "switch"}
    named = [
        (node["role"]["value"], node.get("name", {}).get("value"))
        for node in tree
        if not node["ignored"] and node["role"]["value"] in roles
    ]
    assert {role for role, _ in named} == {"button", "textbox", "combobox", "radio", "log"}
    assert all(name for _, name in named), named


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(scheme: str) -> None:
    """Each text colour has 4.5:1 against its ground, each edge 3:1, in both colour schemes."""
    styles = STYLES.read_text()
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", styles.split("@media")[0]))
    if scheme == "dark":
        colours |= re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", styles.split("@media")[1])
    for pairs, least in ((TEXT, 4.5), (EDGES, 3.0)):
        for text, ground in pairs:
            assert contrast(colours[text], colours[ground]) >= least, (text, ground)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_what_a_message_offers_is_tapped_by_keyboard(page: Browser, server: SimulatorServer) -> None:
    """Buttons and rows stand under their message, can be reached without a mouse, and go back to the shop with their id."""
    sim = server.simulator
    guest = sim.customers()[0]
    wamid = guest.writes(SWEETS, "menu")
    rows = [{"id": "counter:a", "title": "সন্দেশ", "description": "₹20"}, {"id": "counter:b", "title": "More"}]
    action = {"button": "Choose", "sections": [{"rows": rows}]}
    said = {"type": "list", "body": {"text": "What we have:"}, "action": action}
    body = {"messaging_product": "whatsapp", "to": guest.phone, "type": "interactive", "interactive": said}
    assert post(sim, body | {"context": {"message_id": wamid}}).status == 200
    page.wait_for("document.querySelectorAll('.offer').length === 2")
    shown = page.run(
        "const o = document.querySelector('.offers:not([hidden])'); return [o.previousSibling.textContent, o.innerText]"
    )
    assert shown == ["What we have:", "সন্দেশ\n₹20\nMore"]
    page.run("document.querySelector('#log').focus()")
    page.keys(TAB + ENTER)
    page.wait_for("[...document.querySelectorAll('.mine .body')].some(e => e.textContent === 'সন্দেশ')")
    assert not page.log()

"""An independent witness: pywa, a client of the Cloud API that others have written, works against the simulator unchanged.

pywa has no setting for Meta's address, but takes an HTTP session, whose base URL is set once the client has been made.
"""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pywa.client import WhatsApp
from pywa.errors import ReEngagementMessage, WhatsAppError
from pywa.handlers import (
    CallbackButtonHandler,
    CallbackSelectionHandler,
    MessageHandler,
    MessageStatusHandler,
    TemplateStatusUpdateHandler,
)
from pywa.types import templates
from pywa.types.callback import Button, FlowButton, Section, SectionList, SectionRow, URLButton
from pywa.types.flows import FlowActionType
from pywa.types.others import Contact, ProductsSection

from infra.local.simulators.customer import Customer
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.samples import VOICE, picture
from infra.local.simulators.server import SimulatorServer
from tests.stack.simulated import PHONE, SWEETS, Clock

BODY = templates.BodyText("{{1}}, অর্ডার {{2}} তৈরি।", "রিনা", "7")


@pytest.fixture
def sim() -> GraphSimulator:
    """Return a simulator with one shop."""
    return GraphSimulator("app-secret", "verify-token", [SWEETS], Clock())


@pytest.fixture
def rina(sim: GraphSimulator) -> Customer:
    """Return a customer who has written to the shop."""
    customer = sim.customer(phone=PHONE, name="রিনা")
    customer.writes(SWEETS, "দাম কত?")
    return customer


@pytest.fixture
def client(sim: GraphSimulator) -> Iterator[WhatsApp]:
    """Return pywa's client, speaking to the simulator over loopback."""
    server, shop = SimulatorServer(sim, 0).start(), sim.shop(SWEETS)
    with httpx.Client(trust_env=False) as session:
        client = WhatsApp(
            phone_id=SWEETS,
            token=shop.token,
            session=session,
            waba_id=shop.waba_id,
            app_secret=sim.app_secret,
            verify_token=sim.verify_token,
        )
        session.base_url = f"{server.url}/v26.0"
        yield client
    server.stop()


# (what, what the client does for the customer, what stands on the customer's phone)
SENDS: list[tuple[str, Callable[[WhatsApp], Any], str]] = [
    ("text", lambda wa: wa.send_message(PHONE, "১৫ টাকা", tracker="ours"), "১৫ টাকা"),
    (
        "buttons",
        lambda wa: wa.send_message(
            PHONE, "Which?", header="Today", footer="fresh", buttons=[Button("Yes", "y"), Button("No", "n")]
        ),
        "Which?\n[Yes]\n[No]",
    ),
    (
        "list",
        lambda wa: wa.send_message(
            PHONE,
            "Which?",
            buttons=SectionList("See", [Section("A", [SectionRow("Doi", "1", "sweet")])]),
        ),
        "Which?\n[Doi]",
    ),
    (
        "link",
        lambda wa: wa.send_message(PHONE, "Here", buttons=URLButton("Open", "https://shop.example/x")),
        "Here\n[Open]",
    ),
    ("picture by link", lambda wa: wa.send_image(PHONE, "https://shop.example/a.png", caption="c"), "c"),
    ("picture by bytes", lambda wa: wa.send_image(PHONE, picture(), mime_type="image/png", caption="d"), "d"),
    ("paper", lambda wa: wa.send_document(PHONE, b"%PDF", filename="a.pdf", mime_type="application/pdf"), ""),
    ("voice", lambda wa: wa.send_voice(PHONE, VOICE), ""),
    ("film", lambda wa: wa.send_video(PHONE, b"film", mime_type="video/mp4", caption="e"), "e"),
    ("sticker", lambda wa: wa.send_sticker(PHONE, b"RIFF", mime_type="image/webp"), ""),
    ("place", lambda wa: wa.send_location(PHONE, 22.57, 88.36, "Mishti", "1 Gali"), "Mishti"),
    ("question for a place", lambda wa: wa.request_location(PHONE, "Where?"), "Where?\n[Send location]"),
    (
        "contact",
        lambda wa: wa.send_contact(PHONE, Contact(name=Contact.Name(formatted_name="Amit", first_name="A"))),
        "Amit",
    ),
    ("catalogue", lambda wa: wa.send_catalog(PHONE, "All", thumbnail_product_sku="p1"), "All\n[View catalog]"),
    ("product", lambda wa: wa.send_product(PHONE, "c1", "p1"), "\n[p1]"),
    (
        "products",
        lambda wa: wa.send_products(
            PHONE, catalog_id="c1", product_sections=[ProductsSection("A", ["p1", "p2"])], title="T", body="These"
        ),
        "These\n[p1]\n[p2]",
    ),
    (
        "flow",
        lambda wa: wa.send_message(
            PHONE,
            "Fill in",
            buttons=FlowButton("Form", flow_id="1", flow_action_type=FlowActionType.DATA_EXCHANGE),
        ),
        "Fill in\n[Form]",
    ),
]


@pytest.mark.parametrize(("does", "shown"), [each[1:] for each in SENDS], ids=[each[0] for each in SENDS])
def test_client_sends(
    client: WhatsApp, sim: GraphSimulator, rina: Customer, does: Callable[[WhatsApp], Any], shown: str
) -> None:
    """Whatever the client sends arrives on the customer's phone, and the client gets the message's id."""
    sent = does(client)
    line = sim.transcript(SWEETS, rina)[-1]
    assert (line.wamid, line.text) == (sent.id, shown)


def test_client_reacts_and_marks_as_read(client: WhatsApp, sim: GraphSimulator, rina: Customer) -> None:
    """A reaction comes and goes on the customer's message, which is read, with typing after it."""
    question = sim.transcript(SWEETS, rina)[0].wamid
    client.send_reaction(PHONE, "👍", question)
    assert sim.transcript(SWEETS, rina)[0].reaction == "👍"
    client.remove_reaction(PHONE, question)
    assert sim.transcript(SWEETS, rina)[0].reaction == ""
    assert client.mark_message_as_read(question).success
    assert client.indicate_typing(question).success
    assert [receipt.typing for receipt in sim.receipts()] == [False, True]
    assert sim.transcript(SWEETS, rina)[0].tick == "read"


def test_client_reads_refusals(client: WhatsApp, sim: GraphSimulator, rina: Customer) -> None:
    """The client finds code, details and trace where it looks for them."""
    with pytest.raises(WhatsAppError) as wrong:
        client.send_message(PHONE, "x" * 4097)
    assert (wrong.value.code, bool(wrong.value.fbtrace_id)) == (100, True)
    with pytest.raises(ReEngagementMessage):
        client.send_message("919800000002", "hello")


def test_client_moves_files(client: WhatsApp, sim: GraphSimulator, rina: Customer) -> None:
    """Files go up, are described, come down as they were, and away; so does what a customer sent."""
    uploaded = client.upload_media(picture(), mime_type="image/png", filename="a.png")
    described = client.get_media_url(uploaded.id)
    assert client.get_media_bytes(described.url) == picture()
    assert client.delete_media(uploaded.id).success
    with pytest.raises(WhatsAppError):
        client.get_media_url(uploaded.id)
    rina.sends_audio(SWEETS)
    heard = next(iter(sim.world.media.values()))
    assert client.get_media_bytes(client.get_media_url(heard.id).url) == VOICE


def test_client_manages_templates(client: WhatsApp, sim: GraphSimulator, rina: Customer) -> None:
    """A template is made, listed, looked at, sent and deleted."""
    made = client.create_template(
        templates.Template(
            name="order_ready",
            category=templates.TemplateCategory.UTILITY,
            language=templates.TemplateLanguage.BENGALI,
            components=[BODY, templates.FooterText(text="Mishti Bhandar")],
        )
    )
    assert client.get_template(made.id).status == templates.TemplateStatus.APPROVED
    assert {one.name for one in client.get_templates()} == {"hello_world", "order_ready"}
    values = BODY.params("রিনা", "9")  # type: ignore[arg-type]  # it has no self, which mypy takes for a value
    sent = client.send_template(PHONE, name="order_ready", language=templates.TemplateLanguage.BENGALI, params=[values])
    assert sim.sent()[-1].wamid == sent.id
    assert client.delete_template(template_name="order_ready").success
    assert {one.name for one in client.get_templates()} == {"hello_world"}


def test_client_reads_the_shops_pages(client: WhatsApp) -> None:
    """Profile, number, account and shop window are written and read back."""
    assert client.update_business_profile(about="মিষ্টি", websites=("https://shop.example",)).success
    profile = client.get_business_profile()
    assert (profile.about, profile.websites) == ("মিষ্টি", ("https://shop.example",))
    number = client.get_business_phone_number()
    assert (number.verified_name, [one.id for one in client.get_business_phone_numbers()]) == ("Shop 001", [SWEETS])
    assert client.get_business_account().name == "Shop 001"
    assert client.update_commerce_settings(is_cart_enabled=False, is_catalog_visible=True).success
    settings = client.get_commerce_settings()
    assert (settings.is_cart_enabled, settings.is_catalog_visible) == (False, True)


def test_client_reads_webhooks(client: WhatsApp, sim: GraphSimulator, rina: Customer) -> None:
    """What the simulator posts passes the client's check of signatures and is understood by its parser, in batches too."""
    heard: list[tuple[str, Any]] = []

    def hear(name: str) -> Callable[[WhatsApp, Any], None]:
        return lambda _, update: heard.append((name, update))

    client.add_handlers(
        MessageHandler(hear("message")),
        MessageStatusHandler(hear("status")),
        CallbackButtonHandler(hear("button")),
        CallbackSelectionHandler(hear("row")),
        TemplateStatusUpdateHandler(hear("template")),
    )
    sent = client.send_message(PHONE, "Which?", buttons=[Button("Yes", "y")], tracker="our-id")
    rina.taps(SWEETS, "y", "Yes", reply_to=sent.id)
    rina.picks(SWEETS, "r1", "Doi", reply_to=sent.id)
    rina.sends_image(SWEETS, "এটা?")
    rina.sends_location(SWEETS, 22.57, 88.36)
    hidden = sim.customer(phone="919800000002", hides_number=True)
    hidden.writes(SWEETS, "who am I?")
    sim.webhooks.raw(every=2)
    sim.templates.of(sim.shop(SWEETS).waba_id)
    sim.templates.decide("hello_world", "PAUSED")
    for webhook in sim.due(sim.now()):
        assert client.webhook_update_validator(webhook.body, webhook.headers["X-Hub-Signature-256"]) is None
        assert client.webhook_update_handler(webhook.body) == ("ok", 200)
    kinds = [name for name, _ in heard]
    assert kinds == [
        "message",
        "status",
        "status",
        "status",
        "button",
        "row",
        "message",
        "message",
        "message",
        "template",
    ]
    status, tapped, image, last = heard[1][1], heard[4][1], heard[6][1], heard[8][1]
    assert (status.status, status.tracker, status.pricing.category) == ("sent", "our-id", "service")
    assert (tapped.data, tapped.from_user.name) == ("y", "রিনা")
    assert (image.image.mime_type, image.caption) == ("image/png", "এটা?")
    assert (last.from_user.wa_id, last.from_user.bsuid) == (None, hidden.user_id(SWEETS))
    wrong = webhook.body + b" "
    assert client.webhook_update_validator(wrong, webhook.headers["X-Hub-Signature-256"]) is not None
    assert client.webhook_challenge_handler("verify-token", "42") == ("42", 200)

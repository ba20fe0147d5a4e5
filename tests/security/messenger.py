"""All that somebody can do by Messenger, and all that can go wrong with a page, in words that are looked for afterwards."""

from typing import TYPE_CHECKING, Any

from infra.local.market import SWEETS
from infra.local.simulators.messenger_customer import MessengerCustomer
from tests.security.words import BENGALI, LATIN, NAME, PHONE, PSID, QUESTION
from tests.stack.conversation.conftest import Market
from tests.stack.conversation.posted import PAGE_WEBHOOK, event, page_webhook, post

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE, HOUR = SWEETS.page_id, 3_600.0
SAYS = f"{LATIN} {BENGALI}"


def canary_on_page(market: Market) -> MessengerCustomer:
    """The customer whom nobody may recognise, by Messenger."""
    return market.stage.graph.messenger.customer(psid=PSID, name=NAME)


def talks_on_page(market: Market) -> None:
    """Everything that a customer can do there, and what the page's own people answer."""
    rina, stage = canary_on_page(market), market.stage
    messenger = stage.graph.messenger
    first = rina.writes(PAGE, QUESTION)
    rina.writes(PAGE, SAYS, reply_to=first)
    rina.sends_sticker(PAGE)
    rina.sends_location(PAGE, 1, 2, SAYS)
    rina.sends_unsupported(PAGE)
    rina.shares(PAGE, f"https://example.invalid/?q={LATIN}", SAYS)
    rina.taps(PAGE, SAYS, SAYS)
    rina.taps_postback(PAGE, SAYS, SAYS)
    rina.reacts(PAGE, first, "👍")
    stage.drain()
    rina.edits(PAGE, first, SAYS)
    rina.revokes(PAGE, rina.writes(PAGE, SAYS))
    messenger.echo(PAGE, rina, SAYS)
    stage.drain()
    messenger.hands_over(PAGE, rina, metadata=SAYS)
    rina.writes(PAGE, SAYS)
    messenger.gives_back(PAGE, rina, metadata=SAYS)
    rina.writes(PAGE, SAYS)
    for content in _NEWS:
        messenger.raw(page_webhook(event(by=PSID, page=PAGE, at=stage.clock.now(), **content), page=PAGE), PAGE)
    stage.run_for(600)


_NEWS: tuple[dict[str, Any], ...] = (
    {"referral": {"ref": SAYS, "source": "SHORTLINK", "type": "OPEN_THREAD"}},
    {"optin": {"ref": SAYS, "user_ref": PHONE}},
    {"account_linking": {"status": "linked", "authorization_code": SAYS}},
    {"policy_enforcement": {"action": "warning", "reason": SAYS}},
    {"messaging_feedback": {"feedback_screens": [SAYS]}},
    {SAYS: {SAYS: SAYS}},
    {"read": {"watermark": SAYS}},
    {"message": {"mid": SAYS, "text": [SAYS]}},
    {"message": {"text": SAYS}},
)


def page_refuses(market: Market) -> None:
    """Each kind of trouble with a page, for a reply that must not be seen; and bodies that are none of Meta's."""
    rina, stage = canary_on_page(market), market.stage
    faults = stage.graph.faults
    kinds: list[Callable[[], object]] = [
        *(lambda code=code: faults.error(code, number=PAGE) for code in (551, 613, 1200, 2, 100, 999)),
        lambda: faults.broken(500, number=PAGE),
        lambda: faults.time_out(number=PAGE, accepted=True),
        lambda: faults.accept_then_drop(number=PAGE),
    ]
    for trouble in kinds:
        trouble()
        rina.writes(PAGE, QUESTION)
        stage.run_for(600)
    faults.clear()
    faults.error(10, number=PAGE)  # it is stopped: what waits for it waits for a day
    rina.writes(PAGE, QUESTION)
    rina.writes(PAGE, SAYS)
    stage.run_for(25 * HOUR)
    body = page_webhook(event(by=PSID, page=PAGE, at=0, message={"mid": SAYS, "text": SAYS}), page=PAGE)
    post(stage, body[:-7], path=PAGE_WEBHOOK)
    post(stage, body, {"x-hub-signature-256": SAYS}, path=PAGE_WEBHOOK)
    post(stage, body.replace(PAGE.encode(), b"299999999999999"), path=PAGE_WEBHOOK)
    stage.drain()

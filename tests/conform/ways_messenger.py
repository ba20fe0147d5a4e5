"""Ways of a page's customers through the market, as `ways.py` has those of WhatsApp's."""

from infra.conform.deployed import Deployed
from infra.local.market import SWEETS
from tests.conform.ways import Ended, Way, said_once, verified

SWEET_PAGE = SWEETS.page_id


def answered_on_messenger(stage: Deployed, turn: int) -> Ended:
    """A page's customer is answered once, and how far they have read is kept."""
    one = stage.graph.messenger.customer(psid=f"71{turn:014d}")
    asked = one.writes(SWEET_PAGE, "hours")
    stage.drain()
    return lambda: said_once(stage, asked) and _has_read(stage, f"{SWEET_PAGE}:{one.user_id(SWEET_PAGE)}")


def handshake_on_messenger(stage: Deployed, _: int) -> Ended:
    """Meta verifies the address of the pages' webhooks."""
    return verified(stage, "messenger", stage.settings.messenger_verify_token)


WAYS_MESSENGER: tuple[Way, ...] = (answered_on_messenger, handshake_on_messenger)


def _has_read(stage: Deployed, person: str) -> bool:
    """Whether this customer's conversation has a mark of what was read."""
    items = stage.items("conversation")
    theirs = {item["pk"]["S"] for item in items if person in item.get("doc", {}).get("S", "")}
    return any(item["pk"]["S"] in theirs and "read" in item for item in items)

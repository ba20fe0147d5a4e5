"""A short scene in the terminal: customers write to three shops, and each message is shown with what the shop said; one buys.

Played by the simulated platform and answered by the real functions. Each time by new customers, so that a market with a
past plays it too. Where the hour matters the message carries that of the day that has passed, as Meta's do.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from infra.local.ground import Ground
from infra.local.market import HARDWARE, SAREES, SWEETS, DemoShop
from infra.local.scene_order import OrderScene
from infra.local.simulators.customer import Customer

PATIENCE = 20.0  # seconds that a reply may take before the scene goes on without it
QUIET = 2.0  # seconds after which silence counts as silence
LOOK_EVERY = 0.05
AFTERNOON, NIGHT = 15, 2  # o'clock

type Wait = Callable[[Callable[[], bool], float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A customer says something to a shop. `answered` says whether a reply is to be waited for."""

    who: str
    shop: DemoShop
    text: str
    answered: bool = True
    on_page: bool = False  # on Messenger
    hour: int | None = None  # the last such hour at the shop; None is now
    remark: str = ""


TURNS = (
    Turn(who="Rina", shop=SWEETS, text="রসগোল্লার দাম কত?"),
    Turn(who="Amit", shop=SAREES, text="साड़ी कितने की है"),
    Turn(who="Neha", shop=HARDWARE, text="Do you have cement?"),
    Turn(who="Neha", shop=HARDWARE, text="hours"),
    Turn(
        who="Amit",
        shop=SAREES,
        text="गोटा पट्टी लगवानी थी",
        hour=AFTERNOON,
        remark="nobody taught that: it stands on the shop's list",
    ),
    Turn(
        who="Puja", shop=SWEETS, text="kitna hai?", on_page=True, remark="on Messenger, where a bot says that it is one"
    ),
    Turn(
        who="Puja",
        shop=SWEETS,
        text="sandesh pathano jabe?",
        on_page=True,
        hour=AFTERNOON,
        remark="unsure: it asks back",
    ),
    Turn(who="Puja", shop=SWEETS, text="১", on_page=True, hour=AFTERNOON),
    Turn(who="Sohel", shop=SWEETS, text="কেউ আছেন?", hour=NIGHT, remark="two in the morning: the away message"),
    Turn(who="Sohel", shop=SWEETS, text="দাদা, শুনছেন?", hour=NIGHT, answered=False, remark="said once for each night"),
)


def play(stage: Ground, say: Callable[[str], None] = print, wait: Wait | None = None) -> None:
    """Play it, line by line as it happens. `wait` lets things happen until something has come."""
    if stage.settings.graph_url != stage.settings.sim_url:
        say("No scene: HAAT_GRAPH_URL is not the simulator, which plays the customers.")
        return
    say("")
    known: dict[str, Customer] = {}
    first = len(stage.graph.customers()) + 1
    for turn in TURNS:
        if turn.who not in known:
            phone = f"9198000001{first + len(known):02d}"
            on_page = turn.on_page and stage.graph.messenger.customer(name=turn.who)
            known[turn.who] = on_page or stage.graph.customer(phone=phone, name=turn.who)
        for line in _played(stage, known[turn.who], turn, wait or look):
            say(line)
    OrderScene(stage, SWEETS, known["Rina"], say, wait or look).play("Rina")
    say("")
    say(f"Write yourself: {stage.settings.sim_url}/")
    say(f"Pay yourself: {stage.settings.sim_url}/bank")


def _played(stage: Ground, customer: Customer, turn: Turn, wait: Wait) -> list[str]:
    """One turn as it reads in the terminal."""
    number = turn.shop.page_id if turn.on_page else turn.shop.phone_number_id
    shop = turn.shop.merchant.name
    before = len(_heard(stage, number, customer))
    customer.writes(number, turn.text, at=_last(turn.hour, stage.clock.now(), turn.shop))
    wait(lambda: len(_heard(stage, number, customer)) > before, PATIENCE if turn.answered else QUIET)
    remark = f"   ({turn.remark})" if turn.remark else ""
    lines = [f"{turn.who} to {shop}: {turn.text}{remark}"]
    for said in _heard(stage, number, customer)[before:]:
        head, *rest = said.split("\n")
        lines += [f"    {shop}: {head}", *(f"    {' ' * len(shop)}  {more}" for more in rest)]
    if len(lines) == 1:
        lines.append("    (no reply)")
    return lines


def _heard(stage: Ground, number: str, customer: Customer) -> list[str]:
    return [line.text for line in stage.graph.transcript(number, customer) if line.author == "haat"]


def _last(hour: int | None, now: float, shop: DemoShop) -> float | None:
    """When it was last so late at the shop: less than a day ago, so that the customer's window is still open."""
    if hour is None:
        return None
    there = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(shop.merchant.timezone))
    then = there.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (then if then <= there else then - timedelta(days=1)).timestamp()


def look(come: Callable[[], bool], seconds: float) -> None:
    """Look again and again until it has come, or the time is over."""
    end = time.monotonic() + seconds
    while not come() and time.monotonic() < end:
        time.sleep(LOOK_EVERY)

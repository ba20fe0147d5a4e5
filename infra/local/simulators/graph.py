"""A Graph API of our own: takes sends as Meta would, plays the customers, and posts signed webhooks.

Source: Cloud API (meta-platform, sections 1 to 4); pages are in `messenger.py`. It opens no socket and reads no clock: `handle` is called by the stage
or by `server.py`, time is the injected `now`, ids come from one counter, so that the same run yields the same bytes.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Literal

from infra.local.http import Request, Response, TimedOut, Webhook
from infra.local.simulators import envelope, state
from infra.local.simulators.customer import Customer
from infra.local.simulators.faults import Faults
from infra.local.simulators.graph_errors import GraphRefusal, answer
from infra.local.simulators.media import MediaShelf
from infra.local.simulators.messenger import Messenger
from infra.local.simulators.messenger_customer import MessengerCustomer
from infra.local.simulators.outbox import PATH, Mark
from infra.local.simulators.people import Page, Person, Reads, ShopNumber, by_id, phone_digits
from infra.local.simulators.reporting import Reporting
from infra.local.simulators.routes import Routes
from infra.local.simulators.spoiling import Slow
from infra.local.simulators.templates import Templates
from infra.local.simulators.webhooks import Webhooks
from infra.local.simulators.wire import Json, digits
from infra.local.simulators.world import Line, SeenReceipt, Sent, World

# Customers whose number nobody gave get one of this series, which belongs to no one here.
_SERIES = 919800090000
# How long Haat waits for an answer of Meta (seconds): what an in-process caller is taken to do.
PATIENCE = 10.0


class GraphSimulator:
    """One Meta app with its shops' numbers and pages; safe to call from several threads.

    Where a method takes a number's id and a customer, a page's id and a customer of Messenger do as well.

    `statuses` is "auto" (sent, delivered, read come after `delays` seconds each) or "held" (until `release()`).
    `window_refusal` says how 131047 arrives: "at once" as an answer, or "later" as a `failed` status, as Meta does both.
    `faults` are what its callers meet, `webhooks` what happens to what it posts, both one line each.
    `rate` is what counts against a number's throughput (80 messages in a second): "both" directions, as at Meta, only what is
    "sent", or nothing ("off", the default: to a clock that stands still everything happens in one second).
    `patience` is how long a caller waits for an answer (seconds; None: it hangs up by itself), and `wait` lets time pass
    for a slow one. In one process `wait` is what a sleeping function does there: it moves the stage's clock.
    """

    def __init__(
        self,
        app_secret: str,
        verify_token: str,
        phone_numbers: Iterable[ShopNumber | str],
        now: Callable[[], float],
        *,
        delays: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        self.app_secret = app_secret
        self.verify_token = verify_token
        self.now = now
        self.delays = delays
        self.statuses: Literal["auto", "held"] = "auto"
        self.window_refusal: Literal["at once", "later"] = "at once"
        self.lock = threading.RLock()
        self.faults = Faults()
        self.webhooks = Webhooks()
        self.rate: Literal["off", "sent", "both"] = "off"
        self.patience: float | None = PATIENCE
        self.wait: Callable[[float], object] = _sleep
        self.base_url = "http://127.0.0.1:8082"
        self.world = World(by_id(phone_numbers), self.webhooks)
        self.profiles: dict[str, Json] = {}
        self.windows: dict[str, dict[str, bool]] = {}
        self.media = MediaShelf(self)
        self.templates = Templates(self)
        self.reporting = Reporting(self)
        self.messenger = Messenger(self)
        self._routes = Routes(self)

    def reset(self) -> None:
        """Forget everybody and everything; the numbers and the pages stay."""
        with self.lock:
            self.faults.clear()
            self.webhooks.clear()
            world = self.world
            self.world = World(world.numbers, self.webhooks, world.revision + 1, world.pages.fresh())
            self.profiles, self.windows = {}, {}
            self.templates = Templates(self)
            self.statuses = "auto"
            self.window_refusal = "at once"
            self.rate = "off"

    def handle(self, request: Request) -> Response:
        """Answer one Graph call; raise `Refused`, `TimedOut` or `Dropped` where a fault lets no answer come back."""
        try:
            with self.lock:
                return self._routes.handle(request)
        except GraphRefusal as refusal:
            return answer(refusal, self.trace())
        except Slow as slow:
            # Without the lock: others are answered meanwhile.
            if self.patience is not None and slow.seconds >= self.patience:
                self.wait(self.patience)
                raise TimedOut(f"simulated: {slow}") from None
            self.wait(slow.seconds)
            return slow.response

    @property
    def numbers(self) -> dict[str, ShopNumber]:
        """All business numbers of this app, by id."""
        return self.world.numbers

    def add(self, number: ShopNumber | str) -> ShopNumber:
        """Connect a business number, or give a known one new data; a bare id has everything derived from it."""
        with self.lock:
            self.numbers.update(by_id([number]))
            self.world.revision += 1
            return self.shop(number if isinstance(number, str) else number.phone_number_id)

    def add_page(self, page: Page | str) -> Page:
        """Connect a page, or give a known one new data; a bare id has everything derived from it.

        The app hears of it what the page says, all by default: `fields=()` is a page that nobody connected yet.
        """
        with self.lock:
            added = Page.of(page) if isinstance(page, str) else page
            if added.page_id in self.numbers:
                raise ValueError("a page can't have the id of a number")
            self.messenger.pages[added.page_id] = added
            self.world.revision += 1
            return added

    def shop(self, phone_number_id: str) -> ShopNumber:
        """Return a number; an unknown id is a mistake of the caller."""
        return self.numbers[phone_number_id]

    def trace(self) -> str:
        """Return the next fbtrace_id."""
        return "A" + digits(self.world.serial("trace"), 22)

    def customer(
        self,
        *,
        phone: str | None = None,
        user_id: str | None = None,
        name: str | None = None,
        username: str | None = None,
        hides_number: bool = False,
        hides_user_id: bool = False,
        reads: Reads = "at once",
    ) -> Customer:
        """Return the customer with this phone number, made now if need be.

        Without `phone` the customer has a number that no business sees. Without `user_id` each portfolio sees its own.
        """
        with self.lock:
            world = self.world
            if phone is not None and (known := world.phones.get(phone_digits(phone))) is not None:
                return Customer(self, known)
            key = f"c{len(world.people) + 1}"
            person = Person(
                key=key,
                name=name or f"Customer {len(world.people) + 1}",
                phone=phone_digits(phone) if phone is not None else str(_SERIES + len(world.people) + 1),
                user_id=user_id,
                username=username,
                hides_number=hides_number or phone is None,
                hides_user_id=hides_user_id,
                reads=reads,
            )
            if person.hides_number and person.hides_user_id:
                raise ValueError("a customer without a number and without a user id can't write to anybody")
            world.keep(person)
            return Customer(self, key)

    def customers(self) -> list[Customer]:
        """Return everybody, oldest first."""
        with self.lock:
            people = self.world.people.values()
            return [(MessengerCustomer if one.app == "messenger" else Customer)(self, one.key) for one in people]

    def sent(self, phone_number_id: str | None = None, customer: Customer | str | None = None) -> list[Sent]:
        """Return what Haat tried to send, in order, whatever became of it."""
        key = customer.key if isinstance(customer, Customer) else customer
        with self.lock:
            return [
                sent
                for sent in self.world.sent
                if phone_number_id in (None, sent.phone_number_id) and key in (None, sent.customer)
            ]

    def receipts(self, phone_number_id: str | None = None) -> list[SeenReceipt]:
        """Return the read receipts that Haat sent."""
        with self.lock:
            return [seen for seen in self.world.receipts if phone_number_id in (None, seen.phone_number_id)]

    def transcript(self, phone_number_id: str, customer: Customer | str) -> list[Line]:
        """Return a chat as it stands, in the order in which the phone got it."""
        key = customer.key if isinstance(customer, Customer) else customer
        with self.lock:
            chat = self.world.chats.get((phone_number_id, key))
            return list(chat.lines.values()) if chat else []

    def echo(self, phone_number_id: str, customer: Customer | str, text: str, *, at: float | None = None) -> str:
        """Let the merchant answer by the phone app, or in the page's inbox: the customer reads it, and Haat gets the echo."""
        if phone_number_id in self.messenger.pages:
            return self.messenger.echo(phone_number_id, customer, text, at=at)
        key = customer.key if isinstance(customer, Customer) else customer
        with self.lock:
            shop, person, now = self.shop(phone_number_id), self.world.people[key], self.now()
            time = now if at is None else at
            wamid = self.world.new_wamid(person, "out")
            line = Line(wamid=wamid, author="merchant", kind="text", text=text, at=time, tick="accepted")
            self.world.write(phone_number_id, key, line)
            body = envelope.echo(shop, person, wamid, time, "text", {"text": {"body": text}})
            mark = Mark(phone_number_id=phone_number_id, customer=key, wamid=wamid, tick="delivered")
            self.world.post(body, now, mark=mark, number=phone_number_id, what="echo")
            return wamid

    def raw(self, payload: object) -> str:
        """Post anything, signed: bytes as they are, other things in Meta's escaped form. Returns the webhook's id."""
        with self.lock:
            return self.world.post(payload, self.now(), what="raw")

    def tell(self, waba: str, field: str, value: Json, *, due_at: float | None = None) -> None:
        """Post an event of a whole account (`account_update`, `message_template_status_update` and their like)."""
        with self.lock:
            if waba not in self.world.unsubscribed:
                at = self.now() if due_at is None else due_at
                self.world.post(envelope.account_event(waba, field, value, at), self.now(), due_at=at)

    def opened(self, phone_number_id: str, customer: str) -> None:
        """Note that the customer looks at the chat; what was not read yet is read now."""
        with self.lock:
            person = self.world.people[customer]
            if phone_number_id in self.messenger.pages:
                self.messenger.reporting.read(self.messenger.page(phone_number_id), person)
            else:
                self.reporting.read(self.shop(phone_number_id), person)

    def release(self, count: int | None = None) -> int:
        """Let held statuses go, the first `count` or all; return how many went."""
        with self.lock:
            held = self.world.held[:count]
            self.world.held = self.world.held[len(held) :]
            for status in held:
                self.world.post(
                    status.body, self.now(), mark=status.mark, more=status.more, number=status.number, what="status"
                )
            return len(held)

    def handshake(self, challenge: str = "1158201444", token: str | None = None) -> Request:
        """Return the GET by which Meta verifies the webhook's address."""
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token or self.verify_token}
        return Request(method="GET", path=PATH, query=query)

    def due(self, now: float) -> list[Webhook]:
        """Hand out the webhooks to be posted by now; each must be `answered`, or it comes again a minute later."""
        with self.lock:
            return self.world.outbox.due(now, self.messenger.signs)

    def next_due(self) -> float | None:
        """Return when the next webhook falls due (seconds; may be past), or None where none waits."""
        with self.lock:
            return min((posting.due_at for posting in self.world.outbox.waiting.values()), default=None)

    def answered(self, webhook: Webhook, status: int, now: float) -> None:
        """Note Haat's HTTP status for a webhook; 0 where no answer came. Anything but 200 brings it again."""
        with self.lock:
            for mark in self.world.outbox.answered(webhook.id, status, now):
                self.world.advance(mark)

    def dump(self) -> Json:
        """Return everything that `load` needs, as JSON."""
        with self.lock:
            return state.dump(self.world) | {"profiles": self.profiles, "windows": self.windows}

    def load(self, document: Json) -> None:
        """Take up where a dump left off."""
        with self.lock:
            revision, pages = self.world.revision + 1, self.messenger.pages
            self.world = state.load(document, self.numbers, self.webhooks, revision, pages)
            self.profiles = document["profiles"]
            self.windows = document.get("windows", {})


def _sleep(seconds: float) -> None:
    # Looked up now: the stage's functions have another one while they run.
    time.sleep(seconds)

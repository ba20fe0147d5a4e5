"""A Cloud API of our own: takes sends as Meta would, plays the customers, and posts signed webhooks.

Source: Cloud API (meta-platform, sections 1 to 4). It opens no socket and reads no clock: `handle` is called by the stage
or by `server.py`, time is the injected `now`, ids come from one counter, so that the same run yields the same bytes.
"""

import re
import threading
from collections.abc import Callable, Iterable
from typing import Literal

from infra.local.http import Request, Response, Webhook
from infra.local.simulators import envelope, profile, state
from infra.local.simulators.customer import Customer
from infra.local.simulators.faults import Faults
from infra.local.simulators.graph_errors import GraphRefusal, answer, not_found
from infra.local.simulators.outbox import PATH, Mark
from infra.local.simulators.people import Person, Reads, ShopNumber, by_id, phone_digits
from infra.local.simulators.sending import Sending, read_json
from infra.local.simulators.wire import Json, digits
from infra.local.simulators.world import Line, SeenReceipt, Sent, World

_PATH = re.compile(r"/v\d+\.\d+/(?P<id>[^/]+)(?:/(?P<edge>[a-z_]+))?")
# Customers whose number nobody gave get one of this series, which belongs to no one here.
_SERIES = 919800090000


class GraphSimulator:
    """One Meta app with its shops' numbers; safe to call from several threads.

    `statuses` is "auto" (sent, delivered, read come after `delays` seconds each) or "held" (until `release()`).
    `window_refusal` says how 131047 arrives: "at once" as an answer, or "later" as a `failed` status, as Meta does both.
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
        self.world = World(by_id(phone_numbers))
        self.profiles: dict[str, Json] = {}
        self._sending = Sending(self)

    def reset(self) -> None:
        """Forget everybody and everything; the numbers stay."""
        with self.lock:
            self.faults.clear()
            self.world = World(self.world.numbers, self.world.revision + 1)
            self.profiles = {}
            self.statuses = "auto"
            self.window_refusal = "at once"

    def handle(self, request: Request) -> Response:
        """Answer one Graph call; raise `Refused`, `TimedOut` or `Dropped` where a fault lets no answer come back."""
        with self.lock:
            try:
                return self._route(request)
            except GraphRefusal as refusal:
                return answer(refusal, self.trace())

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
            return [Customer(self, key) for key in self.world.people]

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
        """Let the merchant answer by the phone app: the customer reads it, and Haat gets the echo."""
        key = customer.key if isinstance(customer, Customer) else customer
        with self.lock:
            shop, person, now = self.shop(phone_number_id), self.world.people[key], self.now()
            time = now if at is None else at
            wamid = self.world.new_wamid(person, "out")
            line = Line(wamid=wamid, author="merchant", kind="text", text=text, at=time, tick="accepted")
            self.world.write(phone_number_id, key, line)
            body = envelope.echo(shop, person, wamid, time, "text", {"text": {"body": text}})
            mark = Mark(phone_number_id=phone_number_id, customer=key, wamid=wamid, tick="delivered")
            self.world.post(body, now, mark=mark)
            return wamid

    def raw(self, payload: object) -> str:
        """Post anything, signed: bytes as they are, other things in Meta's escaped form. Returns the webhook's id."""
        with self.lock:
            return self.world.post(payload, self.now())

    def opened(self, phone_number_id: str, customer: str) -> None:
        """Note that the customer looks at the chat; what was not read yet is read now."""
        with self.lock:
            self._sending.read(self.shop(phone_number_id), self.world.people[customer])

    def release(self, count: int | None = None) -> int:
        """Let held statuses go, the first `count` or all; return how many went."""
        with self.lock:
            held = self.world.held[:count]
            self.world.held = self.world.held[len(held) :]
            for status in held:
                self.world.post(status.body, self.now(), mark=status.mark)
            return len(held)

    def handshake(self, challenge: str = "1158201444", token: str | None = None) -> Request:
        """Return the GET by which Meta verifies the webhook's address."""
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token or self.verify_token}
        return Request(method="GET", path=PATH, query=query)

    def due(self, now: float) -> list[Webhook]:
        """Hand out the webhooks to be posted by now; each must be `answered`, or it comes again a minute later."""
        with self.lock:
            return self.world.outbox.due(now, self.app_secret)

    def next_due(self) -> float | None:
        """Return when the next webhook falls due (seconds; may be past), or None where none waits."""
        with self.lock:
            return min((posting.due_at for posting in self.world.outbox.waiting.values()), default=None)

    def answered(self, webhook: Webhook, status: int, now: float) -> None:
        """Note Haat's HTTP status for a webhook; 0 where no answer came. Anything but 200 brings it again."""
        with self.lock:
            mark = self.world.outbox.answered(webhook.id, status, now)
            if mark is not None:
                self.world.advance(mark)

    def dump(self) -> Json:
        """Return everything that `load` needs, as JSON."""
        with self.lock:
            return state.dump(self.world) | {"profiles": self.profiles}

    def load(self, document: Json) -> None:
        """Take up where a dump left off."""
        with self.lock:
            self.world = state.load(document, self.numbers, self.world.revision + 1)
            self.profiles = document["profiles"]

    def _route(self, request: Request) -> Response:
        shop, edge = self._addressed(request)
        match request.method, edge:
            case "POST", "messages":
                return self._sending.handle(shop, request)
            case "GET", None:
                return profile.number(shop, request.query.get("fields"))
            case "GET", "whatsapp_business_profile":
                return profile.read(self.profiles.get(shop.phone_number_id, {}), request.query.get("fields"))
            case "POST", "whatsapp_business_profile":
                changes = profile.changes(read_json(request))
                self.profiles[shop.phone_number_id] = self.profiles.get(shop.phone_number_id, {}) | changes
                return profile.SUCCESS
            case _:
                raise not_found(request.method, request.path.strip("/"))

    def _addressed(self, request: Request) -> tuple[ShopNumber, str | None]:
        """Check the token, then the address; a token of another shop doesn't see this one, as at Meta."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        owner = next((shop for shop in self.numbers.values() if shop.token == bearer), None)
        if owner is None:
            raise GraphRefusal(190, message="Invalid OAuth access token - Cannot parse access token")
        address = _PATH.fullmatch(request.path)
        if address is None or address["id"] not in self.numbers:
            raise not_found(request.method, request.path.strip("/").partition("/")[2])
        shop = self.numbers[address["id"]]
        if shop.portfolio != owner.portfolio and shop.token != bearer:
            raise not_found(request.method, address["id"])
        return shop, address["edge"]

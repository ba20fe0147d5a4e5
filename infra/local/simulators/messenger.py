"""Messenger beside the Cloud API: the pages of one simulator, who writes to them, and what their app hears.

Source: Messenger Platform (meta-platform, section 7). `stage.graph.messenger` in tests:

    page = stage.graph.add_page(Page.of("200000000000001"))
    rina = stage.graph.messenger.customer(name="Rina")
    rina.writes(page.page_id, "dam koto")
"""

from typing import TYPE_CHECKING

from infra.local.http import Request
from infra.local.simulators import messenger_bodies as bodies
from infra.local.simulators.customer import Customer
from infra.local.simulators.messenger_bodies import INBOX
from infra.local.simulators.messenger_customer import MessengerCustomer
from infra.local.simulators.messenger_reporting import PageReporting
from infra.local.simulators.outbox import MESSENGER_PATH, Mark, Posting
from infra.local.simulators.people import Page, Person, Reads
from infra.local.simulators.webhooks import What
from infra.local.simulators.wire import Json, digits, escape
from infra.local.simulators.world import Held, Line

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator


class Messenger:
    """The pages of a simulator.

    `app_secret` and `verify_token` are None where one app of Meta's has both, numbers and pages: WhatsApp's are used.
    """

    def __init__(self, simulator: "GraphSimulator") -> None:
        self._sim = simulator
        self.app_secret: str | None = None
        self.verify_token: str | None = None
        self.reporting = PageReporting(simulator)

    @property
    def pages(self) -> dict[str, Page]:
        """All pages, by id."""
        return self._sim.world.pages.by_id

    def page(self, page_id: str) -> Page:
        """Return a page; an unknown id is a mistake of the caller."""
        return self.pages[page_id]

    def customer(
        self, *, name: str | None = None, psid: str | None = None, reads: Reads = "at once"
    ) -> MessengerCustomer:
        """Return a new customer, or with a `psid` that is known the one who has it.

        Each page sees an id of its own; a `psid` given by a test stands for itself at every page.
        """
        with self._sim.lock:
            people = self._sim.world.people
            for person in people.values():
                if psid is not None and person.app == "messenger" and person.user_id == psid:
                    return MessengerCustomer(self._sim, person.key)
            key = f"c{len(people) + 1}"
            named = name or f"Customer {len(people) + 1}"
            self._sim.world.keep(
                Person(key=key, name=named, phone="", user_id=psid, reads=reads, hides_number=True, app="messenger")
            )
            return MessengerCustomer(self._sim, key)

    def secret(self, page: Page | None = None) -> str:
        """Return what webhooks are signed with, of a page or of those that have no app of their own."""
        own = page.app_secret if page else ""
        return own or self.app_secret or self._sim.app_secret

    def app_id(self, page: Page) -> str:
        """Return the id of Haat's app at Meta: what echoes of its messages carry."""
        return digits(self.secret(page), 16)

    def echo(
        self,
        page_id: str,
        customer: Customer | str,
        text: str,
        *,
        at: float | None = None,
        app_id: str | None = INBOX,
        metadata: str | None = None,
    ) -> str:
        """Let somebody answer in the page's inbox, or by another app: the customer reads it, and Haat gets the echo.

        Without `app_id` the echo names none, as older ones don't.
        """
        key = customer if isinstance(customer, str) else customer.key
        with self._sim.lock:
            world, now = self._sim.world, self._sim.now()
            page, person, time = self.page(page_id), world.people[key], now if at is None else at
            mid = bodies.mid(world.serial("message"))
            world.write(
                page_id, key, Line(wamid=mid, author="merchant", kind="text", text=text, at=time, tick="accepted")
            )
            said = bodies.echo(mid, {"text": text}, app_id=app_id, metadata=metadata)
            mark = Mark(phone_number_id=page_id, customer=key, wamid=mid, tick="delivered")
            event = bodies.event(page_id, person.id_on(page), time, said)
            self.post(page, key, "message_echoes", event, what="echo", marks=(mark,))
            return mid

    def hands_over(self, page_id: str, customer: Customer | str, app_id: str = INBOX, *, metadata: str = "") -> None:
        """Let a conversation go to another app, the page's inbox by default: from now on Haat only listens."""
        key = customer if isinstance(customer, str) else customer.key
        with self._sim.lock:
            page = self.page(page_id)
            self._control(page, key, bodies.taken(self.app_id(page), metadata))
            self._sim.world.pages.owners[page_id, key] = app_id

    def gives_back(self, page_id: str, customer: Customer | str, *, metadata: str = "") -> None:
        """Let Haat have a conversation again."""
        key = customer if isinstance(customer, str) else customer.key
        with self._sim.lock:
            page = self.page(page_id)
            before = self._sim.world.pages.owners.pop((page_id, key), INBOX)
            self._control(page, key, bodies.passed(before, self.app_id(page), metadata))

    def asks_for(self, page_id: str, customer: Customer | str, app_id: str = INBOX, *, metadata: str = "") -> None:
        """Let another app ask Haat for a conversation."""
        key = customer if isinstance(customer, str) else customer.key
        with self._sim.lock:
            self._control(self.page(page_id), key, bodies.requested(app_id, metadata))

    def post(
        self,
        page: Page,
        customer: str,
        field: str,
        event: Json,
        *,
        what: What = "event",
        marks: tuple[Mark, ...] = (),
        due_at: float | None = None,
    ) -> None:
        """Post one event of a conversation, if the app wants such ones; in standby where it does not have the conversation."""
        sim = self._sim
        wanted, standby = sim.world.pages.subscribed(page), (page.page_id, customer) in sim.world.pages.owners
        if field not in wanted or (standby and "standby" not in wanted):
            return
        now = sim.now()
        at = now if due_at is None else due_at
        body = bodies.page_event(page.page_id, at, [event], standby=standby)
        if what == "status" and sim.statuses == "held" and marks:
            sim.world.held.append(Held(body=escape(body), mark=marks[0], number=page.page_id, more=marks[1:]))
        else:
            sim.world.post(body, now, due_at=at, more=marks, number=page.page_id, what=what)

    def raw(self, payload: object, page_id: str) -> str:
        """Post anything, signed, as if it were about a page. Returns the webhook's id."""
        with self._sim.lock:
            return self._sim.world.post(payload, self._sim.now(), number=page_id, what="raw")

    def handshake(self, challenge: str = "1158201444", token: str | None = None) -> Request:
        """Return the GET by which Meta verifies the address of pages' webhooks."""
        known = token or self.verify_token or self._sim.verify_token
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": known}
        return Request(method="GET", path=MESSENGER_PATH, query=query)

    def signs(self, posting: Posting) -> str:
        """Return what a webhook of either kind is signed with today."""
        if posting.path != MESSENGER_PATH:
            return self._sim.app_secret
        return posting.secret or self.secret()

    def _control(self, page: Page, key: str, content: Json) -> None:
        """Tell who has a conversation: an event of its own, which is never in standby."""
        if "messaging_handovers" in self._sim.world.pages.subscribed(page):
            person, now = self._sim.world.people[key], self._sim.now()
            event = bodies.event(person.id_on(page), page.page_id, now, content)
            self._sim.world.post(bodies.page_event(page.page_id, now, [event]), now, number=page.page_id)

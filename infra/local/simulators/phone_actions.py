"""What the phone page shows and does: people, shops, chats; and the list of faults."""

import unicodedata
from collections.abc import Callable

from infra.local.simulators import trouble
from infra.local.simulators.customer import Customer
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.messenger_customer import MessengerCustomer
from infra.local.simulators.sends import TEXT_LIMIT
from infra.local.simulators.wire import Json
from infra.local.simulators.world import Line

_TIMES = 1000
_PHOTOS = ("image/png", "image/jpeg")  # what a chat takes as a photo


class Impossible(Exception):
    """The page asked for something that can't be done; the text is shown to the person."""


class PhoneActions:
    """Everything behind the page's buttons. `verify` asks the webhook for its handshake, where one can be asked."""

    def __init__(self, simulator: GraphSimulator, verify: Callable[[], str | None] | None) -> None:
        self._sim = simulator
        self._verify = verify
        # A page that outlives a restart must not take the new world for the one it knows.
        self._boot = f"{simulator.now():.3f}"

    def state(self, query: dict[str, str]) -> Json:
        """Return everything that the page draws, or only the tag where it knows the rest."""
        sim = self._sim
        with sim.lock:
            customers = sim.customers()
            chosen = next((one for one in customers if one.key == query.get("customer")), customers[0])
            shops = self._shops(chosen)
            shop = query.get("shop", "")
            shop = shop if shop in shops else next(iter(shops), "")
            chat = sim.world.chats.get((shop, chosen.key))
            typing = chat is not None and sim.now() < chat.typing_until
            troubles = trouble.active(sim)
            changes = f"{sim.faults.changes}/{sim.webhooks.changes}"
            tag = f"{self._boot}/{sim.world.revision}/{changes}/{chosen.key}/{shop}/{typing}"
            if tag == query.get("tag"):
                return {"tag": tag}
            return {
                "tag": tag,
                "customer": chosen.key,
                "shop": shop,
                "typing": typing,
                "customers": [self._person(one) for one in customers],
                "shops": [self._shop_card(one, name, number, chosen) for one, (name, number) in shops.items()],
                "starts": chat is None and isinstance(chosen, MessengerCustomer) and self._has_start(shop),
                "pages": bool(sim.messenger.pages),
                "about": [{"id": one, "name": name} for one, name in self._all_shops().items()],
                "troubles": troubles,
                "lines": [_line(line, chat.lines) for line in chat.lines.values()] if chat else [],
            }

    def write(self, body: Json) -> Json:
        """Let a customer write."""
        customer = self._customer(body)
        return {"id": customer.writes(self._shop(body, customer), _text(body))}

    def start(self, body: Json) -> Json:
        """Let a customer tap "Get Started" in a new chat of a page."""
        customer = self._customer(body)
        shop = self._shop(body, customer)
        if not isinstance(customer, MessengerCustomer) or not self._has_start(shop):
            raise Impossible("This page has no such button.")
        return {"id": customer.starts(shop)}

    def choose(self, body: Json) -> Json:
        """Let a customer tap what a message offers."""
        customer = self._customer(body)
        shop = self._shop(body, customer)
        try:
            return {"id": customer.takes(shop, str(body.get("message")), str(body.get("choice")))}
        except ValueError:
            raise Impossible("That is not offered any more.") from None

    def picture(self, media_id: str) -> tuple[str, bytes] | None:
        """The type and the bytes of a photo, while it is kept."""
        with self._sim.lock:
            medium = self._sim.media.find(media_id)
        shown = medium is not None and medium.mime_type in _PHOTOS
        return (medium.mime_type, medium.content) if medium is not None and shown else None

    def open(self, body: Json) -> Json:
        """Let a customer look at a chat."""
        customer = self._customer(body)
        customer.opens(self._shop(body, customer))
        return {}

    def add(self, body: Json) -> Json:
        """Make a customer, on WhatsApp or with `app` on Messenger, where nobody has a number."""
        if body.get("app") == "messenger":
            return {"customer": self._sim.messenger.customer(name=_name(body), reads="when opened").key}
        hides_number, hides_user_id = _switches(body)
        name, number = _name(body), _number(body)
        if number in self._sim.world.phones:
            raise Impossible("Somebody here has this number already: choose them from the list.")
        made = self._sim.customer(
            phone=number, name=name, hides_number=hides_number, hides_user_id=hides_user_id, reads="when opened"
        )
        return {"customer": made.key}

    def change(self, key: str, body: Json) -> Json:
        """Change a customer; another number is announced as Meta does."""
        customer = self._customer({"customer": key})
        if isinstance(customer, MessengerCustomer):
            customer.shows(name=_name(body))
            return {"customer": key}
        hides_number, hides_user_id = _switches(body)
        name, number = _name(body), _number(body)
        if number != customer.phone and number in self._sim.world.phones:
            raise Impossible("Somebody here has this number already.")
        customer.shows(number=not hides_number, user_id=not hides_user_id, name=name, reads="when opened")
        if number != customer.phone:
            customer.changes_number(number)
        return {"customer": key}

    def troubles(self) -> Json:
        """Return the faults that can be switched on, and whether there is a webhook to be asked."""
        return trouble.offered() | {"webhook": self._verify is not None}

    def switch_on(self, body: Json) -> Json:
        """Switch a fault on."""
        found = next((one for one in trouble.TROUBLES if one.key == body.get("trouble")), None)
        if found is None:
            raise Impossible("Choose what shall go wrong.")
        code, seconds, times = body.get("code", 131000), body.get("seconds", 0), body.get("times")
        subcode = body.get("subcode") if found.asks == "code" else None
        if not (isinstance(code, int) and isinstance(subcode, int | None)):
            raise Impossible("Choose an error.")
        if found.asks == "code" and (code, subcode) not in trouble.CODES:
            raise Impossible("Choose an error.")
        if found.asks == "seconds" and not (isinstance(seconds, int | float) and 0 < seconds <= trouble.LONGEST):
            raise Impossible(f"Give the seconds: more than 0, at most {trouble.LONGEST:g}.")
        if times is not None and not (isinstance(times, int) and 1 <= times <= _TIMES):
            raise Impossible(f"Give how many times: 1 to {_TIMES}.")
        choice = trouble.Choice(
            times=None if found.endless else times,
            shop=self._any_shop(body) if body.get("shop") else None,
            code=code if found.asks == "code" else 131000,
            subcode=subcode,
            seconds=float(seconds) if found.asks == "seconds" else 0.0,
        )
        with self._sim.lock:
            trouble.switch_on(self._sim, found, choice)
        return {}

    def switch_off(self, body: Json) -> Json:
        """Switch one fault off, or all."""
        with self._sim.lock:
            trouble.switch_off(self._sim, str(body["id"]) if "id" in body else None)
        return {}

    def handshake(self) -> Json:
        """Ask the webhook for its handshake; return what came of it, in words."""
        if self._verify is None:
            raise Impossible("This simulator posts to nobody.")
        wrong = self._verify()
        return {"good": wrong is None, "said": wrong or "the webhook returned the challenge"}

    def _person(self, customer: Customer) -> Json:
        person = customer.person
        return {
            "key": person.key,
            "name": person.name,
            "app": person.app,
            "number": person.phone,
            "hides_number": person.hides_number,
            "hides_user_id": person.hides_user_id,
        }

    def _shops(self, customer: Customer) -> dict[str, tuple[str, str]]:
        """Return whom a customer can write to: (name, number) of numbers, or of pages, which have none, by id."""
        if isinstance(customer, MessengerCustomer):
            return {page.page_id: (page.name, "") for page in self._sim.messenger.pages.values()}
        numbers = self._sim.numbers.values()
        return {shop.phone_number_id: (shop.name, shop.display_phone_number) for shop in numbers}

    def _all_shops(self) -> dict[str, str]:
        """Return the names of all numbers and pages, by id."""
        names = {number: shop.name for number, shop in self._sim.numbers.items()}
        return names | {page_id: f"{page.name} (Messenger)" for page_id, page in self._sim.messenger.pages.items()}

    def _has_start(self, page: str) -> bool:
        return "get_started" in self._sim.world.pages.profiles.get(page, {})

    def _shop_card(self, id: str, name: str, number: str, customer: Customer) -> Json:
        lines = self._sim.transcript(id, customer)
        unread = sum(1 for line in lines if line.author != "customer" and not line.seen)
        last = lines[-1] if lines else None
        return {
            "id": id,
            "name": name,
            "number": number,
            "unread": unread,
            "last": (last.text or last.kind) if last else "",
        }

    def _customer(self, body: Json) -> Customer:
        for customer in self._sim.customers():
            if customer.key == body.get("customer"):
                return customer
        raise Impossible("Choose who you are first.")

    def _shop(self, body: Json, customer: Customer) -> str:
        shop = body.get("shop")
        if not isinstance(shop, str) or shop not in self._shops(customer):
            raise Impossible("Choose a shop first.")
        return shop

    def _any_shop(self, body: Json) -> str:
        shop = body.get("shop")
        if not isinstance(shop, str) or shop not in self._all_shops():
            raise Impossible("Choose a shop first.")
        return shop


def _line(line: Line, lines: dict[str, Line]) -> Json:
    quoted = lines.get(line.quoted or "")
    newest = next(reversed(lines)) == line.wamid
    return {
        "id": line.wamid,
        "author": line.author,
        "kind": line.kind,
        "text": _words(line),
        "offers": [
            {"id": offer.id, "title": offer.title, "more": offer.description, "chip": offer.kind == "quick reply"}
            for offer in line.offers
            if newest or offer.kind != "quick reply"
        ],
        "at": line.at,
        "tick": line.tick,
        "error": line.error,
        "reaction": line.reaction,
        "edited": line.edited,
        "deleted": line.deleted,
        "seen": line.seen,
        "picture": line.picture,
        "quoted": {"author": quoted.author, "text": quoted.text or quoted.kind} if quoted else None,
    }


def _words(line: Line) -> str:
    """What a line says, without what stands under it to be tapped."""
    return "\n".join(line.text.split("\n")[: -len(line.offers)]) if line.offers else line.text


def _text(body: Json) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Impossible("Write something first.")
    if len(text) > TEXT_LIMIT:
        raise Impossible(f"A message has at most {TEXT_LIMIT} characters.")
    return text


def _name(body: Json) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 60:
        raise Impossible("Give a name of at most 60 characters.")
    return name.strip()


def _number(body: Json) -> str:
    """Read a phone number in any script's digits; ten digits alone are an Indian number."""
    number = "".join(
        str(unicodedata.decimal(character)) for character in str(body.get("number", "")) if character.isdecimal()
    )
    number = "91" + number if len(number) == 10 else number
    if not 8 <= len(number) <= 15:
        raise Impossible("Give a phone number of 10 digits, or one with its country code.")
    return number


def _switches(body: Json) -> tuple[bool, bool]:
    hides_number, hides_user_id = body.get("hides_number") is True, body.get("hides_user_id") is True
    if hides_number and hides_user_id:
        raise Impossible("A shop must get the number or the user id: hide only one of them.")
    return hides_number, hides_user_id

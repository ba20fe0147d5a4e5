"""The simulated phone: its page, and the small JSON API behind it.

    GET  /                             the page (phone.html, phone.css, phone.js, phone-draw.js)
    GET  /phone/api/state              ?customer=&shop=&tag=   everything the page draws, or only the tag if unchanged
    POST /phone/api/customers          {name, number, hides_number, hides_user_id} -> {customer}
    POST /phone/api/customers/{key}    the same: changes a person; another number is announced as Meta does
    POST /phone/api/messages           {customer, shop, text} -> {id}
    POST /phone/api/opened             {customer, shop}: the chat is being looked at

It answers only to loopback names, so that no page of another site can drive it.
"""

import json
import re
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit

from infra.local.http import Request, Response
from infra.local.simulators.customer import Customer
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.sending import read_json
from infra.local.simulators.sends import TEXT_LIMIT
from infra.local.simulators.wire import Json
from infra.local.simulators.world import Line

_HERE = Path(__file__).parent
_FILES = {
    "/": ("phone.html", "text/html"),
    "/phone.css": ("phone.css", "text/css"),
    "/phone.js": ("phone.js", "text/javascript"),
    "/phone-draw.js": ("phone-draw.js", "text/javascript"),
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_GUEST = "919800000100"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class _Refused(Exception):
    """The page asked for something that can't be done; the text is shown to the person."""


class Phone:
    """Serves the phone of every customer of one simulator."""

    def __init__(self, simulator: GraphSimulator) -> None:
        self._sim = simulator
        # A page that outlives a restart must not take the new world for the one it knows.
        self._boot = f"{simulator.now():.3f}"
        if not simulator.customers():
            simulator.customer(phone=_GUEST, name="Guest", reads="when opened")

    def handle(self, request: Request) -> Response | None:
        """Answer what belongs to the phone; None where the path is somebody else's."""
        if request.path not in _FILES and not request.path.startswith("/phone/"):
            return None
        if not _local(request):
            return _json({"error": "This page is only served to this machine."}, 403)
        if request.method == "GET" and request.path in _FILES:
            name, kind = _FILES[request.path]
            headers = {"content-type": f"{kind}; charset=utf-8", "content-security-policy": _POLICY}
            return Response(status=200, headers=headers | _COMMON, body=(_HERE / name).read_bytes())
        try:
            return _json(self._api(request))
        except _Refused as refused:
            return _json({"error": str(refused)}, 400)

    def _api(self, request: Request) -> Json:
        if request.method == "GET" and request.path == "/phone/api/state":
            return self._state(request.query)
        if request.method != "POST":
            raise _Refused("There is no such thing here.")
        body = read_json(request)
        if request.path == "/phone/api/messages":
            return {"id": self._customer(body).writes(self._shop(body), _text(body))}
        if request.path == "/phone/api/opened":
            self._customer(body).opens(self._shop(body))
            return {}
        if request.path == "/phone/api/customers":
            return {"customer": self._added(body).key}
        if changed := re.fullmatch(r"/phone/api/customers/(c\d+)", request.path):
            self._change(self._customer({"customer": changed[1]}), body)
            return {"customer": changed[1]}
        raise _Refused("There is no such thing here.")

    def _state(self, query: dict[str, str]) -> Json:
        sim = self._sim
        with sim.lock:
            customers = sim.customers()
            chosen = next((one for one in customers if one.key == query.get("customer")), customers[0])
            shop = query.get("shop", "")
            shop = shop if shop in sim.numbers else next(iter(sim.numbers), "")
            chat = sim.world.chats.get((shop, chosen.key))
            typing = chat is not None and sim.now() < chat.typing_until
            tag = f"{self._boot}/{sim.world.revision}/{chosen.key}/{shop}/{typing}"
            if tag == query.get("tag"):
                return {"tag": tag}
            return {
                "tag": tag,
                "customer": chosen.key,
                "shop": shop,
                "typing": typing,
                "customers": [self._person(one) for one in customers],
                "shops": [self._shop_card(one, chosen) for one in sim.numbers],
                "lines": [_line(line, chat.lines) for line in chat.lines.values()] if chat else [],
            }

    def _person(self, customer: Customer) -> Json:
        person = customer.person
        return {
            "key": person.key,
            "name": person.name,
            "number": person.phone,
            "hides_number": person.hides_number,
            "hides_user_id": person.hides_user_id,
        }

    def _shop_card(self, phone_number_id: str, customer: Customer) -> Json:
        shop = self._sim.shop(phone_number_id)
        lines = self._sim.transcript(phone_number_id, customer)
        unread = sum(1 for line in lines if line.author != "customer" and not line.seen)
        last = lines[-1] if lines else None
        return {
            "id": phone_number_id,
            "name": shop.name,
            "number": shop.display_phone_number,
            "unread": unread,
            "last": (last.text or last.kind) if last else "",
        }

    def _customer(self, body: Json) -> Customer:
        for customer in self._sim.customers():
            if customer.key == body.get("customer"):
                return customer
        raise _Refused("Choose who you are first.")

    def _shop(self, body: Json) -> str:
        shop = body.get("shop")
        if not isinstance(shop, str) or shop not in self._sim.numbers:
            raise _Refused("Choose a shop first.")
        return shop

    def _added(self, body: Json) -> Customer:
        hides_number, hides_user_id = _switches(body)
        name, number = _name(body), _number(body)
        if number in self._sim.world.phones:
            raise _Refused("Somebody here has this number already: choose them from the list.")
        return self._sim.customer(
            phone=number, name=name, hides_number=hides_number, hides_user_id=hides_user_id, reads="when opened"
        )

    def _change(self, customer: Customer, body: Json) -> None:
        hides_number, hides_user_id = _switches(body)
        name, number = _name(body), _number(body)
        if number != customer.phone and number in self._sim.world.phones:
            raise _Refused("Somebody here has this number already.")
        customer.shows(number=not hides_number, user_id=not hides_user_id, name=name, reads="when opened")
        if number != customer.phone:
            customer.changes_number(number)


def _line(line: Line, lines: dict[str, Line]) -> Json:
    quoted = lines.get(line.quoted or "")
    return {
        "id": line.wamid,
        "author": line.author,
        "kind": line.kind,
        "text": line.text,
        "at": line.at,
        "tick": line.tick,
        "error": line.error,
        "reaction": line.reaction,
        "edited": line.edited,
        "deleted": line.deleted,
        "seen": line.seen,
        "quoted": {"author": quoted.author, "text": quoted.text or quoted.kind} if quoted else None,
    }


def _text(body: Json) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _Refused("Write something first.")
    if len(text) > TEXT_LIMIT:
        raise _Refused(f"A message has at most {TEXT_LIMIT} characters.")
    return text


def _name(body: Json) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 60:
        raise _Refused("Give a name of at most 60 characters.")
    return name.strip()


def _number(body: Json) -> str:
    """Read a phone number in any script's digits; ten digits alone are an Indian number."""
    number = "".join(
        str(unicodedata.decimal(character)) for character in str(body.get("number", "")) if character.isdecimal()
    )
    number = "91" + number if len(number) == 10 else number
    if not 8 <= len(number) <= 15:
        raise _Refused("Give a phone number of 10 digits, or one with its country code.")
    return number


def _switches(body: Json) -> tuple[bool, bool]:
    hides_number, hides_user_id = body.get("hides_number") is True, body.get("hides_user_id") is True
    if hides_number and hides_user_id:
        raise _Refused("A shop must get the number or the user id: hide only one of them.")
    return hides_number, hides_user_id


def _local(request: Request) -> bool:
    """Accept loopback hosts only, and changes only from this very page or from a program that sends no Origin."""
    host = urlsplit("//" + request.headers.get("host", "")).hostname
    origin = request.headers.get("origin")
    if host not in _LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        return False
    return request.method == "GET" or request.headers.get("content-type", "").startswith("application/json")


_COMMON = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def _json(document: Json, status: int = 200) -> Response:
    headers = {"content-type": "application/json"} | _COMMON
    return Response(status=status, headers=headers, body=json.dumps(document).encode())

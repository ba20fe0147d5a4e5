"""Which call of the Graph API goes where, and whose token may make it.

Source: Cloud API and Business Management API references (meta-platform, sections 2.1, 4, 6).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.http import Request, Response
from infra.local.simulators import profile
from infra.local.simulators.faults import ANY, MEDIA, NUMBER, SENDS, TEMPLATES
from infra.local.simulators.graph_errors import GraphRefusal, not_found, ok
from infra.local.simulators.media import DOWNLOADS
from infra.local.simulators.messenger_routes import PageRoutes
from infra.local.simulators.people import ShopNumber
from infra.local.simulators.sending import Sending, read_json
from infra.local.simulators.shapes import unexpected
from infra.local.simulators.spoiling import spoiled
from infra.local.simulators.wire import Json, chosen, digits

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator

_PATH = re.compile(r"/v\d+\.\d+/(?P<id>[^/]+)(?:/(?P<edge>[a-z_]+))?/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    """One object of the Graph API, and what of it is asked for."""

    id: str
    edge: str | None


class Routes:
    """The simulator's switchboard; its lock is held."""

    def __init__(self, simulator: "GraphSimulator") -> None:
        self._sim = simulator
        self._sending = Sending(simulator)
        self._pages = PageRoutes(simulator)

    def handle(self, request: Request) -> Response:
        """Check the token, then the address, then meet what waits for this call."""
        if (of_page := self._pages.handle(request)) is not None:
            return of_page
        owner = self._owner(request)
        if request.path.rstrip("/") == DOWNLOADS:
            return self._spoil(None, MEDIA, lambda: self._download(request, owner))
        found = _PATH.fullmatch(request.path)
        if found is None:
            raise not_found(request.method, request.path.strip("/").partition("/")[2])
        address = _Address(id=found["id"], edge=found["edge"])
        sim = self._sim
        if (shop := sim.numbers.get(address.id)) is not None and self._sees(owner, shop):
            if request.method == "POST" and address.edge == SENDS:
                return self._sending.handle(shop, request)
            return self._spoil(shop, address.edge or NUMBER, lambda: self._number(request, shop, address))
        numbers = [shop for shop in sim.numbers.values() if shop.waba_id == address.id and self._sees(owner, shop)]
        if numbers:
            return self._spoil(numbers[0], address.edge, lambda: self._account(request, numbers, address))
        medium = sim.media.find(address.id)
        if medium is not None and address.edge is None and self._sees(owner, sim.numbers.get(medium.owner)):
            return self._spoil(None, MEDIA, lambda: self._medium(request, address))
        template = sim.world.templates.get(address.id)
        wabas = {shop.waba_id for shop in sim.numbers.values() if self._sees(owner, shop)}
        if template is not None and address.edge is None and template.waba in wabas and request.method == "GET":
            known = template.described(sim.now())
            return self._spoil(
                None, TEMPLATES, lambda: ok(chosen(known, request.query.get("fields")) | {"id": template.id})
            )
        raise not_found(request.method, address.id)

    def _owner(self, request: Request) -> ShopNumber:
        """Find whose token this is; Graph takes it in the query, too."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        token = bearer or request.query.get("access_token", "")
        owner = next((shop for shop in self._sim.numbers.values() if shop.token == token), None)
        if owner is None:
            raise GraphRefusal(190, message="Invalid OAuth access token - Cannot parse access token")
        return owner

    def _sees(self, owner: ShopNumber, shop: ShopNumber | None) -> bool:
        """Say whether a token sees a number: it does in its own portfolio; another shop's stays hidden, as at Meta."""
        return shop is not None and (shop.portfolio == owner.portfolio or shop.token == owner.token)

    def _spoil(self, shop: ShopNumber | None, edge: str | None, call: Callable[[], Response]) -> Response:
        number = shop.phone_number_id if shop else None
        fault = self._sim.faults.take(number, None, edge=edge or ANY)
        if fault is None:
            return call()
        return spoiled(fault, call() if fault.accepted else None, self._sim.trace())

    def _number(self, request: Request, shop: ShopNumber, address: _Address) -> Response:
        sim, fields = self._sim, request.query.get("fields")
        match request.method, address.edge:
            case "GET", None:
                return profile.number(shop, fields)
            case "POST", "media":
                return sim.media.upload(shop, request)
            case "GET", "whatsapp_business_profile":
                return profile.read(sim.profiles.get(shop.phone_number_id, {}), fields)
            case "POST", "whatsapp_business_profile":
                changes = profile.changes(read_json(request))
                sim.profiles[shop.phone_number_id] = sim.profiles.get(shop.phone_number_id, {}) | changes
                return profile.SUCCESS
            case "GET", "whatsapp_commerce_settings":
                return profile.commerce(sim.windows.get(shop.phone_number_id, profile.COMMERCE), shop, fields)
            case "POST", "whatsapp_commerce_settings":
                window = sim.windows.get(shop.phone_number_id, profile.COMMERCE)
                sim.windows[shop.phone_number_id] = window | profile.commerce_changes(request.query, read_json(request))
                return profile.SUCCESS
            case _:
                raise not_found(request.method, request.path.strip("/"))

    def _account(self, request: Request, numbers: list[ShopNumber], address: _Address) -> Response:
        sim, waba, query = self._sim, address.id, request.query
        match request.method, address.edge:
            case "GET", None:
                known: Json = {
                    "name": numbers[0].name,
                    "timezone_id": "71",
                    "message_template_namespace": digits(waba, 32),
                }
                return ok(chosen(known, query.get("fields")) | {"id": waba})
            case "GET", "phone_numbers":
                return ok({"data": [profile.described(shop, query.get("fields")) for shop in numbers]})
            case "GET", "message_templates":
                return sim.templates.listed(waba, query)
            case "POST", "message_templates":
                return sim.templates.create(waba, read_json(request))
            case "DELETE", "message_templates":
                return sim.templates.delete(waba, query)
            case "GET", "subscribed_apps":
                app = {
                    "name": "Haat",
                    "id": digits(sim.app_secret, 16),
                    "link": "https://www.facebook.com/games/?app_id=0",
                }
                apps = [] if waba in sim.world.unsubscribed else [{"whatsapp_business_api_data": app}]
                return ok({"data": apps})
            case "POST", "subscribed_apps":
                for name in read_json(request):
                    # Another address for one account is something that the simulator can't do: it must not say yes.
                    raise unexpected(name)
                sim.world.unsubscribed.discard(waba)
                return profile.SUCCESS
            case "DELETE", "subscribed_apps":
                sim.world.unsubscribed.add(waba)
                return profile.SUCCESS
            case _:
                raise not_found(request.method, request.path.strip("/"))

    def _medium(self, request: Request, address: _Address) -> Response:
        medium = self._sim.media.must_have(address.id, request.method)
        uploaded_for = request.query.get("phone_number_id")
        if uploaded_for not in (None, medium.owner):
            raise not_found(request.method, address.id)
        match request.method:
            case "GET":
                return self._sim.media.look(medium, request)
            case "DELETE":
                return self._sim.media.delete(medium)
            case _:
                raise not_found(request.method, address.id)

    def _download(self, request: Request, owner: ShopNumber) -> Response:
        medium = self._sim.media.find(request.query.get("mid", ""))
        if medium is not None and not self._sees(owner, self._sim.numbers.get(medium.owner)):
            medium = None
        return self._sim.media.download(request, medium)

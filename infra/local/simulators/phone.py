"""The simulated phone: its page, and the small JSON API behind it.

    GET  /                             the page (phone.html, phone.css, phone.js, phone-draw.js, phone-trouble.js)
    GET  /phone/api/state              ?customer=&shop=&tag=   everything the page draws, or only the tag if unchanged
    POST /phone/api/customers          {name, number, hides_number, hides_user_id} or {app: "messenger", name} -> {customer}
    POST /phone/api/customers/{key}    the same: changes a person; another number is announced as Meta does
    POST /phone/api/messages           {customer, shop, text} -> {id}
    POST /phone/api/choices            {customer, shop, message, choice} -> {id}: what the message offers is tapped
    POST /phone/api/starts             {customer, shop} -> {id}: "Get Started" is tapped, in a chat of a page that is new
    POST /phone/api/opened             {customer, shop}: the chat is being looked at
    GET  /phone/api/photos/{id}        the bytes of a photo
    GET  /phone/api/troubles           the faults that can be switched on, and Meta's error codes with their words
    POST /phone/api/troubles           {trouble, code?, seconds?, times?, shop?}: no times, until it is switched off
    POST /phone/api/troubles/off       {id?}: one of those that the state lists, or all
    POST /phone/api/handshake          asks the webhook for its handshake -> {good, said}

It answers only to loopback names, so that no page of another site can drive it.
"""

import re
from collections.abc import Callable

from infra.local.http import Request, Response
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.pages import COMMON, file, local, said
from infra.local.simulators.phone_actions import Impossible, PhoneActions
from infra.local.simulators.sending import read_json
from infra.local.simulators.wire import Json

_FILES = {
    "/": ("phone.html", "text/html"),
    "/phone.css": ("phone.css", "text/css"),
    "/phone.js": ("phone.js", "text/javascript"),
    "/phone-draw.js": ("phone-draw.js", "text/javascript"),
    "/phone-trouble.js": ("phone-trouble.js", "text/javascript"),
}
_GUEST = "919800000100"


class Phone:
    """Serves the phone of every customer of one simulator."""

    def __init__(self, simulator: GraphSimulator, verify: Callable[[], str | None] | None = None) -> None:
        self._actions = PhoneActions(simulator, verify)
        if not simulator.customers():
            simulator.customer(phone=_GUEST, name="Guest", reads="when opened")

    def handle(self, request: Request) -> Response | None:
        """Answer what belongs to the phone; None where the path is somebody else's."""
        if request.path not in _FILES and not request.path.startswith("/phone/"):
            return None
        if not local(request):
            return said({"error": "This page is only served to this machine."}, 403)
        if request.method == "GET" and request.path in _FILES:
            return file(*_FILES[request.path])
        if request.method == "GET" and (asked := re.fullmatch(r"/phone/api/photos/(\d{1,40})", request.path)):
            if (photo := self._actions.picture(asked[1])) is None:
                return said({"error": "This photo is kept no more."}, 404)
            return Response(status=200, headers={"content-type": photo[0]} | COMMON, body=photo[1])
        try:
            return said(self._api(request))
        except Impossible as impossible:
            return said({"error": str(impossible)}, 400)

    def _api(self, request: Request) -> Json:
        actions, name, body = self._actions, request.path.removeprefix("/phone/api/"), read_json(request)
        match request.method, name:
            case "GET", "state":
                return actions.state(request.query)
            case "GET", "troubles":
                return actions.troubles()
            case "POST", "messages":
                return actions.write(body)
            case "POST", "choices":
                return actions.choose(body)
            case "POST", "starts":
                return actions.start(body)
            case "POST", "opened":
                return actions.open(body)
            case "POST", "customers":
                return actions.add(body)
            case "POST", "troubles":
                return actions.switch_on(body)
            case "POST", "troubles/off":
                return actions.switch_off(body)
            case "POST", "handshake":
                return actions.handshake()
            case "POST", _ if changed := re.fullmatch(r"customers/(c\d+)", name):
                return actions.change(changed[1], body)
            case _:
                raise Impossible("There is no such thing here.")

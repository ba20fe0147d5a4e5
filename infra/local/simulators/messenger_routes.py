"""Which call with a page's token goes where.

Source: Messenger Platform and Pages API references (meta-platform, section 7): sends, the page itself, its subscriptions, its
Messenger profile, files for later, people who wrote, and who has a conversation.
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from infra.local.http import Request, Response
from infra.local.simulators import messenger_bodies as bodies
from infra.local.simulators import messenger_errors as errors
from infra.local.simulators.faults import ANY, SENDS
from infra.local.simulators.graph_errors import not_found, ok
from infra.local.simulators.media import LIMITS
from infra.local.simulators.messenger_customer import CDN
from infra.local.simulators.messenger_sending import PageSending
from infra.local.simulators.messenger_sends import judge_attachment
from infra.local.simulators.multipart import read_form
from infra.local.simulators.people import FIELDS, Page
from infra.local.simulators.sending import read_json
from infra.local.simulators.spoiling import spoiled
from infra.local.simulators.wire import Json, chosen, sign

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator

_PATH = re.compile(r"/v\d+\.\d+/(?P<id>[^/]+)(?:/(?P<edge>[a-z_]+))?/?")
_SUCCESS, _RESULT = {"success": True}, {"result": "success"}
_PROFILE = ("get_started", "greeting", "ice_breakers", "persistent_menu", "whitelisted_domains")
_GREETING, _ICE_BREAKERS = 160, 4
# What an app may ask to hear and the simulator never tells.
_SILENT = (
    "messaging_optins messaging_referrals messaging_account_linking messaging_policy_enforcement messaging_feedback "
    "messaging_payments message_context inbox_labels feed"
).split()


class PageRoutes:
    """The switchboard of pages; the simulator's lock is held."""

    def __init__(self, simulator: "GraphSimulator") -> None:
        self._sim = simulator
        self._sending = PageSending(simulator)

    def handle(self, request: Request) -> Response | None:
        """Answer a call with a page's token, and a download; None where it is none of these."""
        if request.path.startswith(f"{CDN}/"):
            return self._download(request)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        token = bearer or request.query.get("access_token", "")
        page = next((one for one in self._sim.messenger.pages.values() if token and one.token == token), None)
        if page is None:
            return None
        found = _PATH.fullmatch(request.path)
        if found is None:
            raise not_found(request.method, request.path.strip("/").partition("/")[2])
        thing, edge = found["id"], found["edge"]
        if thing in ("me", page.page_id):
            if request.method == "POST" and edge == SENDS:
                return self._sending.handle(page, request)
            return self._spoil(page, edge, lambda: self._page(request, page, edge))
        if edge is None and request.method == "GET" and (page.page_id, thing) in self._sim.world.user_ids:
            return self._spoil(page, edge, lambda: self._person(request, page, thing))
        raise not_found(request.method, thing)

    def _spoil(self, page: Page, edge: str | None, call: Callable[[], Response]) -> Response:
        fault = self._sim.faults.take(page.page_id, None, edge=edge or ANY)
        if fault is None:
            return call()
        wrong = errors.demanded(fault) if fault.kind == "error" else None
        return spoiled(fault, call() if fault.accepted else None, self._sim.trace(), wrong)

    def _page(self, request: Request, page: Page, edge: str | None) -> Response:
        pages = self._sim.world.pages
        match request.method, edge:
            case "GET", None:
                known = {"name": page.name, "category": "Shopping & Retail"}
                return ok(chosen(known, request.query.get("fields", "name")) | {"id": page.page_id})
            case "GET", "subscribed_apps":
                return ok({"data": self._subscriptions(page)})
            case "POST", "subscribed_apps":
                pages.fields[page.page_id] = _fields(request)
                return ok(_SUCCESS)
            case "DELETE", "subscribed_apps":
                pages.fields[page.page_id] = ()
                return ok(_SUCCESS)
            case "GET", "messenger_profile":
                profile = pages.profiles.get(page.page_id, {})
                shown = chosen(profile, request.query.get("fields"))
                return ok({"data": [shown] if shown else []})
            case "POST", "messenger_profile":
                pages.profiles[page.page_id] = pages.profiles.get(page.page_id, {}) | _profile(read_json(request))
                self._sim.world.revision += 1
                return ok(_RESULT)
            case "DELETE", "messenger_profile":
                gone = read_json(request).get("fields") or []
                kept = pages.profiles.get(page.page_id, {})
                pages.profiles[page.page_id] = {name: value for name, value in kept.items() if name not in gone}
                return ok(_RESULT)
            case "POST", "message_attachments":
                return self._upload(request, page)
            case (
                "POST",
                "pass_thread_control" | "take_thread_control" | "request_thread_control" | "release_thread_control",
            ):
                return self._control(request, page, edge)
            case _:
                raise not_found(request.method, request.path.strip("/"))

    def _subscriptions(self, page: Page) -> list[Json]:
        """Return the app with what it hears, or nobody."""
        fields = list(self._sim.world.pages.subscribed(page))
        app = {"link": "https://haat.example/", "name": "Haat", "id": self._sim.messenger.app_id(page)}
        return [app | {"subscribed_fields": fields}] if fields else []

    def _person(self, request: Request, page: Page, psid: str) -> Response:
        """Say who somebody is who wrote to the page."""
        name = self._sim.world.people[self._sim.world.user_ids[page.page_id, psid]].name
        first, _, last = name.partition(" ")
        known = {"first_name": first, "last_name": last, "name": name}
        return ok(chosen(known, request.query.get("fields", "first_name,last_name")) | {"id": psid})

    def _upload(self, request: Request, page: Page) -> Response:
        """Take a form with `message` and `filedata`; the id is good for sends of this page."""
        form = read_form(request.headers.get("content-type", ""), request.body)
        if form is None or "message" not in form or "filedata" not in form:
            raise errors.refusal(100, words="An upload is a multipart/form-data with the parts message and filedata.")
        try:
            message = json.loads(form["message"].content)
        except ValueError:
            message = None
        attachment = message.get("attachment") if isinstance(message, dict) else None
        judge_attachment(attachment if isinstance(attachment, dict) else {})
        file = form["filedata"]
        mime_type = (file.mime_type or "").partition(";")[0].strip().lower()
        if not 0 < len(file.content) <= LIMITS.get(mime_type, 0):
            raise errors.refusal(100, 2018047, "Upload attachment failure.")
        kept = self._sim.media.put(page.page_id, mime_type, file.content, file.filename)
        return ok({"attachment_id": kept.id})

    def _control(self, request: Request, page: Page, edge: str) -> Response:
        """Let Haat itself give a conversation away, take it, or ask for it."""
        body, world = read_json(request), self._sim.world
        recipient = body.get("recipient")
        psid = recipient.get("id") if isinstance(recipient, dict) else None
        key = world.user_ids.get((page.page_id, str(psid)))
        if key is None:
            raise errors.refusal(100, errors.NO_SUCH_PERSON)
        if edge == "pass_thread_control" and not body.get("target_app_id"):
            raise errors.refusal(100, words="The parameter target_app_id is required.")
        if edge == "pass_thread_control":
            world.pages.owners[page.page_id, key] = str(body["target_app_id"])
        elif edge == "release_thread_control":
            world.pages.owners[page.page_id, key] = bodies.INBOX
        elif edge == "take_thread_control":
            world.pages.owners.pop((page.page_id, key), None)
        return ok(_SUCCESS)

    def _download(self, request: Request) -> Response:
        """Hand out what a customer sent; the URL itself is the proof."""
        media_id = request.path.rpartition("/")[2]
        medium = self._sim.media.find(media_id)
        if medium is None or request.query.get("oh") != sign(self._sim.messenger.secret(), media_id):
            return Response(status=403, headers={"content-type": "text/plain"}, body=b"URL signature mismatch")
        return Response(status=200, headers={"content-type": medium.mime_type}, body=medium.content)


def _fields(request: Request) -> tuple[str, ...]:
    """Read what an app wants to hear, in the query or in the body; a name that Meta doesn't know is refused."""
    given = request.query.get("subscribed_fields") or read_json(request).get("subscribed_fields") or ""
    names = given if isinstance(given, list) else str(given).split(",")
    wanted = tuple(dict.fromkeys(str(name).strip() for name in names if str(name).strip()))
    if not wanted:
        raise errors.refusal(100, words="The parameter subscribed_fields is required.")
    for name in wanted:
        if name not in FIELDS and name not in _SILENT:
            raise errors.refusal(100, words=f"Param subscribed_fields[0] must be one of the known fields, not {name}")
    return wanted


def _profile(body: Json) -> Json:
    """Check the settings of a page's conversations as far as they have limits."""
    if not body or any(name not in _PROFILE for name in body):
        raise errors.refusal(100, words=f"Must be one of {{{', '.join(_PROFILE)}}}")
    started = body.get("get_started")
    if started is not None and not (
        isinstance(started, dict) and isinstance(started.get("payload"), str) and 0 < len(started["payload"]) <= 1000
    ):
        raise errors.refusal(100, words="Param get_started must have a payload of 1 to 1000 characters.")
    greetings = body.get("greeting")
    if greetings is not None and not (isinstance(greetings, list) and greetings and all(map(_greets, greetings))):
        raise errors.refusal(
            100, words=f"Param greeting must be texts with locales, at most {_GREETING} characters each."
        )
    if greetings is not None and not any(one["locale"] == "default" for one in greetings):
        raise errors.refusal(100, words="Param greeting must have one for the locale default.")
    if len(body.get("ice_breakers") or []) > _ICE_BREAKERS:
        raise errors.refusal(100, words=f"Param ice_breakers has at most {_ICE_BREAKERS}.")
    return body


def _greets(greeting: object) -> bool:
    if not isinstance(greeting, dict) or set(greeting) != {"locale", "text"}:
        return False
    return isinstance(greeting["text"], str) and 0 < len(greeting["text"]) <= _GREETING

"""Message templates of an account: made, judged, listed, deleted; and whether a send fits one.

Source: Business Management API, Message templates, and the errors of meta-platform, section 4.2. Each account has
`hello_world` in American English from the start, as at Meta. What Meta's reviewers decide, a test or the page decides.
"""

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from infra.local.http import Response
from infra.local.simulators.graph_errors import GraphRefusal, ok
from infra.local.simulators.shapes import Anything, Flag, Rule, Text, Thing, Things, judge, missing, too_much
from infra.local.simulators.wire import Json, chosen, digits

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator

CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
# What a decision is called in the webhook -> what the template's status is then.
type Event = Literal["APPROVED", "REJECTED", "PAUSED", "DISABLED", "FLAGGED", "PENDING_DELETION", "REINSTATED"]
_STATUSES: dict[str, str] = {"FLAGGED": "APPROVED", "REINSTATED": "APPROVED"}

_BUTTON: dict[str, Rule] = {
    name: Anything()
    for name in ("url", "phone_number", "example", "otp_type", "flow_id", "flow_action", "navigate_screen")
}
_COMPONENT = Thing(
    {"type": Text()},
    {
        "format": Text(),
        "text": Text(limit=1024),
        "buttons": Things(of=Thing({"type": Text()}, _BUTTON | {"text": Text(limit=25)}), most=10),
        "example": Anything(),
        "add_security_recommendation": Flag(),
        "code_expiration_minutes": Anything(),
        "cards": Anything(),
        "limited_time_offer": Anything(),
    },
)
_NEW: dict[str, Rule] = {
    "name": Text(limit=512, like=r"[a-z0-9_]+"),
    "language": Text(like=r"[a-z]{2,3}(_[A-Z]{2,3})?"),
    "category": Text(one_of=CATEGORIES),
    "components": Things(of=_COMPONENT),
}
_MAY: dict[str, Rule] = {
    "allow_category_change": Flag(),
    "parameter_format": Text(one_of=("POSITIONAL", "NAMED", "positional", "named")),
    "message_send_ttl_seconds": Anything(),
}
_LIMITS = {"HEADER": 60, "BODY": 1024, "FOOTER": 60}
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_BROKEN = re.compile(r"[\n\r\t]| {5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template in one language; from `turns_at` (seconds since 1970) on its status is `becomes`."""

    id: str
    waba: str
    name: str
    language: str
    category: str
    components: list[Json] = field(default_factory=list)
    parameter_format: str = "POSITIONAL"
    status: str = "PENDING"
    becomes: str = "PENDING"
    turns_at: float = 0.0

    def status_at(self, now: float) -> str:
        """Return what the template is now."""
        return self.becomes if now >= self.turns_at else self.status

    def described(self, now: float) -> Json:
        """Return it as a list shows it."""
        return {
            "name": self.name,
            "components": self.components,
            "language": self.language,
            "status": self.status_at(now),
            "category": self.category,
            "parameter_format": self.parameter_format,
            "id": self.id,
        }

    def component(self, kind: str) -> Json:
        """Return its header, body or footer; empty where it has none."""
        return next((one for one in self.components if str(one["type"]).upper() == kind), {})


class Templates:
    """The part of the simulator that keeps templates; its lock is held.

    `review` is what happens to a new one: "approve" or "reject" after `review_seconds`, or "hold" until `decide`.
    """

    def __init__(self, simulator: "GraphSimulator") -> None:
        self._sim = simulator
        self.review: Literal["approve", "reject", "hold"] = "approve"
        self.review_seconds = 0.0

    def of(self, waba: str) -> list[Template]:
        """Return an account's templates, oldest first."""
        known = self._sim.world.templates
        mine = [template for template in known.values() if template.waba == waba]
        if not mine:
            hello = Template(
                id=digits(f"hello_world/{waba}", 16),
                waba=waba,
                name="hello_world",
                language="en_US",
                category="UTILITY",
                components=[{"type": "BODY", "text": "Hello World"}],
                status="APPROVED",
                becomes="APPROVED",
            )
            known[hello.id] = hello
            mine = [hello]
        return [template for template in mine if template.becomes != "DELETED"]

    def create(self, waba: str, body: Json) -> Response:
        """Take a new template into review."""
        judge(Thing(_NEW, _MAY), body, "")
        for component in body["components"]:
            _component(component)
        if not any(str(component["type"]).upper() == "BODY" for component in body["components"]):
            raise missing("components[type=BODY]")
        name, language = body["name"], body["language"]
        if any((one.name, one.language) == (name, language) for one in self.of(waba)):
            raise GraphRefusal(100, "There is already content for this template in this language.", subcode=2388024)
        template = Template(
            id=digits(self._sim.world.serial("template"), 16),
            waba=waba,
            name=name,
            language=language,
            category=body["category"],
            components=body["components"],
            parameter_format=str(body.get("parameter_format", "POSITIONAL")).upper(),
            turns_at=self._sim.now(),
        )
        self._sim.world.templates[template.id] = template
        if self.review != "hold":
            event: Event = "APPROVED" if self.review == "approve" else "REJECTED"
            self._turn(template, event, self._sim.now() + self.review_seconds, "NONE")
        return ok({"id": template.id, "status": "PENDING", "category": template.category})

    def decide(
        self, name: str, event: Event, *, waba: str | None = None, language: str | None = None, reason: str = "NONE"
    ) -> None:
        """Decide about a template as Meta's reviewers do, and tell the app."""
        for template in list(self._sim.world.templates.values()):
            if template.name == name and waba in (None, template.waba) and language in (None, template.language):
                self._turn(template, event, self._sim.now(), reason)

    def listed(self, waba: str, query: dict[str, str]) -> Response:
        """Answer with all templates that fit the query's name, status, category and language."""
        now = self._sim.now()
        every = self.of(waba)
        found = [template.described(now) for template in every]
        for name in ("name", "status", "category", "language"):
            if name in query:
                found = [one for one in found if one[name] in query[name].split(",")]
        limit = int(query["limit"]) if query.get("limit", "").isdigit() else 25
        after = query.get("after", "0")
        first = int(after) if after.isdigit() else 0
        page = [chosen(one, query.get("fields")) | {"id": one["id"]} for one in found[first : first + limit]]
        paging: Json = {"cursors": {"before": str(first), "after": str(first + len(page))}}
        if first + len(page) < len(found):
            paging["next"] = f"{self._sim.base_url}/v25.0/{waba}/message_templates?limit={limit}&after={first + limit}"
        answer: Json = {"data": page} | ({"paging": paging} if page else {})
        if "summary" in query:
            summary: Json = {
                "total_count": len(found),
                "message_template_count": len(every),
                "message_template_limit": 250,
                "are_translations_complete": True,
            }
            answer["summary"] = chosen(summary, query["summary"])
        return ok(answer)

    def delete(self, waba: str, query: dict[str, str]) -> Response:
        """Delete a name in all languages, or with `hsm_id` one of them."""
        wanted = [
            template
            for template in self.of(waba)
            if template.name == query.get("name") and query.get("hsm_id") in (None, template.id)
        ]
        if not wanted:
            raise GraphRefusal(100, "There is no such template.", subcode=2593002)
        for template in wanted:
            gone = replace(template, status="DELETED", becomes="DELETED", turns_at=0.0)
            self._sim.world.templates[template.id] = gone
        return ok({"success": True})

    def fit(self, waba: str, content: Any) -> Template:
        """Return the template of a send, or refuse as Meta does: 132001, 132015, 132016, 132000, 132012, 132018, 132005."""
        name, language = content["name"], content["language"]["code"]
        template = next((one for one in self.of(waba) if (one.name, one.language) == (name, language)), None)
        status = template.status_at(self._sim.now()) if template else "NONE"
        if template is None or status not in ("APPROVED", "PAUSED", "DISABLED"):
            raise GraphRefusal(132001, f"template name ({name}) does not exist in {language}")
        if status != "APPROVED":
            raise GraphRefusal(132015 if status == "PAUSED" else 132016)
        given = {str(one["type"]).upper(): one.get("parameters") or [] for one in content.get("components") or []}
        header = template.component("HEADER")
        media = str(header.get("format", "TEXT")).lower()
        if media in ("image", "video", "document") and [p["type"].lower() for p in given.get("HEADER", [])] != [media]:
            raise GraphRefusal(132012, f"header: Format mismatch, expected {media.upper()}")
        for kind in ("HEADER", "BODY") if media == "text" else ("BODY",):
            expected = len(set(_VARIABLE.findall(template.component(kind).get("text", ""))))
            if len(given.get(kind, [])) != expected:
                details = f"{kind.lower()}: number of localizable_params ({len(given.get(kind, []))}) does not match "
                raise GraphRefusal(132000, f"{details}the expected number of params ({expected})")
        for parameter in (*given.get("HEADER", []), *given.get("BODY", [])):
            if _BROKEN.search(str(parameter.get("text") or "")):
                details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
                raise GraphRefusal(132018, details)
        if len(hydrated(template, content)) > _LIMITS["BODY"]:
            raise GraphRefusal(132005, "body: translated text too long")
        return template

    def _turn(self, template: Template, event: Event, at: float, reason: str) -> None:
        now = self._sim.now()
        turned = replace(template, status=template.status_at(now), becomes=_STATUSES.get(event, event), turns_at=at)
        self._sim.world.templates[template.id] = turned
        value: Json = {
            "event": event,
            "message_template_id": int(template.id),
            "message_template_name": template.name,
            "message_template_language": template.language,
            "reason": reason,
            "message_template_category": template.category,
        }
        self._sim.tell(template.waba, "message_template_status_update", value, due_at=at)


def hydrated(template: Template, content: Any) -> str:
    """Return the body as a person reads it: each variable, by its name or else in order, with what was sent for it."""
    bodies = [one for one in content.get("components") or [] if str(one["type"]).upper() == "BODY"]
    given = [parameter for one in bodies for parameter in one.get("parameters") or []]
    text: str = template.component("BODY").get("text", "")
    names = list(dict.fromkeys(_VARIABLE.findall(text)))
    values = {p.get("parameter_name") or name: _value(p) for name, p in zip(names, given, strict=False)}
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def _value(parameter: Json) -> str:
    content = parameter.get(str(parameter["type"]).lower())
    return str(content.get("fallback_value", "")) if isinstance(content, dict) else str(content)


def _component(component: Json) -> None:
    kind = str(component["type"]).upper()
    if kind not in (*_LIMITS, "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"):
        raise GraphRefusal(100, f"Param components[type] must not be {component['type']}")
    text = component.get("text")
    if isinstance(text, str) and len(text) > _LIMITS.get(kind, 1024):
        raise too_much(f"{kind} text has at most {_LIMITS.get(kind, 1024)} characters.")
    if kind == "BODY" and text is None and component.get("add_security_recommendation") is None:
        raise missing("components[type=BODY]['text']")

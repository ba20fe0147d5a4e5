"""A number's own page: `GET /{phone-number-id}`, and its business profile.

Source: Cloud API, Phone numbers and Business profiles (meta-platform, section 6). Limits are in characters.
"""

from infra.local.http import Response
from infra.local.simulators.graph_errors import GraphRefusal, ok
from infra.local.simulators.people import ShopNumber
from infra.local.simulators.wire import Json

SUCCESS = ok({"success": True})

_LIMITS = {"about": 139, "address": 256, "description": 512, "email": 128}
_VERTICALS = frozenset(
    "UNDEFINED OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT "
    "PROF_SERVICES RETAIL TRAVEL RESTAURANT NOT_A_BIZ".split()
)


def number(shop: ShopNumber, fields: str | None) -> Response:
    """Return a phone number's settings; `fields` is a comma-separated choice, the id comes always."""
    known: Json = {
        "verified_name": shop.name,
        "code_verification_status": "VERIFIED",
        "display_phone_number": f"+{shop.display_phone_number}",
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
    }
    return ok(_chosen(known, fields) | {"id": shop.phone_number_id})


def read(profile: Json, fields: str | None) -> Response:
    """Return a business profile as Meta reads it back."""
    return ok({"data": [_chosen(profile, fields) | {"messaging_product": "whatsapp"}]})


def changes(body: Json) -> Json:
    """Check a change of the profile; return the fields to be kept."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphRefusal(100, message="(#100) The parameter messaging_product is required.")
    kept = {name: value for name, value in body.items() if name != "messaging_product"}
    for name, value in kept.items():
        if name in _LIMITS:
            good = isinstance(value, str) and len(value) <= _LIMITS[name] and (name != "about" or value != "")
        elif name == "websites":
            good = isinstance(value, list) and len(value) <= 2 and all(_website(site) for site in value)
        else:
            good = name == "profile_picture_handle" or (name == "vertical" and value in _VERTICALS)
        if not good:
            raise GraphRefusal(100, f"Param {name} is not valid.")
    return kept


def _website(site: object) -> bool:
    return isinstance(site, str) and len(site) <= 256 and site.startswith(("http://", "https://"))


def _chosen(known: Json, fields: str | None) -> Json:
    if fields is None:
        return known
    wanted = {name.strip() for name in fields.split(",")}
    return {name: value for name, value in known.items() if name in wanted}

"""A number's own pages: `GET /{phone-number-id}`, its business profile, its shop window.

Source: Cloud API, Phone numbers, Business profiles, Commerce settings (meta-platform, section 6). Limits are in characters.
"""

from collections.abc import Mapping

from infra.local.http import Response
from infra.local.simulators.graph_errors import GraphRefusal, ok
from infra.local.simulators.people import ShopNumber
from infra.local.simulators.shapes import unexpected
from infra.local.simulators.wire import Json, chosen, digits

SUCCESS = ok({"success": True})
COMMERCE = {"is_cart_enabled": True, "is_catalog_visible": False}

_LIMITS = {"about": 139, "address": 256, "description": 512, "email": 128}
_VERTICALS = frozenset(
    "UNDEFINED OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT "
    "PROF_SERVICES RETAIL TRAVEL RESTAURANT NOT_A_BIZ".split()
)


# What comes where nobody asks for fields; the rest only on demand.
_USUAL = "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput"


def described(shop: ShopNumber, fields: str | None) -> Json:
    """Return a phone number's settings; `fields` is a comma-separated choice, the id comes always."""
    known: Json = {
        "verified_name": shop.name,
        "code_verification_status": shop.verification,
        "display_phone_number": f"+{shop.display_phone_number}",
        "quality_rating": shop.quality,
        "platform_type": "CLOUD_API",
        "throughput": {"level": "HIGH" if shop.throughput >= 1000 else "STANDARD"},
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "account_mode": "LIVE",
        "is_official_business_account": False,
        "is_pin_enabled": True,
        "messaging_limit_tier": "TIER_250",
    }
    return chosen(known, fields or _USUAL) | {"id": shop.phone_number_id}


def number(shop: ShopNumber, fields: str | None) -> Response:
    """Answer with one number's settings."""
    return ok(described(shop, fields))


def commerce(settings: Mapping[str, bool], shop: ShopNumber, fields: str | None) -> Response:
    """Answer with whether a number shows its catalogue and a cart."""
    known = chosen(dict(settings), fields) | {"id": digits("commerce" + shop.phone_number_id, 16)}
    return ok({"data": [known]})


def commerce_changes(query: Mapping[str, str], body: Json) -> dict[str, bool]:
    """Check a change of the shop window, which comes in the query or in the body."""
    given = {**query, **body}
    given.pop("access_token", None)
    changed: dict[str, bool] = {}
    for name, value in given.items():
        if name not in COMMERCE:
            raise unexpected(name)
        word = str(value).lower()
        if word not in ("true", "false"):
            raise GraphRefusal(100, f"Param {name} must be a boolean.")
        changed[name] = word == "true"
    return changed


def read(profile: Json, fields: str | None) -> Response:
    """Return a business profile as Meta reads it back."""
    return ok({"data": [chosen({"vertical": "UNDEFINED"} | profile, fields) | {"messaging_product": "whatsapp"}]})


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

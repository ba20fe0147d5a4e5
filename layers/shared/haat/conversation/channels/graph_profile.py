"""A shop's profile on WhatsApp: `POST /{phone-number-id}/whatsapp_business_profile` (Cloud API, Business profiles).

One call, which may be made again at any time. As in `graph.py` an answer is read by Meta's code, and the token stands in one header only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import urllib3
from urllib3.exceptions import HTTPError

from haat.conversation.channels.graph import BAD_TOKEN, action_for, fits_header
from haat.conversation.channels.graph_asking import LATER
from haat.conversation.channels.wire import as_object, code, word
from haat.conversation.ports import Line
from haat.conversation.ports.profile import Shown
from haat.conversation.rules.text import cut
from haat.facts.profiles import ProfileChanged
from haat.kernel.text import clean

NO_ANSWER = -2  # ours: Meta said nothing that can be read
MESSAGE_LIMIT = 300

# Our categories in Meta's words.
VERTICALS: Final[Mapping[str, str]] = {
    "sweets": "RESTAURANT",
    "groceries": "GROCERY",
    "clothing": "APPAREL",
    "hardware": "RETAIL",
    "electronics": "RETAIL",
    "pharmacy": "HEALTH",
    "restaurant": "RESTAURANT",
    "beauty": "BEAUTY",
    "services": "PROF_SERVICES",
    "crafts": "RETAIL",
    "other": "OTHER",
    "": "UNDEFINED",
}


def body(profile: ProfileChanged) -> dict[str, Any]:
    """The profile in Meta's words. An "about" line can't be emptied there: an empty one is left out, and the old one stays."""
    said = {
        "messaging_product": "whatsapp",
        "address": profile.address,
        "description": profile.description,
        "email": profile.email,
        "websites": list(profile.websites),
        "vertical": VERTICALS.get(profile.category, "OTHER"),
    }
    return said | ({"about": profile.about} if profile.about else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphProfile:
    """Fills the port Shower."""

    pool: urllib3.PoolManager
    base_url: str
    version: str
    timeout: urllib3.Timeout

    def show(self, line: Line, profile: ProfileChanged) -> Shown:
        """Never raises for what Meta or the network does."""
        if not fits_header(line.token):
            return Shown(code=BAD_TOKEN, message="the token is none of Meta's")
        try:
            response = self.pool.request(
                "POST",
                f"{self.base_url.rstrip('/')}/{self.version}/{line.channel.address}/whatsapp_business_profile",
                body=json.dumps(body(profile), ensure_ascii=False, separators=(",", ":")).encode(),
                headers={"Authorization": f"Bearer {line.token.reveal()}", "Content-Type": "application/json"},
                timeout=self.timeout,
                retries=False,
                redirect=False,
            )
        except HTTPError as error:
            return Shown(code=NO_ANSWER, message=f"Meta does not answer: {type(error).__name__}", later=True)
        return read_answer(response.status, response.data or b"")


def read_answer(status: int, said: bytes) -> Shown:
    """What an answer of Meta's means."""
    try:
        answer = as_object(json.loads(said))
    except (ValueError, RecursionError):
        answer = {}
    error = as_object(answer.get("error"))
    refusal = code(error.get("code"))
    if refusal is not None:
        details = word(
            as_object(error.get("error_data")).get("details")
        )  # they name the field; the message only the kind of mistake
        message = details or word(error.get("message")) or ""
        return Shown(code=refusal, message=cut(clean(message), MESSAGE_LIMIT), later=action_for(refusal) in LATER)
    if status == 200 and answer.get("success") is True:
        return Shown()
    return Shown(code=NO_ANSWER, message=f"Meta answers with HTTP status {status} and nothing to read", later=True)

"""What Meta says of a shop's number, before its token is kept.

Two calls: the number's own page, and the subscription of its account to our app, without which Meta sends us nothing that its customers
write (Cloud API, Phone numbers; Business Management API, WABA subscribed_apps).
"""

from dataclasses import dataclass

from haat.conversation.channels.graph_asking import GraphAsking, said_word
from haat.conversation.model import Number
from haat.kernel.errors import Unavailable
from haat.kernel.secret import Secret

FIELDS = "display_phone_number,verified_name,quality_rating,code_verification_status"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNumbers:
    """Fills the port Numbers for WhatsApp."""

    graph: GraphAsking

    def ask(self, address: str, account: str, token: Secret[str]) -> Number:
        """Raises Rejected naming the field, Unavailable."""
        said = self.graph.call("GET", f"{address}?fields={FIELDS}", token, "phone_number_id")
        if said.get("id") != address:
            raise Unavailable("Meta answered for another number")
        self.graph.call("POST", f"{account}/subscribed_apps", token, "account_id")
        return Number(
            display=said_word(said, "display_phone_number"),
            name=said_word(said, "verified_name"),
            verification=said_word(said, "code_verification_status"),
            quality=said_word(said, "quality_rating"),
        )

"""What Meta says of a shop's Facebook page, before its token is kept.

Three calls: the page itself; the subscription of our app to what happens there, without which Meta tells us nothing of it; and the
button with which somebody new begins, so that we hear of them before their first words (Graph API, Page; Page subscribed_apps; Messenger
Platform, Messenger Profile API, "get_started").
"""

from dataclasses import dataclass

from haat.conversation.channels.graph_asking import GraphAsking, said_word
from haat.conversation.model import Number
from haat.kernel.errors import Unavailable
from haat.kernel.secret import Secret

# Messenger Platform, Webhook events. What comes without a use yet is kept and shown all the same.
EVENTS = (
    "messages",
    "messaging_postbacks",
    "messaging_optins",
    "messaging_referrals",
    "messaging_account_linking",
    "messaging_policy_enforcement",
    "messaging_handovers",
    "messaging_feedback",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "standby",
)
GET_STARTED = "GET_STARTED"  # the payload by which channels/messenger.py knows the button again


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphPages:
    """Fills the port Numbers for Messenger: the address is a page's id, the token that page's own."""

    graph: GraphAsking

    def ask(self, address: str, account: str, token: Secret[str]) -> Number:  # noqa: ARG002  # numbers have one
        """Raises Rejected naming the field, Unavailable. A page belongs to no account."""
        said = self.graph.call("GET", f"{address}?fields=id,name", token, "page_id")
        if said.get("id") != address:
            raise Unavailable("Meta answered for another page")
        fields = ",".join(EVENTS)
        self.graph.call("POST", f"{address}/subscribed_apps?subscribed_fields={fields}", token, "page_id")
        button = {"get_started": {"payload": GET_STARTED}}
        self.graph.call("POST", f"{address}/messenger_profile", token, "page_id", button)
        return Number(name=said_word(said, "name"))

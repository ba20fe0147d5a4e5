"""All that stands outside on one port of the stage: Meta's Graph API and the bank, with their webhooks, and a shop's website."""

from dataclasses import dataclass, field

from infra.local.http import Request, Response, Webhook
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.bank_outbox import PREFIX
from infra.local.simulators.bank_page import links_in
from infra.local.simulators.graph import GraphSimulator
from infra.local.simulators.site import Site


@dataclass(frozen=True, slots=True)
class Others:
    """Graph, the bank and the website, as one listener; safe to call from several threads, as they are."""

    graph: GraphSimulator
    bank: BankSimulator
    site: Site = field(default_factory=Site)

    def handle(self, request: Request) -> Response:
        """Answer one call of any of them; raise a NetworkFault where no answer comes back."""
        if self.site.answers(request.path):
            return self.site.handle(request)
        return self.bank.handle(request) if self.bank.answers(request.path) else self.graph.handle(request)

    def due(self, now: float) -> list[Webhook]:
        """Hand out the webhooks to be posted by now."""
        return self.graph.due(now) + self.bank.due(now)

    def answered(self, webhook: Webhook, status: int, now: float) -> None:
        """Note Haat's HTTP status for a webhook; 0 where no answer came."""
        (self.bank if webhook.id.startswith(PREFIX) else self.graph).answered(webhook, status, now)

    def next_due(self) -> float | None:
        """Return when the next webhook falls due, or None where none waits."""
        return min((due for due in (self.graph.next_due(), self.bank.next_due()) if due is not None), default=None)

    def reset(self) -> None:
        """Forget everything that happened; only the shops' numbers stay."""
        self.graph.reset()
        self.bank.reset()
        self.site.reset()

    def links(self) -> list[str]:
        """Return the payment links that customers were sent, oldest first."""
        with self.graph.lock:
            lines = [
                (line.at, line.text)
                for chat in self.graph.world.chats.values()
                for line in chat.lines.values()
                if line.author == "haat" and "upi://" in line.text
            ]
        return links_in([text for _, text in sorted(lines)])

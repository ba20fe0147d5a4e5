"""All that stands outside on one port of the stage: Meta's Graph API and the bank, with their webhooks."""

from dataclasses import dataclass

from infra.local.http import Request, Response, Webhook
from infra.local.simulators.bank import BankSimulator
from infra.local.simulators.bank_outbox import PREFIX
from infra.local.simulators.bank_page import links_in
from infra.local.simulators.graph import GraphSimulator


@dataclass(frozen=True, slots=True)
class Others:
    """Graph and the bank, as one listener; safe to call from several threads, as they are."""

    graph: GraphSimulator
    bank: BankSimulator

    def handle(self, request: Request) -> Response:
        """Answer one call of either API; raise a NetworkFault where no answer comes back."""
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

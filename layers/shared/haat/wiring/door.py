"""Joins the webhook door to the real queues, table and secrets."""

from collections.abc import Sequence
from dataclasses import dataclass

from haat.aws import clients
from haat.aws.parameters import Parameters
from haat.aws.queue import SqsQueue
from haat.aws.table import Table
from haat.conversation.channels import whatsapp
from haat.conversation.service import door
from haat.conversation.store.sends import DynamoReports
from haat.edge.settings import refuse_published
from haat.kernel.ids import CorrelationId
from haat.kernel.secret import Secret
from haat.kernel.time import Instant
from haat.wiring.clock import seconds
from haat.wiring.pepper import read_pepper


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What inbound_message needs to know."""

    stage: str
    conversation_table: str
    inbound_queue_url: str
    status_queue_url: str
    app_secrets_parameter: str
    verify_token_parameter: str
    pepper_parameter: str


class Door:
    """Everything that the webhook door needs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._parameters = Parameters(clients.ssm(), seconds)
        sqs = clients.sqs()
        self._inbound, self._crowd = SqsQueue(sqs, settings.inbound_queue_url), SqsQueue(sqs, settings.status_queue_url)
        self._reports = DynamoReports(Table(clients.dynamodb(), settings.conversation_table))

    def secrets(self) -> Sequence[Secret[str]]:
        """One or two app secrets: two while one is being rotated."""
        listed = self._parameters.get(self._settings.app_secrets_parameter).reveal()
        secrets = [Secret(part.strip()) for part in listed.split(",") if part.strip()][:2]
        refuse_published(self._settings.stage, *secrets)
        return secrets

    def token(self) -> Secret[str]:
        """The verify token of the handshake."""
        token = self._parameters.get(self._settings.verify_token_parameter)
        refuse_published(self._settings.stage, token)
        return token

    def keep(self, body: bytes, correlation: CorrelationId, now: Instant) -> whatsapp.Envelope:
        """Read a webhook and keep what it brought. Raises Rejected, Unavailable."""
        pepper = read_pepper(self._parameters, self._settings.pepper_parameter, self._settings.stage)
        envelope = whatsapp.parse(body, pepper, now, correlation)
        door.take(
            envelope.facts,
            envelope.statuses,
            inbound=self._inbound,
            crowd=self._crowd,
            reports=self._reports,
            pepper=pepper,
        )
        return envelope

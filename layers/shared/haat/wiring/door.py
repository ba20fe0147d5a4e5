"""Joins the webhook door to the real queues, table and secrets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from haat.aws import clients
from haat.aws.parameters import Parameters
from haat.aws.queue import SqsQueue
from haat.aws.table import Table
from haat.conversation.channels import whatsapp
from haat.conversation.channels.meta import Envelope
from haat.conversation.service import door
from haat.conversation.store.sends import DynamoReports
from haat.edge.settings import refuse_published
from haat.edge.webhook import Way
from haat.kernel.ids import CorrelationId, Pepper
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
    messenger_app_secrets_parameter: str
    messenger_verify_token_parameter: str
    pepper_parameter: str


class Door:
    """Everything that the webhook door needs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._parameters = Parameters(clients.ssm(), seconds)
        sqs = clients.sqs()
        self._inbound, self._crowd = SqsQueue(sqs, settings.inbound_queue_url), SqsQueue(sqs, settings.status_queue_url)
        self._reports = DynamoReports(Table(clients.dynamodb(), settings.conversation_table))

    def whatsapp(self) -> Way:
        """The way in for WhatsApp."""
        secrets, token = self._settings.app_secrets_parameter, self._settings.verify_token_parameter
        return self._way("whatsapp", secrets, token)

    def messenger(self) -> Way:
        """The way in for Messenger; its secrets are WhatsApp's where both belong to one app of Meta's."""
        secrets, token = self._settings.messenger_app_secrets_parameter, self._settings.messenger_verify_token_parameter
        return self._way("messenger", secrets, token)

    def _way(self, channel: str, secrets: str, token: str) -> Way:
        return Way(
            secrets=partial(self._secrets, secrets),
            token=partial(self._token, token),
            keep=partial(self._keep, channel),
        )

    def _secrets(self, parameter: str) -> Sequence[Secret[str]]:
        """One or two app secrets: two while one is being rotated."""
        listed = self._parameters.get(parameter).reveal()
        secrets = [Secret(part.strip()) for part in listed.split(",") if part.strip()][:2]
        refuse_published(self._settings.stage, *secrets)
        return secrets

    def _token(self, parameter: str) -> Secret[str]:
        """The verify token of the handshake."""
        token = self._parameters.get(parameter)
        refuse_published(self._settings.stage, token)
        return token

    def _keep(self, channel: str, body: bytes, correlation: CorrelationId, now: Instant) -> Envelope:
        """Read a webhook and keep what it brought. Raises Rejected, Unavailable."""
        pepper = read_pepper(self._parameters, self._settings.pepper_parameter, self._settings.stage)
        envelope = _reader(channel)(body, pepper, now, correlation)
        door.take(
            envelope.facts,
            (*envelope.statuses, *envelope.seen),
            inbound=self._inbound,
            crowd=self._crowd,
            reports=self._reports,
            pepper=pepper,
        )
        return envelope


def _reader(channel: str) -> Callable[[bytes, Pepper, Instant, CorrelationId], Envelope]:
    """Who reads a channel's webhooks; Messenger's is loaded when its first one comes, as most shops have one channel."""
    match channel:
        case "whatsapp":
            return whatsapp.parse
        case "messenger":
            from haat.conversation.channels import messenger  # noqa: PLC0415  # as above

            return messenger.parse
        case _:
            raise AssertionError(channel)

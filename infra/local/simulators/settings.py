"""The settings of the simulator as a program of its own: two ports and four secrets, as the stage has them, and webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from infra.local.settings import Settings, SettingsError
from infra.local.simulators.outbox import MESSENGER_PATH, PATH

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """Where it listens, where it posts, and what it signs with."""

    port: int
    webhook: str
    messenger_webhook: str
    app_secret: str
    verify_token: str
    messenger_app_secret: str
    messenger_verify_token: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "SimulatorSettings":
        """Read HAAT_SIM_PORT, the addresses of webhooks and the secrets; raise SettingsError that says what is wrong.

        What the stage is told by HAAT_PORT counts here too: the default webhooks are the stage's. Where only
        HAAT_WEBHOOK_URL is given, pages post beside it: `/messenger` where that ends in `/whatsapp`, else to the same address.
        """
        stage = Settings.from_environ(environ)
        webhook = environ.get("HAAT_WEBHOOK_URL") or stage.url + PATH
        beside = webhook.removesuffix("/whatsapp")
        derived = f"{beside}/messenger" if beside != webhook else webhook
        messenger = environ.get("HAAT_MESSENGER_WEBHOOK_URL") or derived
        _check("HAAT_WEBHOOK_URL", webhook, PATH)
        _check("HAAT_MESSENGER_WEBHOOK_URL", messenger, MESSENGER_PATH)
        return cls(
            port=stage.sim_port,
            webhook=webhook,
            messenger_webhook=messenger,
            app_secret=stage.app_secret,
            verify_token=stage.verify_token,
            messenger_app_secret=stage.messenger_app_secret,
            messenger_verify_token=stage.messenger_verify_token,
        )


def _check(name: str, url: str, path: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK or parts.query or not parts.path.strip("/"):
        raise SettingsError(f"{name} must be like http://127.0.0.1:8080{path}, on this machine: not {url!r}")

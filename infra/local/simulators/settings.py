"""The settings of the simulator as a program of its own: two ports and two secrets, as the stage has them, and a webhook."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from infra.local.settings import Settings, SettingsError
from infra.local.simulators.outbox import PATH

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """Where it listens, where it posts, and what it signs with."""

    port: int
    webhook: str
    app_secret: str
    verify_token: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "SimulatorSettings":
        """Read HAAT_SIM_PORT, HAAT_WEBHOOK_URL and the secrets; raise SettingsError that says what is wrong.

        What the stage is told by HAAT_PORT counts here too: the default webhook is the stage's.
        """
        stage = Settings.from_environ(environ)
        webhook = environ.get("HAAT_WEBHOOK_URL") or stage.url + PATH
        parts = urlsplit(webhook)
        if parts.scheme != "http" or parts.hostname not in _LOOPBACK or parts.query or not parts.path.strip("/"):
            raise SettingsError(
                f"HAAT_WEBHOOK_URL must be like http://127.0.0.1:8080{PATH}, on this machine: not {webhook!r}"
            )
        return cls(port=stage.sim_port, webhook=webhook, app_secret=stage.app_secret, verify_token=stage.verify_token)

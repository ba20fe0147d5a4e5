"""Where the stage listens and what it calls itself: every setting an operator may give, read in one place.

Nothing here is read by the product: functions get their values from the template, as on AWS.
"""

import dataclasses
import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from haat.edge.settings import LOCAL_APP_SECRET, LOCAL_PEPPER, LOCAL_VERIFY_TOKEN
from infra.local.simulators.bank_formats import PROVIDERS, base_path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


class SettingsError(Exception):
    """A setting has a value that the stage can't use; the text names every one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The stage's settings, all valid."""

    port: int = 8080
    moto_port: int = 8081
    sim_port: int = 8082
    graph_url: str = "http://127.0.0.1:8082"
    bank_url: str = "http://127.0.0.1:8082"
    # Known to everybody who reads the product, which refuses them on any other stage.
    app_secret: str = LOCAL_APP_SECRET
    verify_token: str = LOCAL_VERIFY_TOKEN
    messenger_app_secret: str = LOCAL_APP_SECRET
    messenger_verify_token: str = LOCAL_VERIFY_TOKEN
    pepper: str = LOCAL_PEPPER
    state_dir: Path = ROOT / ".local"
    scene: bool = True
    template: Path = ROOT / "template.yaml"

    @property
    def url(self) -> str:
        """Where function URLs and the REST API are served."""
        return f"http://{HOST}:{self.port}"

    @property
    def moto_url(self) -> str:
        """Where the `aws` command line finds the stack."""
        return f"http://{HOST}:{self.moto_port}"

    @property
    def sim_url(self) -> str:
        """Where the simulators listen: Meta's Graph API and the phone, the bank and its payers."""
        return f"http://{HOST}:{self.sim_port}"

    @property
    def parameters(self) -> dict[str, str]:
        """What the template's parameters are on this stage; India is open, as the shops of the market are there."""
        return {"Stage": "local", "GraphUrl": self.graph_url, "PilotCountries": "IN", "ProtectData": "false"} | {
            "AllowedNoticeHosts": "127.0.0.1,localhost",
            "AllowedSiteHosts": "127.0.0.1,localhost",
            "PublicUrl": self.url,
            # A folder of its own, so that a stage can be told of two apps; by default both hold the same.
            "MessengerSecrets": "messenger",
            "BankUrls": ",".join(f"{name}={self.bank_url}{base_path(name)}" for name in PROVIDERS),
        }

    @property
    def secrets(self) -> dict[str, str]:
        """What an operator would put into SSM before the first deployment."""
        return {
            "/haat/local/whatsapp/app-secrets": self.app_secret,
            "/haat/local/whatsapp/verify-token": self.verify_token,
            "/haat/local/messenger/app-secrets": self.messenger_app_secret,
            "/haat/local/messenger/verify-token": self.messenger_verify_token,
            "/haat/local/pepper": self.pepper,
        }

    def with_pepper(self, pepper: str) -> "Settings":
        """Return the same settings with a pepper of this machine's own."""
        return dataclasses.replace(self, pepper=pepper)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read HAAT_*; raise SettingsError that lists all bad values at once."""
        wrong: list[str] = []
        port = _port(environ, "HAAT_PORT", 8080, wrong)
        moto_port = _port(environ, "HAAT_MOTO_PORT", port + 1, wrong)
        sim_port = _port(environ, "HAAT_SIM_PORT", port + 2, wrong)
        if len({port, moto_port, sim_port}) < 3:
            wrong.append(
                f"HAAT_PORT, HAAT_MOTO_PORT and HAAT_SIM_PORT must differ, not {port}, {moto_port}, {sim_port}"
            )
        graph_url = environ.get("HAAT_GRAPH_URL") or f"http://{HOST}:{sim_port}"
        parts = urlsplit(graph_url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
            wrong.append(f"HAAT_GRAPH_URL must be like http://host:port, without a version: not {graph_url!r}")
        scene = environ.get("HAAT_SCENE", "1")
        if scene not in ("0", "1"):
            wrong.append(f"HAAT_SCENE must be 0 or 1, not {scene!r}")
        if wrong:
            raise SettingsError("; ".join(wrong))
        app_secret = environ.get("HAAT_WHATSAPP_APP_SECRET") or LOCAL_APP_SECRET
        verify_token = environ.get("HAAT_WHATSAPP_VERIFY_TOKEN") or LOCAL_VERIFY_TOKEN
        return cls(
            port=port,
            moto_port=moto_port,
            sim_port=sim_port,
            graph_url=graph_url.rstrip("/"),
            bank_url=f"http://{HOST}:{sim_port}",
            app_secret=app_secret,
            verify_token=verify_token,
            messenger_app_secret=environ.get("HAAT_MESSENGER_APP_SECRET") or app_secret,
            messenger_verify_token=environ.get("HAAT_MESSENGER_VERIFY_TOKEN") or verify_token,
            state_dir=Path(environ.get("HAAT_STATE_DIR") or ROOT / ".local").absolute(),
            scene=scene == "1",
        )

    def require_free_ports(self) -> None:
        """Raise SettingsError that names each port that somebody else has, and the setting that changes it."""
        ports = {"HAAT_PORT": self.port, "HAAT_MOTO_PORT": self.moto_port, "HAAT_SIM_PORT": self.sim_port}
        taken = [
            f"port {port} is taken: set {name} to another one" for name, port in ports.items() if not _is_free(port)
        ]
        if taken:
            raise SettingsError("; ".join(taken))


def _port(environ: Mapping[str, str], name: str, default: int, wrong: list[str]) -> int:
    text = environ.get(name) or str(default)
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    wrong.append(f"{name} must be a port (1 to 65535), not {text!r}")
    return default


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a port in TIME_WAIT from the last run is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True

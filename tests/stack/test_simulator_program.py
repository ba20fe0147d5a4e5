"""The simulator as a program of its own: what it prints, what it needs, and the example of its page."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.settings import SettingsError
from infra.local.simulators.settings import SimulatorSettings
from tests.stack.haat_stub import HaatStub

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "simulator.md").read_text()


class Program:
    """The simulator, started as a developer starts it."""

    def __init__(self, **settings: str) -> None:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "layers/shared"), **settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.simulators"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def printed(self) -> str:
        """Return what it prints up to `ready`."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line.startswith("ready"):
                break
        return "".join(lines)

    def stop(self) -> int:
        """End it as Ctrl-C does; return its exit status."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=20)
        return self.process.returncode


def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def haat() -> Iterator[HaatStub]:
    """Return a stand-in for Haat, where the program posts to."""
    with HaatStub() as stub:
        yield stub


@pytest.mark.parametrize(
    ("name", "kinds", "path"),
    [("example", ["message", "sent", "delivered"], "/hooks/here"), ("messenger", ["page"] * 3, "/hooks/page")],
)
def test_program_says_where_all_is_and_the_pages_example_runs(
    haat: HaatStub, name: str, kinds: list[str], path: str
) -> None:
    """It prints addresses, secrets and tokens; the page's lines of curl, run as they are, answer what the page says."""
    if shutil.which("curl") is None or shutil.which("sh") is None:
        pytest.skip("the page's example was NOT run: curl not installed")
    port = free_port()
    hooks = {"HAAT_WEBHOOK_URL": f"{haat.url}/hooks/here", "HAAT_MESSENGER_WEBHOOK_URL": f"{haat.url}/hooks/page"}
    program = Program(HAAT_SIM_PORT=str(port), **hooks)
    try:
        printed = program.printed()
        section = PAGE.split(f"<!-- {name} -->")[1].split(f"<!-- /{name} -->")[0]
        example, answers = re.findall(r"```(?:sh|json)\n(.*?)```", section, re.DOTALL)
        lines = example.replace("http://127.0.0.1:8082", f"http://127.0.0.1:{port}")
        ran = subprocess.run(["/bin/sh", "-euc", lines], capture_output=True, text=True, timeout=60, check=True)
        heard = [haat.next_webhook()[0] for _ in range(3)]
    finally:
        status = program.stop()
    for word in (
        f"http://127.0.0.1:{port}/", *hooks.values(), "haat-local-app-secret", "haat-local-verify-token",
        "100000000000003", "haat-local-token-100000000000003", "haat-local-page-token-200000000000001",
    ):  # fmt: skip
        assert word in printed
    assert ran.stdout.strip() == answers.strip()
    assert (heard, haat.path) == (kinds, path)
    assert status == 0


def test_taken_port_is_named() -> None:
    """A port that somebody has is named, with the setting that changes it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        program = Program(HAAT_SIM_PORT=port)
        _, errors = program.process.communicate(timeout=20)
    assert program.process.returncode == 2
    assert port in errors
    assert "HAAT_SIM_PORT" in errors


def test_settings_are_those_of_the_page() -> None:
    """Each setting has the default that the page tells; the webhook goes where HAAT_PORT says."""
    told = dict(re.findall(r"^\| `(HAAT_[A-Z_]+)` \| (.+?) \|", PAGE, re.MULTILINE))
    usual = SimulatorSettings.from_environ({})
    assert told["HAAT_SIM_PORT"] == str(usual.port)
    assert told["HAAT_WEBHOOK_URL"] == f"`{usual.webhook}`"
    assert told["HAAT_MESSENGER_WEBHOOK_URL"] == f"`{usual.messenger_webhook}`"
    assert set(told) == {
        "HAAT_SIM_PORT", "HAAT_WEBHOOK_URL", "HAAT_WHATSAPP_APP_SECRET", "HAAT_WHATSAPP_VERIFY_TOKEN",
        "HAAT_MESSENGER_WEBHOOK_URL", "HAAT_MESSENGER_APP_SECRET", "HAAT_MESSENGER_VERIFY_TOKEN",
    }  # fmt: skip
    other = SimulatorSettings.from_environ({"HAAT_PORT": "9000", "HAAT_WHATSAPP_APP_SECRET": "s"})
    assert (other.webhook, other.port, other.app_secret) == ("http://127.0.0.1:9000/webhooks/whatsapp", 9002, "s")
    assert (other.messenger_webhook, other.messenger_app_secret) == ("http://127.0.0.1:9000/webhooks/messenger", "s")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"HAAT_WEBHOOK_URL": "http://127.0.0.1:1/in/whatsapp"}, "http://127.0.0.1:1/in/messenger"),
        ({"HAAT_WEBHOOK_URL": "http://127.0.0.1:1/in"}, "http://127.0.0.1:1/in"),
        ({"HAAT_MESSENGER_WEBHOOK_URL": "http://127.0.0.1:1/fb"}, "http://127.0.0.1:1/fb"),
    ],
)
def test_pages_post_beside_numbers_unless_told(given: dict[str, str], expected: str) -> None:
    """One address is enough for both; two can be given, as can two secrets."""
    secrets = {"HAAT_MESSENGER_APP_SECRET": "m", "HAAT_MESSENGER_VERIFY_TOKEN": "t"}
    settings = SimulatorSettings.from_environ(given | secrets)
    assert settings.messenger_webhook == expected
    assert (settings.messenger_app_secret, settings.messenger_verify_token) == ("m", "t")


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/hooks", "http://shop.example/hooks", "http://127.0.0.1:8080", "nonsense"]
)
def test_webhook_elsewhere_is_refused(url: str) -> None:
    """It posts to this machine only, and to a whole address."""
    with pytest.raises(SettingsError, match="HAAT_WEBHOOK_URL"):
        SimulatorSettings.from_environ({"HAAT_WEBHOOK_URL": url})
    with pytest.raises(SettingsError, match="HAAT_MESSENGER_WEBHOOK_URL"):
        SimulatorSettings.from_environ({"HAAT_MESSENGER_WEBHOOK_URL": url})

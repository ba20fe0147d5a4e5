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


def test_program_says_where_all_is_and_the_pages_example_runs(haat: HaatStub) -> None:
    """It prints address, secrets and tokens; the page's lines of curl, run as they are, answer what the page says."""
    if shutil.which("curl") is None or shutil.which("sh") is None:
        pytest.skip("the page's example was NOT run: curl not installed")
    port = free_port()
    program = Program(HAAT_SIM_PORT=str(port), HAAT_WEBHOOK_URL=f"{haat.url}/hooks/here")
    try:
        printed = program.printed()
        example, answers = re.findall(r"```(?:sh|json)\n(.*?)```", PAGE.split("<!-- example -->")[1], re.DOTALL)
        lines = example.replace("http://127.0.0.1:8082", f"http://127.0.0.1:{port}")
        ran = subprocess.run(["/bin/sh", "-euc", lines], capture_output=True, text=True, timeout=60, check=True)
        heard = [haat.next_webhook()[0] for _ in range(3)]
    finally:
        status = program.stop()
    for word in (
        f"http://127.0.0.1:{port}/", f"{haat.url}/hooks/here", "haat-local-app-secret", "haat-local-verify-token",
        "100000000000003", "haat-local-token-100000000000003",
    ):  # fmt: skip
        assert word in printed
    assert ran.stdout.strip() == answers.strip()
    assert (heard, haat.path) == (["message", "sent", "delivered"], "/hooks/here")
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
    assert set(told) == {"HAAT_SIM_PORT", "HAAT_WEBHOOK_URL", "HAAT_WHATSAPP_APP_SECRET", "HAAT_WHATSAPP_VERIFY_TOKEN"}
    other = SimulatorSettings.from_environ({"HAAT_PORT": "9000", "HAAT_WHATSAPP_APP_SECRET": "s"})
    assert (other.webhook, other.port, other.app_secret) == ("http://127.0.0.1:9000/webhooks/whatsapp", 9002, "s")


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/hooks", "http://shop.example/hooks", "http://127.0.0.1:8080", "nonsense"]
)
def test_webhook_elsewhere_is_refused(url: str) -> None:
    """It posts to this machine only, and to a whole address."""
    with pytest.raises(SettingsError, match="HAAT_WEBHOOK_URL"):
        SimulatorSettings.from_environ({"HAAT_WEBHOOK_URL": url})

"""`make run` itself: real processes, real ports, real time."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import boto3
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from infra.local.settings import ROOT
from infra.local.verified import VERIFIED

SWEETS = "100000000000001"
RINA = {"name": "Rina", "number": "919800000123"}
# Much more than it takes: a busy machine must not look like a broken stage.
PATIENCE = 60.0


class Running:
    """A stage that was started as an operator starts it."""

    def __init__(self, directory: Path, *arguments: str, **settings: str) -> None:
        self.port, self.directory = _three_free_ports(), directory
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "layers/shared"),
            "HAAT_PORT": str(self.port),
            "HAAT_STATE_DIR": str(directory),
            "HAAT_SCENE": "0",
            **settings,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.run", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.printed: list[str] = []
        self.customer = self.badge = ""

    def wait_ready(self) -> Self:
        """Read what it prints up to the line that begins with `ready`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line)
            if line.startswith("ready"):
                return self
        raise AssertionError("".join(self.printed) + self.errors())

    def errors(self) -> str:
        """Return what it complained about; it must have ended."""
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def children(self) -> list[int]:
        """Return its functions' processes."""
        found: list[int] = []
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
                found += map(int, (task / "children").read_text().split())
        return found

    def phone(self, path: str, body: object = None) -> Any:
        """Call the simulated phone."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # on loopback
            f"http://127.0.0.1:{self.port + 2}/phone/api/{path}", data, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  # on loopback
            return json.load(answer)

    def chat(self, customer: str) -> str:
        """Return all that the phone shows, as text."""
        return json.dumps(self.phone(f"state?customer={customer}&shop={SWEETS}"), ensure_ascii=False)

    def seen(self, path: str) -> Any:
        """Ask what anyone may ask."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:  # on loopback
            return json.load(answer)

    def says_of(self, badge: str) -> Any:
        """Check a badge by the keys that it shows now, and return what the badge says of its shop."""
        keys = KeySet.import_key_set(self.seen("/.well-known/jwks.json"))
        return jwt.decode(badge, keys, algorithms=["ES256"]).claims["name"]

    def end(self, number: int = signal.SIGTERM) -> int:
        """Stop it, and wait until it is gone."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


def _three_free_ports() -> int:
    """Return a port that is free, as are the two after it."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
            except OSError:
                continue
            return port


def eventually(look: Callable[[], object], what: str) -> None:
    """Wait until `look` finds something: other processes are at work."""
    pause, end = threading.Event(), time.perf_counter() + PATIENCE
    while not look():
        assert time.perf_counter() < end, what
        pause.wait(0.05)


def gone(pid: int) -> bool:
    """Say whether a process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _saved_chats(directory: Path) -> str:
    document = json.loads((directory / "state.json").read_text())
    return json.dumps(document["simulators"], ensure_ascii=False)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a state directory that the runs of this module share."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def running(directory: Path) -> Iterator[Running]:
    """Return a stage that is up."""
    with Running(directory) as stage:
        yield stage.wait_ready()


def test_customer_is_answered_by_processes_of_their_own(running: Running) -> None:
    """From the phone page through the webhook, five processes and the simulated Graph API back to the phone."""
    customer = running.customer = running.phone("customers", RINA)["customer"]
    running.phone("messages", {"customer": customer, "shop": SWEETS, "text": "hours"})
    eventually(lambda: "08:00–21:00" in running.chat(customer), "a reply")
    assert len(running.children()) >= 5
    log = running.directory / "logs" / "outbound_message.log"
    eventually(lambda: log.exists() and '"sent"' in log.read_text(), "a line of the function's log")


def test_everything_says_where_it_is(running: Running) -> None:
    """The last line begins with `ready`; addresses are loopback."""
    text = "".join(running.printed)
    for port in (running.port, running.port + 1, running.port + 2):
        assert f"http://127.0.0.1:{port}" in text
    assert "haat-local-verify-token" in text
    assert "aws --endpoint-url" in text
    assert running.printed[-1].startswith("ready")
    assert "\x1b" not in text


def test_handshake_and_undeclared_paths_answer_as_on_aws(running: Running) -> None:
    """One port stands for all addresses of the stack."""
    base = f"http://127.0.0.1:{running.port}"
    query = "hub.mode=subscribe&hub.challenge=42&hub.verify_token=haat-local-verify-token"
    with urllib.request.urlopen(f"{base}/webhooks/whatsapp?{query}") as answer:  # noqa: S310  # on loopback
        assert answer.read() == b"42"
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        urllib.request.urlopen(f"{base}/nothing")  # noqa: S310  # on loopback
    assert json.load(refused.value)["type"] == "urn:haat:problem:not-found"


def test_aws_command_line_finds_the_stack(running: Running) -> None:
    """The endpoint of moto serves what the functions use."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{running.port + 1}",
        region_name="ap-south-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    assert "haat-local-conversation" in client.list_tables()["TableNames"]
    client.close()


def test_verified_shop_has_a_badge_that_anyone_can_check(running: Running) -> None:
    """The demo shop's request has been decided; the badge is signed by a process of its own, with a key of the stage."""
    path = f"/v1/directory/{VERIFIED.handle}/badge"
    eventually(lambda: running.seen(path)["badge"], "a signature")
    running.badge = running.seen(path)["badge"]
    assert running.says_of(running.badge) == VERIFIED.shop.merchant.name


def test_second_stage_names_the_port_and_its_setting(running: Running, tmp_path: Path) -> None:
    """And does nothing else."""
    with Running(tmp_path, HAAT_PORT=str(running.port)) as second:
        assert second.process.wait(PATIENCE) == 2
        assert f"port {running.port} is taken: set HAAT_PORT" in second.errors()
        assert not list(tmp_path.iterdir())


def test_stopping_ends_the_children_and_starting_again_keeps_chat_and_badge(running: Running, directory: Path) -> None:
    """SIGTERM is a clean end; after kill -9 at most the last seconds are lost, and children end by themselves.

    A badge of before is good with the keys of after.
    """
    customer, badge = running.customer, running.badge
    children = running.children()
    assert running.end() == 0
    assert all(gone(pid) for pid in children)
    with Running(directory) as again:
        again.wait_ready()
        assert "08:00–21:00" in again.chat(customer)
        assert again.says_of(badge) == VERIFIED.shop.merchant.name
        assert again.seen(f"/v1/directory/{VERIFIED.handle}/badge")["badge"] == badge
        again.phone("messages", {"customer": customer, "shop": SWEETS, "text": "price"})
        eventually(lambda: "Sandesh" in again.chat(customer), "a second reply")
        eventually(lambda: "Sandesh" in _saved_chats(directory), "a save")
        children = again.children()
        again.end(signal.SIGKILL)
        eventually(lambda: all(gone(pid) for pid in children), "orphans")
    with Running(directory) as third:
        third.wait_ready()
        assert "Sandesh" in third.chat(customer)
        third.end()
    with Running(directory, "--reset") as forgetting:
        assert forgetting.process.wait(PATIENCE) == 0
    # A start without these is the first one of this module.
    assert not [one for name in ("state.json*", "pepper", "logs/*.log") for one in directory.glob(name)]

"""ministack as a process of this one: started on a free loopback port, looked into, and stopped by its id."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import boto3

from infra.local.function import ACCOUNT, REGION
from infra.local.settings import HOST, ROOT

PYTHON = ROOT / ".venv-ministack/bin/python"
ENGINE = Path(__file__).parent / "engine"
# It answers after half a second; a machine with much to do may need more (seconds).
_READY, _GONE = 60.0, 10.0
# Ending a function's processes takes away their unpacked code, file by file (seconds).
_PATIENCE = 60.0
# ministack takes this key for the account's owner, to whom everything is allowed.
OWNER: Mapping[str, str] = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A permission that somebody's call was checked for: the role's name, the action and the resource, and the answer."""

    role: str
    action: str
    resource: str
    granted: bool


class MinistackError(Exception):
    """ministack is not installed, did not start, or does not answer; the text says where its log is."""


class Ministack:
    """One ministack with nothing in it, which checks every caller's permissions.

    `folder` takes its log (`ministack.log`), its state, and what functions' processes unpack.
    """

    def __init__(self, folder: Path, clock: Path) -> None:
        """Start it; `clock` is the file that says how far its time is moved. Raises MinistackError."""
        if not PYTHON.exists():
            raise MinistackError(f"{PYTHON.relative_to(ROOT)} is not there: `make conform` installs it")
        self.log, self._window = folder / "ministack.log", folder / "window"
        self.port = _free_port()
        scratch = folder / "tmp"
        scratch.mkdir()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
        environ = {
            **clean,
            **OWNER,
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            # Both listen on all of the machine's addresses, whatever BIND_HOST says.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": "true",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "STATE_DIR": str(folder / "state"),
            "S3_DATA_DIR": str(folder / "s3"),
            "TMPDIR": str(scratch),
            "PYTHONPATH": str(ENGINE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "HAAT_ENGINE_CLOCK": str(clock),
            "HAAT_ENGINE_WINDOW": str(self._window),
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [PYTHON, "-m", "ministack"], env=environ, cwd=folder, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._wait()
            self.look()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Use it; it ends with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.close()

    @property
    def url(self) -> str:
        """Where AWS's services, and the functions' addresses, are."""
        return f"http://{HOST}:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """What makes a program of AWS's speak to it, as the account's owner, and to nobody else."""
        return {
            **OWNER,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """Return an AWS client of the account's owner."""
        return boto3.client(  # type: ignore[call-overload]  # any service
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=OWNER["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=OWNER["AWS_SECRET_ACCESS_KEY"],
        )

    def look(self) -> dict[str, Any]:
        """Ask what is still to be done: see `engine/sitecustomize.py`."""
        return self._ask("look")

    def events(self) -> list[Any]:
        """Return what functions were given since the last `forget`, in order."""
        events: list[Any] = self._ask("events")["events"]
        return events

    def forget(self) -> None:
        """Make each function's next call a cold start, and forget logs, deduplication, failures and what they were given."""
        self._ask("forget")

    def restart(self, function: str) -> None:
        """End the processes of one function, by its physical name: what they remember is gone."""
        self._ask(f"restart {function}")

    def asked(self) -> list[Asked]:
        """Return each permission that roles were asked for since the last call of this, in order."""
        return [
            Asked(principal.split("/")[1], action, resource, granted)
            for principal, action, resource, granted in self._ask("asked")["asked"]
        ]

    def slow(self, action: str, seconds: float) -> None:
        """Let the next call that needs the permission `action` take so long, by the moved clock."""
        self._ask(f"slow {action} {seconds}")

    def sleep(self, *, on: bool) -> None:
        """Let schedules sleep, or run by the moved clock; they count from now."""
        self._ask(f"sleep {'on' if on else 'off'}")

    def messages(self, queue_url: str) -> list[dict[str, Any]]:
        """Return a queue's messages as ministack has them, without receiving any."""
        address = f"{self.url}/_ministack/sqs/messages?QueueUrl={queue_url}"
        with urllib.request.urlopen(address, timeout=_GONE) as answer:
            accounts = json.load(answer)["messages"]
        found: list[dict[str, Any]] = accounts.get(ACCOUNT, {}).get(REGION, {}).get(queue_url, [])
        return found

    def close(self) -> None:
        """Stop it, and with it the functions' processes."""
        if self._process.poll() is None:
            with suppress(OSError, ValueError):  # it has not come so far, or is going already
                self._ask("forget")
            self._process.terminate()
        try:
            self._process.wait(_GONE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, word: str) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_PATIENCE)
            line.connect(str(self._window))
            line.sendall(word.encode() + b"\n")
            with line.makefile("rb") as answer:
                document: dict[str, Any] = json.loads(answer.readline())
        return document

    def _wait(self) -> None:
        end = time.monotonic() + _READY
        while self._process.poll() is None and time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/_ministack/ready", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise MinistackError(f"ministack did not start: {self.log.read_text('utf-8', 'replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port

"""`make settlement-file ACCOUNT=... DAY=... FILE=...`: brings a bank's settlement file to a stack's API, has it read, and says what came out.

Without FILE the bank is asked for the report of that day, where it gives one. An operator's token stands in HAAT_OPERATOR_TOKEN. The same file may be
brought any number of times: the API knows it again. Exit status 0: it was read; 1: it was not; 2: something is missing in the command.
"""

import argparse
import hashlib
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import urllib3
from urllib3.filepost import encode_multipart_formdata

from haat.kernel.errors import HaatError, Rejected, Unavailable
from haat.payment.model.files import QUESTIONS
from haat.payment.rules.reading import rupees
from infra.local.settings import Settings
from infra.operate.shop import outputs

# Method, address, headers, body -> status and body of the answer.
Speaks = Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]]

PATH = "/v1/operator/settlement-files"
LOOKS, PAUSE_S = 90, 2.0  # three minutes; what takes longer can be looked at by its id
SHOWN = 20  # lines that somebody should look at
TOTALS = ("received", "refunded", "charged_back", "fees", "gst_on_fees", "net")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be brought; `raw` is None where the bank is asked."""

    account: str
    first: str
    last: str
    raw: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The API of a stack, and an operator's token."""

    address: str
    token: str
    speaks: Speaks
    pauses: Callable[[float], None]

    def bring(self, wish: Wish) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Announce a file, post it, have it read, and wait -> the file, and the first lines to look at. Raises Rejected, Unavailable."""
        asked = {"payee_account_id": wish.account, "first_day": wish.first, "last_day": wish.last}
        body = json.dumps(asked | ({"fetch": True} if wish.raw is None else {})).encode()
        # The same file under the same name: after an error the command is said again, and goes on with the file that it had announced.
        name = f"fetch-{secrets.token_hex(8)}" if wish.raw is None else hashlib.sha256(body + wish.raw).hexdigest()
        file = self._asks("POST", PATH, body, key=f"file-{name}")
        if wish.raw is not None and self._shows(file)["state"] == "refused":  # the last time; now it may be taken
            file = self._asks("POST", PATH, body, key=f"file-{secrets.token_hex(8)}")
        if wish.raw is not None:
            self._posts(file["upload"], wish.raw)
            self._asks(
                "POST", f"{PATH}/{file['id']}/read", key=secrets.token_hex(8), but=409
            )  # 409: it was read before
        for _ in range(LOOKS):
            file = self._shows(file)
            if file["state"] in ("done", "refused") or file["reason"] == "no_file":
                break
            self.pauses(PAUSE_S)
        return file, self._questions(file)

    def _shows(self, file: Mapping[str, Any]) -> dict[str, Any]:
        return self._asks("GET", f"{PATH}/{file['id']}")

    def _questions(self, file: Mapping[str, Any]) -> list[dict[str, Any]]:
        if not file["questions"]:
            return []
        meanings = ",".join(QUESTIONS)
        found: list[dict[str, Any]] = []
        place: str | None = ""
        while place is not None and len(found) < SHOWN:
            page = self._asks(
                "GET", f"{PATH}/{file['id']}/lines?meaning={meanings}" + (f"&cursor={place}" if place else "")
            )
            found, place = found + page["items"], page["next"]
        return found[:SHOWN]

    def _asks(self, method: str, path: str, body: bytes = b"", *, key: str = "", but: int = 0) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.token}"} | ({"content-type": "application/json"} if body else {})
        status, raw = self.speaks(
            method, self.address + path, headers | ({"idempotency-key": key} if key else {}), body
        )
        try:
            said = json.loads(raw)
        except ValueError:
            said = {}
        if not isinstance(said, dict) or (not 200 <= status < 300 and status != but):
            raise Rejected(f"the API says {status}: {_words(said)}")
        return said

    def _posts(self, form: Mapping[str, Any], raw: bytes) -> None:
        body, media = encode_multipart_formdata([*form["fields"].items(), ("file", ("file", raw))])
        status, _ = self.speaks("POST", form["url"], {"content-type": media}, body)
        if not 200 <= status < 300:
            raise Rejected(f"the file was not taken: {status} (is it larger than 8 MB?)")


def _words(said: Any) -> str:
    """What a problem says, its fields too."""
    if not isinstance(said, dict):
        return "no document"
    faults = [f"{error['field']} {error['message']}" for error in said.get("errors", ())]
    return "; ".join([str(said.get("detail") or said.get("title") or "nothing"), *faults])


def told(file: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What came out, in lines."""
    why = f" ({file['reason']}{' as ' + file['same_as'] if file['same_as'] else ''})" if file["reason"] else ""
    yield f"file {file['id']} of {file['provider']}, {file['first_day']} to {file['last_day']}: {file['state']}{why}"
    for meaning, count in sorted(file["lines"].items()):
        yield f"  {meaning:20}{count:8}"
    if file["state"] == "done":
        for name in TOTALS:
            amount = file["totals"][name]
            yield f"  {name:20}{'-' if amount < 0 else ''}Rs {rupees(abs(amount))}"
    if lines:
        yield f"{file['questions']} lines to look at:"
    for line in lines:
        name = line["rrn"] or line["provider_payment_id"] or line["reference_id"] or ""
        place = f"line {line['line']}" if line["line"] else "no line"
        yield f"  {line['meaning']:20}{place:12}Rs {rupees(line['amount']['minor']):14}{name} {line['reason'] or ''}".rstrip()


def over_http(method: str, address: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """One call, as a program makes it. Raises Unavailable."""
    try:
        answer = urllib3.PoolManager(retries=False).request(
            method, address, body=body, headers=dict(headers), timeout=60.0
        )
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable(f"no answer from {address.partition('?')[0]}: {type(error).__name__}") from None
    return answer.status, answer.data


def address_of(stage: str) -> str:
    """Where a stack's API is. Raises Rejected, Unavailable."""
    if stage == "local":
        return Settings.from_environ(os.environ).url
    return outputs(boto3.client("cloudformation"), f"haat-{stage}")["ApiUrl"]


def main(
    arguments: Sequence[str] | None = None, speaks: Speaks = over_http, pauses: Callable[[float], None] = time.sleep
) -> int:
    """Bring one file; return the exit status."""
    parser = argparse.ArgumentParser(prog="make settlement-file", description="A bank's settlement file.")
    parser.add_argument("--stage", default="local", help="the stack's Stage parameter")
    parser.add_argument("--account", default="", help="the payee account's id")
    parser.add_argument("--day", default="", help="the file's day, such as 2026-11-01")
    parser.add_argument("--last", default="", help="its last day, where it has more than one")
    parser.add_argument("--file", type=Path, help="the file; without it the bank is asked")
    options = parser.parse_args(arguments)
    token = os.environ.get("HAAT_OPERATOR_TOKEN", "")
    if not (options.account and options.day and token):
        print(
            "make settlement-file: ACCOUNT= a payee account's id, DAY= a day; HAAT_OPERATOR_TOKEN holds a token",
            file=sys.stderr,
        )
        return 2
    try:
        raw = options.file.read_bytes() if options.file else None
        desk = Desk(address=address_of(options.stage), token=token, speaks=speaks, pauses=pauses)
        wish = Wish(account=options.account, first=options.day, last=options.last or options.day, raw=raw)
        file, lines = desk.bring(wish)
    except (HaatError, OSError) as error:
        print(f"make settlement-file: {error}", file=sys.stderr)
        return 1
    print("\n".join(told(file, lines)))
    return 0 if file["state"] == "done" else 1


if __name__ == "__main__":
    sys.exit(main())

"""The payer's page of the simulated bank, and the JSON behind it, for programs too.

    GET  /bank                      the page (bank.html, bank.css, bank.js)
    GET  /bank/files/{provider}/{merchant id}/{yyyy-mm-dd}   the settlement file of a payee: what moved on a day
    GET  /bank/api/state            ?tag=   everything the page draws, or only the tag if unchanged
    POST /bank/api/payments         {link, outcome, amount?, payer?, times?, minutes?} -> {payments}: pays; `minutes` is later
    POST /bank/api/payments/{id}    {outcome}: ends one that is open
    POST /bank/api/forgeries        {link, amount?, knows_secret?, times?}: somebody else says that it was paid
    POST /bank/api/refunds          {payment, amount} -> {refund}: gives back by hand, not through the API
    POST /bank/api/refunds/{id}     {outcome}: ends one that is under way
    POST /bank/api/charge-backs     {payment, amount?} -> {charge_back}: the payer's bank takes it back; only the day's file says so
    POST /bank/api/faults           {fault, times?, provider?, edge?, seconds?, copies?} -> {id}: no times, until it is switched off
    POST /bank/api/faults/off       {id?}: one of those that the state lists, or all
    POST /bank/api/settings         {refunds}: "done" or "pending"
    POST /bank/api/release          {count?} -> {released}: lets held callbacks go
    POST /bank/api/accounts         {provider, merchant_id, vpa, webhook, keys, name?, settings?, fee_rate?}: a payee; `keys` as the bank has them
    POST /bank/api/accounts/on      {account}: callbacks again, after a day of failures

Amounts are text in rupees, `outcome` is success, failed, pending, deemed, or of a refund done, failed. It answers only to loopback names.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal

from infra.local.http import Request, Response
from infra.local.simulators.bank import PAYER, BankSimulator
from infra.local.simulators.bank_drawn import drawn
from infra.local.simulators.bank_faults import (
    CALL_FAULTS,
    CALLBACK_FAULTS,
    EDGES,
    FILE_FAULTS,
    BankFault,
    CallbackFault,
    CallFault,
    Edge,
    FileFault,
)
from infra.local.simulators.bank_formats import FORMATS, PROVIDERS
from infra.local.simulators.bank_paying import paise
from infra.local.simulators.bank_wire import body_of
from infra.local.simulators.bank_world import Impossible, PaymentWord, Provider, RefundWord
from infra.local.simulators.pages import COMMON, file, local, said
from infra.local.simulators.wire import Json

_FILES = {
    "/bank": ("bank.html", "text/html"),
    "/bank/bank.css": ("bank.css", "text/css"),
    "/bank/bank.js": ("bank.js", "text/javascript"),
}
_OUTCOMES: dict[str, PaymentWord] = {
    "success": "SUCCESS",
    "failed": "FAILED",
    "pending": "PENDING",
    "deemed": "DEEMED",
}
_ENDS: dict[str, Literal["SUCCESS", "FAILED"]] = {"success": "SUCCESS", "failed": "FAILED"}
_REFUND_ENDS: dict[str, RefundWord] = {"done": "DONE", "failed": "FAILED"}
_REFUNDS: dict[str, Literal["done", "pending"]] = {"done": "done", "pending": "pending"}
_FAULTS: dict[str, CallbackFault | CallFault | FileFault] = {
    kind: kind for kind in (*CALLBACK_FAULTS, *CALL_FAULTS, *FILE_FAULTS)
}
_PROVIDERS: dict[str, Provider] = {name: name for name in PROVIDERS}
_EDGES: dict[str, Edge] = {edge: edge for edge in EDGES}
# A day's file: of a provider, and of a payee's number there.
_DAY = re.compile(r"/bank/files/(?P<provider>[a-z_]+)/(?P<merchant>[^/]+)/(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")
_AT_ONCE = 200


class BankPage:
    """Serves one bank. `links` finds payment links that customers were sent."""

    def __init__(self, bank: BankSimulator, links: Callable[[], list[str]]) -> None:
        self._bank, self._links = bank, links

    def handle(self, request: Request) -> Response | None:
        """Answer what belongs to the page; None where the path is somebody else's."""
        if request.path != "/bank" and not request.path.startswith("/bank/"):
            return None
        if not local(request):
            return said({"error": "This page is only served to this machine."}, 403)
        if request.method == "GET" and request.path in _FILES:
            return file(*_FILES[request.path])
        if request.method == "GET" and (asked := _DAY.fullmatch(request.path)):
            return self._file(asked["provider"], asked["merchant"], asked["day"])
        try:
            return said(self._api(request))
        except Impossible as impossible:
            return said({"error": str(impossible)}, 400)

    def _file(self, provider: str, merchant: str, day: str) -> Response:
        """Give what moved on a day, to be kept as a file."""
        if f"{provider}:{merchant}" not in self._bank.world.accounts or not _is_day(day):
            return said({"error": "There is no such file."}, 404)
        found = self._bank.settlement_file(f"{provider}:{merchant}", date.fromisoformat(day))
        if found is None:
            return said({"error": "This provider has no settlement files."}, 404)
        kind = FORMATS[provider].file
        headers = {
            "content-type": "application/json" if kind == "json" else "text/csv; charset=utf-8",
            "content-disposition": f'attachment; filename="{provider}-{_UNSAFE.sub("-", merchant)}-{day}.{kind}"',
        }
        return Response(status=200, headers=headers | COMMON, body=found)

    def _api(self, request: Request) -> Json:
        body, path = body_of(request), tuple(request.path.removeprefix("/bank/api/").split("/"))
        if body is None:
            raise Impossible("the body is not a JSON object")
        match request.method, *path:
            case "GET", "state":
                with self._bank.lock:
                    return drawn(self._bank, self._links(), request.query.get("tag", ""))
            case "POST", ("payments" | "forgeries" | "refunds" | "charge-backs"), *_:
                return self._act(path, body)
            case "POST", _, *_:
                return self._set(path, body)
            case _:
                raise Impossible("there is no such thing here")

    def _act(self, path: tuple[str, ...], body: Json) -> Json:
        """Move money."""
        bank = self._bank
        match path:
            case ("payments",):
                return self._pay(body)
            case "payments", id:
                return {"payment": bank.finish(id, _one(body, "outcome", _ENDS)).id}
            case ("forgeries",):
                for _ in range(_whole(body, "times", 1, _AT_ONCE)):
                    bank.forge(_text(body, "link"), amount=_amount(body), knows_secret=body.get("knows_secret") is True)
                return {}
            case ("charge-backs",):
                return {"charge_back": bank.charge_back(_text(body, "payment"), _amount(body)).id}
            case ("refunds",):
                payment = bank.world.payments.get(_text(body, "payment"))
                if payment is None:
                    raise Impossible("there is no such payment")
                return {"refund": bank.begin_refund(payment, _amount(body) or bank.left(payment)).id}
            case "refunds", id:
                return {"refund": bank.finish_refund(id, _one(body, "outcome", _REFUND_ENDS)).id}
            case _:
                raise Impossible("there is no such thing here")

    def _set(self, path: tuple[str, ...], body: Json) -> Json:
        """Change how the bank behaves."""
        bank = self._bank
        match path:
            case ("faults",):
                return {"id": self._switch_on(body)}
            case "faults", "off":
                with bank.lock:
                    bank.faults.remove(_whole(body, "id", 0, 10**9)) if "id" in body else bank.faults.clear()
            case ("settings",):
                bank.refunds = _one(body, "refunds", _REFUNDS)
            case ("release",):
                return {"released": bank.release(_whole(body, "count", 1, _AT_ONCE) if "count" in body else None)}
            case ("accounts",):
                return self._open(body)
            case ("names",):
                name = body.get("name")
                bank.world.names[_text(body, "address").casefold()] = name if isinstance(name, str) else None
            case "accounts", "on":
                if _text(body, "account") not in bank.world.accounts:
                    raise Impossible("there is no such payee")
                bank.switch_on(_text(body, "account"))
            case _:
                raise Impossible("there is no such thing here")
        return {}

    def _pay(self, body: Json) -> Json:
        bank, word = self._bank, _one(body, "outcome", _OUTCOMES, "success")
        link, payer, amount = _text(body, "link"), _text(body, "payer", PAYER), _amount(body)
        if minutes := _whole(body, "minutes", 0, 60 * 24 * 60):
            bank.pay_later(link, minutes * 60.0, amount=amount, word=word, payer=payer)
            return {"payments": []}
        times = _whole(body, "times", 1, 10)
        return {"payments": [bank.pay(link, amount=amount, word=word, payer=payer).id for _ in range(times)]}

    def _switch_on(self, body: Json) -> int:
        fault = BankFault(
            kind=_one(body, "fault", _FAULTS),
            times=_whole(body, "times", 1, 10**6) if body.get("times") else None,
            provider=_one(body, "provider", _PROVIDERS) if body.get("provider") else None,
            edge=_one(body, "edge", _EDGES, "any"),
            seconds=float(_whole(body, "seconds", 60, 86_400)),
            copies=_whole(body, "copies", 3, 100),
        )
        with self._bank.lock:
            return self._bank.faults.add(fault)

    def _open(self, body: Json) -> Json:
        account = self._bank.open_account(
            _one(body, "provider", _PROVIDERS),
            merchant_id=_text(body, "merchant_id"),
            vpa=_text(body, "vpa"),
            webhook=_text(body, "webhook"),
            keys=_texts(body, "keys"),
            name=_text(body, "name", "Shop"),
            settings=_texts(body, "settings"),
            fee_rate=_whole(body, "fee_rate", 0, 1_000),
        )
        return {"account": account.id}


LINK = re.compile(r"upi://pay\?[^\s<>\"]+")


def links_in(texts: list[str]) -> list[str]:
    """Return the payment links of some texts, each once, in their order."""
    return list(dict.fromkeys(found for text in texts for found in LINK.findall(text)))


def _text(body: Json, name: str, default: str = "") -> str:
    value = body.get(name, default)
    if not isinstance(value, str) or not (value.strip() or default):
        raise Impossible(f"{name} is missing")
    return value.strip() or default


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _texts(body: Json, name: str) -> dict[str, str]:
    value = body.get(name, {})
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise Impossible(f"{name} is an object of texts")
    return value


def _amount(body: Json) -> int | None:
    """Read rupees, None where nothing is said: then the link says it."""
    return paise(_text(body, "amount")) if body.get("amount") else None


def _whole(body: Json, name: str, default: int, most: int) -> int:
    value: Any = body.get(name, default)
    if type(value) is not int or not 0 <= value <= most:
        raise Impossible(f"{name} must be a whole number up to {most}")
    return value


def _one[T](body: Json, name: str, of: Mapping[str, T], default: str = "") -> T:
    value = body.get(name, default)
    if not isinstance(value, str) or value not in of:
        raise Impossible(f"{name} must be one of {', '.join(of)}, not {json.dumps(value)}")
    return of[value]

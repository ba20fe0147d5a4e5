"""What stands between a request and its route: who calls, may they, how often, and has this been asked before."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from haat.business.model.token import MARKET, Caller
from haat.business.ports import Rates
from haat.business.service.callers import Callers
from haat.edge.api.bodies import read_json
from haat.edge.api.operations import Operation, check
from haat.edge.api.problems import Problem
from haat.kernel.errors import NotFound, Rejected
from haat.kernel.once import Once
from haat.kernel.secret import Secret
from haat.kernel.text import clean
from haat.kernel.time import MINUTE, Instant

BODY_LIMIT = 1024 * 1024  # bytes
# More than an export's largest part (business/service/products.py), saved again by a spreadsheet. Lambda takes 6 MB of JSON, in which each
# quotation mark and line end has two bytes.
TABLE_LIMIT = 3_000_000
TABLE = "text/csv"
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_REFERENCE = re.compile(r"[!-~]{1,35}")  # of a payment; of ours all are ULIDs behind an H
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_TAG = re.compile(r'"([0-9]{1,15})"')
_ANY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')  # RFC 9110, 8.8.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Decides which requests come to their route. One for each function."""

    callers: Callers
    rates: Rates
    per_minute: int  # requests of one token

    def admit(self, operation: Operation, headers: Mapping[str, str], path: Mapping[str, str], now: Instant) -> Caller:
        """The caller of an operation that is not for everyone. Raises Problem, NotFound, Conflict, Unavailable."""
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise Problem("unauthenticated")
        fresh = operation.fresh or operation.method != "GET"
        caller = self.callers.prove(Secret(text.strip()), now, fresh=fresh, outlives=operation.outlives)
        if caller is None:
            raise Problem("unauthenticated")
        minute = now // MINUTE
        if self.rates.hit(caller.token, minute) > self.per_minute:
            wait = str(-(-((minute + 1) * MINUTE - now) // 1000))
            raise Problem("too-many-requests", headers={"retry-after": wait})
        # Whose it is comes before what one may do with it: another merchant's things do not exist for this caller.
        ours = caller.role in MARKET
        if "merchant_id" in path and not ours and caller.merchant != path["merchant_id"]:
            raise NotFound("merchant")
        if caller.role not in operation.roles:
            if ours != any(role in MARKET for role in operation.roles):
                # One side of the market knows nothing of the other's addresses.
                raise Problem("not-found", "there is nothing at this address")
            raise Problem("forbidden", f"this needs a token of the role {' or '.join(operation.roles)}")
        return caller


def known_ids(path: Mapping[str, str]) -> None:
    """Raises NotFound where an id in the path can be nobody's."""
    for name, value in path.items():
        if name.endswith("_id") and not (_REFERENCE if name == "reference_id" else _ULID).fullmatch(value):
            raise NotFound("payment request" if name == "reference_id" else name.removesuffix("_id").replace("_", " "))


def read_query(operation: Operation, raw: Mapping[str, list[str]]) -> dict[str, Any]:
    """The parameters behind the question mark, as the document types them. Raises Rejected."""
    properties: Mapping[str, Any] = operation.query.get("properties", {})
    query: dict[str, Any] = {}
    for name, values in raw.items():
        kind = properties.get(name, {}).get("type")
        if kind == "array":
            query[name] = [clean(value) for value in values]
        elif kind == "integer" and re.fullmatch(r"-?\d{1,15}", values[-1]):
            query[name] = int(values[-1])
        elif kind == "boolean" and values[-1] in ("true", "false"):
            query[name] = values[-1] == "true"
        else:
            query[name] = clean(values[-1])
    check("query", operation, query)
    return query


def read_body(operation: Operation, headers: Mapping[str, str], raw: bytes) -> Any:
    """The body, where the operation takes JSON; checked against the document. Raises Problem, Rejected."""
    most = TABLE_LIMIT if TABLE in operation.takes else BODY_LIMIT
    if len(raw) > most:
        raise Problem("too-large", f"at most {most} bytes")
    if not operation.takes:
        return None
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in operation.takes:
        raise Problem("media-type", f"taken here: {', '.join(operation.takes)}")
    if operation.body is None:
        return None
    try:
        value = read_json(raw)
    except Rejected as error:
        raise Problem("malformed", str(error)) from None
    check("body", operation, value)
    return value


def seen_version(operation: Operation, headers: Mapping[str, str]) -> int | None:
    """The version in If-Match, where the operation needs it: one strong ETag, as it was read. Raises Problem.

    RFC 9110, 13.1.1: a weak ETag matches nothing, and * would match whatever is there, which is what If-Match is asked for to prevent.
    """
    if not operation.match:
        return None
    given = headers.get("if-match", "").strip()
    if not given:
        raise Problem("if-match")
    if found := _TAG.fullmatch(given):
        return int(found[1])
    if given == "*":
        raise Problem("if-match", "* would replace whatever is there; send the ETag that you read")
    if (tag := _ANY_TAG.fullmatch(given)) is None:
        raise Problem("malformed", "If-Match must be one ETag in its quotes, as it was read")
    raise Problem("changed", "a weak ETag matches nothing" if tag[1] else "this ETag is none of ours")


def once(
    operation: Operation,
    caller: Caller | None,
    headers: Mapping[str, str],
    path: Mapping[str, str],
    raw: bytes,
    now: Instant,
) -> Once | None:
    """What makes the request happen once, where the operation makes something. Raises Problem."""
    if not operation.once:
        return None
    key = headers.get("idempotency-key", "").strip()
    if not _KEY.fullmatch(key):
        raise Problem("idempotency-key", "1 to 255 visible ASCII characters, new for each thing that is made")
    who = (caller.merchant or caller.operator or "") if caller else ""
    where = json.dumps(dict(sorted(path.items())))
    # An answer is remembered in the table of its effect, so that no operation could see another's key: each has keys of its own.
    return Once(key=_hash(who, operation.id, key), asked=_hash(where, hashlib.sha256(raw).hexdigest()), at=now)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:40]

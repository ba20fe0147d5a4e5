"""The API against its own document, with requests that nobody would think of (schemathesis, fixed seed)."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance, unsupported_method

from haat.business.model.token import Role
from haat.business.rules.tokens import write
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.security.api_document import document
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api
from tests.stack.business.reviewing import ANITA
from tests.stack.scratched import clock

pytestmark = pytest.mark.on_moto("requests made up by the hundred")
NUMBERS = itertools.count(1)
ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")
KEY = re.compile(r"[!-~]{1,255}")
UNSAYABLE = (
    "letters", "a place or a category is needed", "needs a ", "have ended", "stands in", "leads nowhere", "is no ", "Meta ",
    "must be the shop's own", "UTF-8", "lacks the column", "has columns", "must not be empty", "one line", "is none of ours", "must be one word",
    "needs either", "a letter or a digit", "is only for ", "must not hold |", "must not be after",
    "must name something",
)  # fmt: skip
THE_OPERATOR = "01KDVDNA000PERATR000000001"
EVERY_DAY, NOW_AND_THEN = 12, 150  # requests of each kind to each operation


class OnStage:
    """The stage as a WSGI application (PEP 3333); which stage is known when the tests run."""

    stage: Stage

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """One request."""
        headers = {
            key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = quote(environ["PATH_INFO"].encode("latin-1"))
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        answer = self.stage.http(environ["REQUEST_METHOD"], path + query, headers, body)
        start_response(f"{answer.status} -", list(answer.headers.items()))
        return [answer.body]


# Requests are thought of before there is a stage; these are the first three tokens that `Api` makes.
OWNER, OPERATOR, REVIEWER = (write(number.to_bytes(32)).reveal() for number in (1, 2, 3))


# Kept for no time: it depends on the address.
@schemathesis.auth(refresh_interval=None)
class Bearer:
    """The token that goes with a request: an operator's to the operators' addresses, a reviewer's to theirs, else a shop's owner's."""

    def get(self, case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:
        """Whose it is depends on the address."""
        side = case.operation.path.removeprefix("/v1/").partition("/")[0]
        return {"operator": OPERATOR, "reviewer": REVIEWER}.get(side, OWNER)

    def set(self, case: schemathesis.Case[Any], data: str, context: schemathesis.AuthContext) -> None:
        """Send it."""
        case.headers["Authorization"] = f"Bearer {data}"


APP = OnStage()
# 428 is what RFC 6585 has for an If-Match that is missing, 412 what RFC 9110 has for one that fits nothing.
CONFIG = schemathesis.config.SchemathesisConfig.from_dict(
    {
        "checks": {
            "missing_required_header": {"expected-statuses": [400, 401, 428]},
            "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 412, 429]},
            "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 412, 413, 415, 422, 428]},
        }
    }
)
schema = schemathesis.openapi.from_dict(
    {**document(), "servers": [{"url": "http://127.0.0.1"}]}, config=CONFIG
).exclude(method="OPTIONS")
schema.app = APP


@pytest.fixture(scope="module")
def market(deployed: Stage) -> Iterator[Api]:
    """Return the market, for all requests of this module."""
    clock(deployed).start()
    deployed.reset()
    seed(deployed)
    APP.stage, api = deployed, Api(deployed)
    people = [(SWEET_SHOP, Role.OWNER), (THE_OPERATOR, Role.OPERATOR), (ANITA, Role.REVIEWER)]
    assert [api.token(*one) for one in people] == [OWNER, OPERATOR, REVIEWER]
    yield api
    clock(deployed).stop()


def _sensible(case: schemathesis.Case[Any], number: int) -> bool:
    """Most requests go to the shop whose token is sent, or nothing but 404 would be seen; each has a key of its own.

    Says whether that mended a path which the document forbids: nothing may be wrong with the request any more.
    """
    mended = False
    if "merchant_id" in (case.path_parameters or {}):
        mended = not ULID.fullmatch(str(case.path_parameters["merchant_id"]))
        # Operators close and block their shop: another one than that whose people call.
        operator = case.operation.path.startswith("/v1/operator")
        case.path_parameters["merchant_id"] = HARDWARE_SHOP if operator else SWEET_SHOP
    if KEY.fullmatch(str(case.headers.get("Idempotency-Key", ""))):
        case.headers["Idempotency-Key"] = f"key-{number}"
    return mended


def _pointed(value: Any) -> Any:
    """A body as programs write it that know one kind of number: 3 is 3.0."""
    match value:
        case dict():
            return {name: _pointed(held) for name, held in value.items()}
        case list():
            return [_pointed(held) for held in value]
        case int() if not isinstance(value, bool):
            return float(value)
        case _:
            return value


def _wants_whole_numbers(case: schemathesis.Case[Any]) -> None:
    """The same request is refused where its numbers have a point: to OpenAPI 3.0 they are no whole ones."""
    pointed = _pointed(case.body)
    if repr(pointed) != repr(case.body):
        case.body = pointed
        answer = case.call()
        assert answer.status_code == 422, "a number with a point was taken"
        assert any("without a point" in error["message"] for error in answer.json()["errors"])


def _beyond_schemas(answer: Any) -> bool:
    """Whether all that is wrong is what no schema can say: a length as people count letters, one of two fields that is needed."""
    if answer.status_code != 422:
        return False
    errors = answer.json().get("errors", ())
    return bool(errors) and all(any(said in error["message"] for said in UNSAYABLE) for error in errors)


def _holds(case: schemathesis.Case[Any], market: Api) -> None:
    number = next(NUMBERS)
    if number % 100 == 1:
        market.forget_use()
    mended = _sensible(case, number)
    answer = case.call()
    excluded = [unsupported_method] + ([positive_data_acceptance] if _beyond_schemas(answer) else [])
    excluded += [negative_data_rejection] if mended else []
    case.validate_response(answer, excluded_checks=excluded)
    if case.media_type == "application/json" and 200 <= answer.status_code < 300:
        _wants_whole_numbers(case)


def _asked(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )


@schema.parametrize()
@_asked(EVERY_DAY)
def test_api_answers_as_its_document_says(case: schemathesis.Case[Any], market: Api) -> None:
    """Every answer is one of the document's, in its form; none is a 5xx; what the document forbids is refused."""
    _holds(case, market)


@pytest.mark.slow
@schema.parametrize()
@_asked(NOW_AND_THEN)
def test_api_answers_as_its_document_says_for_long(case: schemathesis.Case[Any], market: Api) -> None:
    """The same, with many more requests."""
    _holds(case, market)

"""Web pages of other origins: what the parameter AllowedOrigins lets them ask, of the API and of the pictures' bucket."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.lint.templates import load
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import Api
from tests.stack.scratched import clock

pytestmark = pytest.mark.on_moto("a stack of other parameters")
ORIGINS = ("https://shop.example", "http://desk.example:8443")
OTHERS = ("https://other.example", "http://shop.example", "https://desk.example:8443", "null")
ROOT = Path(__file__).parents[3]
PLAIN = {"name": "plain", "price": {"minor": 100, "currency": "INR"}, "unit": "piece"}


@pytest.fixture(scope="module")
def opened(deployed: Stage) -> Iterator[Stage]:  # which stands first, and longer
    """Return a stack of its own, which two origins may call."""
    with Stage.in_process(region="ap-southeast-4", parameters={"AllowedOrigins": ",".join(ORIGINS)}) as stage:
        clock(stage).stop()
        yield stage


@pytest.fixture
def open_api(opened: Stage) -> Iterator[Api]:
    """Return the API that two origins may call."""
    clock(opened).start()
    opened.reset()
    seed(opened)
    yield Api(opened)
    clock(opened).stop()


def offered(api: Api) -> dict[str, Any]:
    """A form to upload a picture."""
    made = api.json("POST", "products", PLAIN, expect=201)
    form: dict[str, Any] = api.json("POST", f"products/{made['id']}/pictures", {"type": "image/png"}, expect=201)[
        "upload"
    ]
    return form


def crossing(api: Api, origin: str) -> list[str | None]:
    """Which origin may read the answers: of the API, of its preflight, and of the preflight before a picture is posted."""
    asks = {"origin": origin, "access-control-request-method": "POST"}
    form = offered(api)
    answers = [
        api.call("GET", "products", headers=asks).headers,
        api.call("OPTIONS", "products", headers=asks, as_=None).headers,
        requests.options(form["url"], headers={"Origin": origin} | asks, timeout=5).headers,
    ]
    return [headers.get("access-control-allow-origin") for headers in answers]


@pytest.mark.parametrize("origin", ORIGINS)
def test_page_that_may_call_may_upload(open_api: Api, origin: str) -> None:
    """A page of a named origin reads the answers of the API and posts a picture to the bucket."""
    assert crossing(open_api, origin) == [origin] * 3


@pytest.mark.parametrize("origin", OTHERS)
def test_page_of_another_origin_may_do_neither(open_api: Api, origin: str) -> None:
    """An origin that is not named is told nothing, here as there."""
    assert crossing(open_api, origin) == [None] * 3


def test_no_page_may_call_where_none_is_named(api: Api) -> None:
    """Without the parameter there is no page that may call or upload."""
    assert crossing(api, ORIGINS[0]) == [None] * 3


def test_both_have_one_list() -> None:
    """Bucket and functions are given the same words, and no word of the parameter means something else to one of them.

    To S3 a "*" is everybody, a space a part of the origin; the functions take origins as they stand.
    """
    named = load(ROOT).parameters("")["AllowedOrigins"]
    takes = re.compile(named["AllowedPattern"]).fullmatch
    assert takes(named["Default"])
    assert all(map(takes, [*ORIGINS, ",".join(ORIGINS), "capacitor://localhost"]))
    wrong = [
        "",
        "*",
        "https://*",
        "https://*.example",
        f"{ORIGINS[0]}, {ORIGINS[1]}",
        f"{ORIGINS[0]}/",
        "shop.example",
        "none,*",
    ]
    assert not any(map(takes, [*wrong, ORIGINS[0].upper(), f"none,{ORIGINS[0]}", f"{ORIGINS[0]},"]))

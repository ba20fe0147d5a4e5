"""A badge is checked with the code of docs/badge.md and the public addresses alone, by two libraries that are none of ours."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from haat.kernel.ids import OperatorId
from haat.kernel.time import DAY, HOUR
from haat.verification.rules import badges, status
from haat.verification.rules.signatures import base64url, raw
from infra.local.market import SAREES, SWEETS
from infra.local.seed import seed
from infra.local.stage import Stage
from tests.stack.business.conftest import Api
from tests.stack.verification.badged import REVIEWER, SIGNER, Case, Market, Witness, missing, open_market

pytestmark = pytest.mark.on_moto("a market at an address of its own")

SWEET_SHOP, SAREE_SHOP = SWEETS.merchant.id, SAREES.merchant.id


@pytest.fixture
def market(stage: Stage, tmp_path: Path) -> Iterator[Market]:
    """Return the market, open."""
    seed(stage)
    with open_market(stage, Api(stage), tmp_path) as market:
        yield market
    assert not [failure for failure in stage.failures if not failure.died], "a function broke"


@pytest.fixture(params=get_args(Witness.__value__))
def witness(request: pytest.FixtureRequest) -> Witness:
    """Return each of those who check; who is not there is left out aloud."""
    name: Witness = request.param
    if why := missing(name):
        pytest.skip(f"badges were NOT checked by {name}: {why}")
    return name


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Header, claims and signature of a token."""
    head, body, signature = token.split(".")
    return _read(head), _read(body), signature


def _read(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return found


def _written(value: dict[str, Any]) -> str:
    return base64url(json.dumps(value).encode())


def forged(badge: str, keys: list[dict[str, Any]], listed: str) -> dict[str, str]:
    """What somebody could make of a badge without the market's key."""
    head, said, signature = parts(badge)
    body = badge.split(".")[1]
    mine = ec.generate_private_key(ec.SECP256R1())

    def signs(header: dict[str, Any], claims: dict[str, Any]) -> str:
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415  # only here

        text = f"{_written(header)}.{_written(claims)}"
        return f"{text}.{base64url(raw(mine.sign(text.encode(), ec.ECDSA(SHA256()))))}"

    point = mine.public_key().public_numbers()
    own = {"kty": "EC", "crv": "P-256", "x": base64url(point.x.to_bytes(32)), "y": base64url(point.y.to_bytes(32))}
    secret = json.dumps(keys[0]).encode()
    keyed = f"{_written({**head, 'alg': 'HS256'})}.{body}"
    flipped = bytearray(base64.urlsafe_b64decode(signature + "=="))
    flipped[40] ^= 1
    return {
        "its name is another": f"{badge.split('.', maxsplit=1)[0]}.{_written({**said, 'name': 'Another Shop'})}.{signature}",
        "its signature has one bit changed": f"{badge.rpartition('.')[0]}.{base64url(bytes(flipped))}",
        "it has no signature": f"{badge.rpartition('.')[0]}.",
        "alg none": f"{_written({**head, 'alg': 'none'})}.{body}.",
        "alg none, with the signature": f"{_written({**head, 'alg': 'none'})}.{body}.{signature}",
        "keyed with what is public": f"{keyed}.{base64url(hmac.digest(secret, keyed.encode(), hashlib.sha256))}",
        "signed by somebody's key under our key's name": signs(head, said),
        "signed by a key that it brings along": signs({**head, "kid": "mine", "jwk": {**own, "kid": "mine"}}, said),
        "a status list instead of a badge": listed,
    }


def test_right_badge_is_accepted_and_no_other(market: Market, witness: Witness) -> None:
    """What the market has signed for this shop, now, is believed; whatever else somebody makes of it is not."""
    badge, sarees = market.gives(SWEET_SHOP), market.gives(SAREE_SHOP, "confirmed")
    said, none, wrong, late = market.checks(
        witness,
        Case(shop=SWEET_SHOP, badge=badge),
        Case(shop=SAREE_SHOP),
        Case(shop=SWEET_SHOP, badge=sarees),
        Case(shop=SWEET_SHOP, badge=badge, at=market.badge(SWEET_SHOP).expires_at),
    )
    assert (said["iss"], said["sub"], said["name"], said["level"]) == (
        market.url, SWEET_SHOP, SWEETS.merchant.name, "verified",
    )  # fmt: skip
    assert (said["number"], said["exp"] - said["iat"]) == ("+919800000001", 365 * 86_400)
    assert none["level"] == "confirmed"
    assert "refused" in wrong
    assert "refused" in late
    keys = market.api.json("GET", "/.well-known/jwks.json", as_=None)["keys"]
    listed = market.stage.http("GET", f"/v1/badge-status-lists/{status.list_of(market.now)}").body.decode()
    made = forged(badge, keys, listed)
    taken = market.accepted(witness, *(Case(shop=SWEET_SHOP, badge=one) for one in made.values()))
    assert not [name for name, was in zip(made, taken, strict=True) if was]


def test_badge_that_was_taken_away_is_refused(market: Market, witness: Witness) -> None:
    """At once, for good; one that waits for a reviewer until it was looked at. A neighbour's on the same list stays."""
    badge, sarees = market.gives(SWEET_SHOP), market.gives(SAREE_SHOP)
    both = Case(shop=SWEET_SHOP, badge=badge), Case(shop=SAREE_SHOP, badge=sarees)
    assert market.accepted(witness, *both) == [True, True]
    market.complained_of(SAREE_SHOP)
    assert market.accepted(witness, *both) == [True, False]
    assert market.shown(SAREE_SHOP)["level"] == "unconfirmed"
    market.change(SAREE_SHOP, _restored(market))
    market.revokes(SWEET_SHOP)
    assert market.accepted(witness, *both) == [False, True]
    assert market.shown(SWEET_SHOP)["badge"] is None


def _restored(market: Market) -> Any:
    from haat.verification.model.dossier import ShopNow  # noqa: PLC0415  # only here

    kept = market.badge(SAREE_SHOP)
    shop = ShopNow(
        merchant=SAREES.merchant.id,
        name=kept.basis.name,
        legal_name=kept.basis.legal_name,
        open=True,
        country="IN",
    )
    return lambda before: badges.restore(before, kept.id, shop, OperatorId(REVIEWER), "We looked.", market.now)


def test_badge_by_a_key_that_is_shown_no_more_is_refused(market: Market, witness: Witness) -> None:
    """While both keys are shown a badge of either is good; then only what the second one signed, which is every badge within a day."""
    first, second = market.keys()
    badge = market.gives(SWEET_SHOP)
    old, again = Case(shop=SWEET_SHOP, badge=badge), Case(shop=SWEET_SHOP)
    with market.setting(SIGNER, BADGE_KEY=second, PUBLIC_URL=market.url):
        assert market.accepted(witness, old, again) == [True, True]
        sleepless(market, DAY)
        assert market.shown(SWEET_SHOP)["badge"] != badge
        assert market.accepted(witness, old, again) == [True, True]
        with market.setting("public_api", BADGE_KEYS=second):
            assert market.accepted(witness, old, again) == [False, True]
    with market.setting("public_api", BADGE_KEYS=first):
        assert market.accepted(witness, again) == [False]


def test_status_list_must_be_the_badges_own_and_fresh(market: Market, witness: Witness) -> None:
    """Who puts another list in its place, or holds back a newer one for two days, gets no badge accepted; the market signs anew in time."""
    badge = market.gives(SWEET_SHOP)
    case = Case(shop=SWEET_SHOP, badge=badge)
    stale = Case(shop=SWEET_SHOP, badge=badge, at=market.now + status.LIFE_MS)
    assert market.accepted(witness, case, stale) == [True, False]
    sleepless(market, 13 * HOUR)
    assert market.accepted(witness, case, Case(shop=SWEET_SHOP, badge=badge, at=stale.at)) == [True, True]
    name = status.list_of(market.now)
    ours = market.table().get(f"LIST#{name}", "LIST")
    assert ours is not None
    market.stage.clock.advance(40 * DAY / 1000)  # type: ignore[attr-defined]  # a clock for tests
    market.gives(SAREE_SHOP)
    another = market.table().get(f"LIST#{status.list_of(market.now)}", "LIST")
    assert another is not None
    sleepless(market, HOUR)
    assert market.accepted(witness, case) == [True]
    _put_in_place(market, name, another["token"])
    assert market.accepted(witness, case) == [False]


def _put_in_place(market: Market, name: str, token: str) -> None:
    from haat.aws.table import Update  # noqa: PLC0415  # only here

    market.table().update(Update(pk=f"LIST#{name}", sk="LIST", set={"token": token}))


def sleepless(market: Market, ms: int) -> None:
    """Let time pass, schedules and all, in a few steps: a sweep of each minute is not what is tested."""
    for _ in range(4):
        market.stage.clock.advance(ms / 4000)  # type: ignore[attr-defined]  # a clock for tests
        market.stage.invoke(SIGNER, {"detail-type": "Scheduled Event"})
        market.stage.drain()


def test_level_is_drawn_wherever_the_name_is(market: Market) -> None:
    """The badge, the shop's public profile, the lists of the directory, its own profile; gone from all of them in the same moment."""
    assert levels(market) == ["unconfirmed"] * 4
    market.gives(SWEET_SHOP)
    assert levels(market) == ["verified"] * 4
    market.revokes(SWEET_SHOP)
    assert levels(market) == ["unconfirmed"] * 4
    market.gives(SAREE_SHOP, "confirmed")
    assert levels(market, SAREE_SHOP) == ["confirmed"] * 4
    assert levels(market) == ["unconfirmed"] * 4


def levels(market: Market, shop: str = SWEET_SHOP) -> list[str]:
    """What four places say of a shop."""
    handle = market.shown(shop)["handle"]
    listed = market.api.json("GET", "/v1/directory?place=Kolkata", as_=None)["items"]
    return [
        market.shown(shop)["level"],
        market.api.json("GET", f"/v1/directory/{handle}", as_=None)["level"],
        *(item["level"] for item in listed if item["handle"] == handle),
        market.api.json("GET", "business-profile", as_=shop)["level"],
    ]


def test_renamed_shop_has_no_badge_from_that_moment(market: Market) -> None:
    """Before anybody was told of the new name, and after; the old name alone does not bring it back."""
    market.gives(SWEET_SHOP)
    answer = market.api.call("GET", "business-profile", as_=SWEET_SHOP)
    before = json.loads(answer.body)
    said = {name: before[name] for name in ("name", "language", "handle", "listed", "place")}
    renamed = {**said, "name": "Mishti Bhandar and Sons"}
    market.api.json("PUT", "business-profile", renamed, match=answer.headers["etag"], as_=SWEET_SHOP)
    assert levels(market) == ["unconfirmed"] * 4
    market.stage.drain()
    assert (market.badge(SWEET_SHOP).state, market.badge(SWEET_SHOP).reason) == ("fallen", "name_changed")
    tag = market.api.call("GET", "business-profile", as_=SWEET_SHOP).headers["etag"]
    market.api.json("PUT", "business-profile", said, match=tag, as_=SWEET_SHOP)
    market.stage.drain()
    assert levels(market) == ["unconfirmed"] * 4


def test_shop_that_is_not_in_the_directory_shows_no_badge(market: Market) -> None:
    """Nobody is there: 404, as for its profile."""
    market.gives(SWEET_SHOP)
    answer = market.api.call("GET", "business-profile", as_=SWEET_SHOP)
    before = json.loads(answer.body)
    said = {name: before[name] for name in ("name", "language", "handle", "place")} | {"listed": False}
    market.api.json("PUT", "business-profile", said, match=answer.headers["etag"], as_=SWEET_SHOP)
    assert market.api.refused("GET", "/v1/directory/mishti-bhandar/badge", as_=None) == (404, "not-found")


@pytest.mark.parametrize("name", ["2031-01", "2026-13", "2026-1", "LIST", "2026-01%23x", "%F0%9F%AA%AA"])
def test_list_that_there_is_not_is_not_found(market: Market, name: str) -> None:
    """A list of another month, and what can be none."""
    assert market.api.refused("GET", f"/v1/badge-status-lists/{name}", as_=None) == (404, "not-found")


def test_pages_of_every_origin_may_check(market: Market) -> None:
    """Media types, how long each may be kept, and the header by which a browser hands it to any page."""
    market.gives(SWEET_SHOP)
    asked = {"origin": "https://somewhere.example"}
    answers = {
        path: market.stage.http("GET", path, asked)
        for path in (
            "/v1/directory/mishti-bhandar/badge",
            "/.well-known/jwks.json",
            f"/v1/badge-status-lists/{status.list_of(market.now)}",
        )
    }
    told = [
        tuple(answer.headers[name] for name in ("content-type", "cache-control", "access-control-allow-origin"))
        for answer in answers.values()
    ]
    assert told == [
        ("application/json; charset=utf-8", "no-store", "*"),
        ("application/json; charset=utf-8", "public, max-age=600", "*"),
        ("application/statuslist+jwt", "public, max-age=60", "*"),
    ]
    keys = json.loads(answers["/.well-known/jwks.json"].body)["keys"]
    assert [set(key) for key in keys] == [{"kty", "crv", "x", "y", "kid", "use", "alg"}] * 2


def test_first_key_signs_and_both_are_shown(market: Market) -> None:
    """Without a word of the operator's."""
    first, second = market.keys()
    functions = market.stage.functions
    assert functions[SIGNER].environment["BADGE_KEY"] == first != second
    badge = market.gives(SWEET_SHOP)
    keys = market.api.json("GET", "/.well-known/jwks.json", as_=None)["keys"]
    assert [parts(badge)[0]["kid"] == key["kid"] for key in keys] == [True, False]


@pytest.mark.slow
@pytest.mark.parametrize(("signer", "shown"), [("second", "both"), ("second", "second")])
def test_operator_chooses_keys_by_parameters(signer: str, shown: str) -> None:
    """The second key signs beside the first; then it is the only one that is shown."""
    parameters = {"BadgeSigner": signer, "BadgeKeysShown": shown}
    with Stage.in_process(region="ap-southeast-5", parameters=parameters) as stage:
        public, signs = (stage.functions[name].environment for name in ("public_api", SIGNER))
        keys = json.loads(stage.http("GET", "/.well-known/jwks.json").body)["keys"]
        assert len(keys) == (2 if shown == "both" else 1)
        assert public["BADGE_KEYS"].split(",")[-1] == signs["BADGE_KEY"]

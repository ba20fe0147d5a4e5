"""Bharat QR."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.payment.model.link import BharatQr, Unusable
from haat.payment.rules.bharatqr import build, crc, read
from haat.payment.rules.links import ADDRESS, LIMIT
from tests.upi_fixtures import upi_json

pytestmark = pytest.mark.upi

VECTORS = upi_json("vectors/bharatqr.json")
GOOD = {one["id"]: one["qr"] for one in VECTORS["vectors"] if one["valid"]}
DYNAMIC = (
    "000201010212021640000000000000020823TEST000000100000000123426340010A0000005240116shop.one@testpsp"
    "27310010A0000005240113HAATH2600080152045411530335654071499.505802IN5904Shop6006Jaipur610630200162290513HAATH260008010708000000016304A7F4"
)
SHOP = BharatQr(pa="shop.one@testpsp", name="Shop", city="Jaipur", mcc="5411")

ascii_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=15)
codes = st.builds(
    BharatQr,
    pa=st.from_regex(ADDRESS, fullmatch=True).filter(lambda text: text.isascii() and len(text) <= 60),
    name=ascii_text.filter(bool),
    city=ascii_text.filter(bool),
    pin=st.sampled_from(["", "302001"]),
    mcc=st.from_regex("[0-9]{4}", fullmatch=True),
    amount=st.integers(1, LIMIT),
    tr=st.from_regex("[A-Za-z0-9]{1,35}", fullmatch=True),
    dynamic=st.booleans(),
    more=st.dictionaries(st.sampled_from(["01", "05", "07", "08"]), ascii_text.filter(bool)),
    others=st.dictionaries(st.sampled_from(["02", "06", "08", "64"]), ascii_text.filter(bool)),
)


def sealed(body: str) -> str:
    """A code with the checksum that it should have, whatever is in it."""
    return f"{body}6304{crc(f'{body}6304')}"


def put(changed: dict[str, str]) -> str:
    """The dynamic code with other texts in it, and with a right checksum again."""
    body = DYNAMIC[:-8]
    for old, new in changed.items():
        assert body.count(old) == 1
        body = body.replace(old, new)
    return sealed(body)


@pytest.mark.parametrize("vector", VECTORS["crc"]["vectors"])
def test_checksum_is_the_published_one(vector: dict[str, str]) -> None:
    """The checksum of each published text is as published."""
    assert crc(vector["text"]) == vector["crc"]


@pytest.mark.parametrize("vector", [pytest.param(one, id=one["id"]) for one in VECTORS["vectors"]])
def test_code_is_read_or_refused_as_stated(vector: dict[str, Any]) -> None:
    """Each vector's code says what it states, or is refused for the reason that it states."""
    said = read(vector["qr"])
    assert (crc(vector["qr"][:-4]) == vector["qr"][-4:]) is vector["crc_ok"]
    if not vector["valid"]:
        assert said == Unusable(vector["reason"])
        return
    assert isinstance(said, BharatQr)
    if expect := vector.get("expect"):
        assert (expect["currency"], expect["country"]) == ("356", "IN")
        assert (said.pa, said.amount, said.tr) == (expect["pa"], expect["am_paise"], expect["tr"] or "")
        assert (said.name, said.city, said.pin, said.mcc) == tuple(
            expect[key] for key in ("name", "city", "pin", "mcc")
        )
        assert said.dynamic is (expect["point"] == "12")


@pytest.mark.parametrize("name", GOOD)
def test_building_gives_the_published_code(name: str) -> None:
    """What a published code says, built again, is that code letter for letter."""
    said = read(GOOD[name])
    assert isinstance(said, BharatQr)
    assert build(said, limit=10**9) == GOOD[name]


def test_static_code_tells_its_least_amount() -> None:
    """Where the payer types the amount, the least that he may type is read."""
    said = read(GOOD["static"])
    assert isinstance(said, BharatQr)
    assert (said.amount, said.least, said.dynamic) == (None, 100, False)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (put({"0002010102": "0002020102"}), "bad_version"),
        (put({"010212": "010213"}), "bad_point"),
        (put({"52045411": "520454A1"}), "bad_mcc"),
        (put({"52045411": "5204५४११"}), "bad_mcc"),
        (put({"5802IN": "5802BD"}), "bad_country"),
        (put({"340010A000000524": "340010A000000525"}), "not_upi"),
        (put({"310010A000000524": "310010A000000525"}), "not_upi"),
        (put({"54071499.50": "54071499,50"}), "bad_am"),
        (put({"54071499.50": "54040.00"}), "bad_am"),
        (put({"610630": "6106x0"}), "bad_pin"),
        (sealed(DYNAMIC[:-8] + "8001\n"), "bad_text"),
        (put({"5802IN": ""}), "missing_58"),
        (put({"5802IN": "5800"}), "missing_58"),
        (put({"5802IN": "5802IN5802IN"}), "repeated_tag"),
        (put({"5802IN": f"30280010A0000005240110aa@testpsp{'5802IN'}"}), "repeated_tag"),
        (sealed("000201"), "missing_26"),
        (f"{DYNAMIC}0000", "repeated_tag"),
        (f"{DYNAMIC}8000", "no_crc"),
        (f"{DYNAMIC}8001x", "no_crc"),
        (sealed(f"{DYNAMIC[:-8]}6304{'0' * 4}"), "repeated_tag"),
        (DYNAMIC.lower(), "bad_crc"),
        ("", "no_crc"),
        ("0002", "bad_tlv"),
        ("٠٠02٠١", "bad_tlv"),
        ("0" * 600, "too_long"),
        ("\ud800", "bad_encoding"),
        (b"\xff", "bad_encoding"),
    ],
)
def test_doubtful_code_is_refused(code: str | bytes, reason: str) -> None:
    """A right checksum makes nothing right: each field is looked at, and a second payee is refused."""
    assert read(code) == Unusable(reason)


def test_limit_holds_where_one_is_given() -> None:
    """A limit is the reader's to set: what is over it is refused."""
    said = read(DYNAMIC)
    assert isinstance(said, BharatQr)
    assert said.amount
    assert isinstance(read(DYNAMIC, limit=said.amount), BharatQr)
    assert read(DYNAMIC, limit=said.amount - 1) == Unusable("over_limit")


@pytest.mark.parametrize("letter", "0Ax~")
def test_smudge_is_found(letter: str) -> None:
    """One wrong letter anywhere is found."""
    for place in range(len(DYNAMIC)):
        changed = DYNAMIC[:place] + letter + DYNAMIC[place + 1 :]
        assert changed == DYNAMIC or isinstance(read(changed), Unusable), place


@given(codes)
def test_what_is_built_says_what_was_asked_for(code: BharatQr) -> None:
    """Any shop, sum and reference comes through, for one payment or for many."""
    built = build(code)
    assert isinstance(built, str)
    assert read(built) == read(built.encode()) == code


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "दुकान"}, "bad_text"),
        ({"name": "x" * 26}, "bad_text"),
        ({"city": "x" * 16}, "bad_text"),
        ({"name": "a\nb"}, "bad_text"),
        ({"name": ""}, "missing_59"),
        ({"pa": "shop"}, "bad_pa"),
        ({"pa": f"{'a' * 90}@testpsp"}, "bad_tlv"),
        ({"mcc": "541"}, "bad_mcc"),
        ({"tr": "A" * 36}, "bad_tr"),
        ({"amount": 0}, "bad_am"),
        ({"amount": 250.0}, "bad_am"),
        ({"amount": True}, "bad_am"),
        ({"least": 1.5}, "bad_am"),
        ({"amount": LIMIT + 1}, "over_limit"),
        ({"amount": 100, "least": 200}, "bad_least"),
        ({"dynamic": True}, "missing_54"),
        ({"dynamic": True, "amount": 100}, "missing_27"),
        ({"others": {"26": "x"}}, "bad_tlv"),
        ({"others": {"x": "x"}}, "bad_tlv"),
        ({"others": {"63": "0000"}}, "repeated_tag"),
        ({"more": {"99": "x"}}, "bad_tlv"),
    ],
)
def test_our_own_codes_are_stricter(changed: dict[str, Any], reason: str) -> None:
    """We make no code that some reader could not read, and none for one payment without its sum and reference."""
    assert build(replace(SHOP, **changed)) == Unusable(reason)


@given(
    st.text()
    | st.binary()
    | st.builds(sealed, st.text())
    | st.builds(lambda at, text: sealed(DYNAMIC[:at] + text), st.integers(0, 220), st.text())
)
def test_reading_never_raises(code: str | bytes) -> None:
    """Whatever comes is read or refused, with a right checksum too."""
    assert isinstance(read(code), BharatQr | Unusable)


def test_code_is_not_printed() -> None:
    """A payee's address stays out of logs and tracebacks."""
    assert "shop" not in repr(SHOP).lower()

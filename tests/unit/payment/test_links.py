"""Payment links."""

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haat.payment.model.link import Link, Unusable
from haat.payment.rules.links import ADDRESS, LIMIT, LONGEST, UNSEEN, build, read
from tests.upi_fixtures import upi_json

pytestmark = pytest.mark.upi

VECTORS = upi_json("vectors/uri.json")
BASE = "upi://pay?pa=shop.one@testpsp&pn=Shop"
SHOP = Link(pa="shop.one@testpsp", pn="Shop")

addresses = st.from_regex(ADDRESS, fullmatch=True).filter(str.isascii)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).filter(
    lambda text: not UNSEEN.search(text)
)
links = st.builds(
    Link,
    pa=addresses,
    pn=words.filter(bool),
    amount=st.none() | st.integers(1, LIMIT),
    tr=st.from_regex("[A-Za-z0-9_-]{0,35}", fullmatch=True),
    tn=words,
    mc=st.sampled_from(["", "5411"]),
    mode=st.sampled_from(["", "01", "04"]),
    extra=st.dictionaries(st.sampled_from(["purpose", "orgid", "gstIn", "invoiceNo"]), words),
)


def by_id(kind: str, *, valid: bool = True) -> list[Any]:
    """The vectors of a kind, each under its own name."""
    return [pytest.param(one, id=one["id"]) for one in VECTORS[kind] if one.get("valid", valid) is valid]


@pytest.mark.parametrize("vector", by_id("parse"))
def test_good_link_is_read(vector: dict[str, Any]) -> None:
    """Every value of a good link is read as it stands there, keys that we do not know included."""
    expect = vector["expect"]
    assert expect["cu"] == "INR"
    assert read(vector["uri"]) == Link(
        pa=expect["pa"],
        amount=expect["am_paise"],
        extra=expect["extra"],
        **{key: expect[key] or "" for key in ("pn", "tr", "tn", "mc", "mode")},
    )


@pytest.mark.parametrize("vector", by_id("parse", valid=False))
def test_bad_link_is_refused_with_its_reason(vector: dict[str, Any]) -> None:
    """A link that is wrong, or that two apps could read in two ways, is refused with one word."""
    assert read(vector["uri"]) == Unusable(vector["reason"])


@pytest.mark.parametrize("vector", by_id("build"))
def test_link_is_built_or_refused(vector: dict[str, Any]) -> None:
    """What is built holds what it must, nothing that it must not, and says again what was asked for."""
    asked = dict(vector["input"])
    limit = asked.pop("limit_paise", LIMIT)
    link = Link(amount=asked.pop("am_paise"), **asked)
    built = build(link, limit=limit)
    if vector.get("must_fail"):
        assert isinstance(built, Unusable)
        return
    assert isinstance(built, str)
    assert all(part in built for part in vector.get("must_contain", []))
    assert not any(part in built for part in vector.get("must_not_contain", []))
    assert read(built) == link


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (f"{BASE}&PA=thief@testpsp", "conflicting_param"),
        (f"{BASE}&p%61=thief@testpsp", "conflicting_param"),
        (f"{BASE}&am=1.00&AM=9.00", "conflicting_param"),
        (f"{BASE}&SIGN=MEQC&am=1.00", "sign_not_last"),
        (f"{BASE}&sign=MEQC&sign=MEQC", "sign_not_last"),
        (f"{BASE}#&am=1.00", "bad_encoding"),
        (f"{BASE}&tn=%ff", "bad_encoding"),
        (f"{BASE}&tn=%zz", "bad_encoding"),
        (f"{BASE}&tn=100%", "bad_encoding"),
        (f"{BASE}&tn=\ud800", "bad_encoding"),
        (f"{BASE}&=1", "bad_param"),
        (f"{BASE}&note%20=1", "bad_param"),
        (f"{BASE}&url=https://example.com/%0a", "bad_param"),
        (f"{BASE}&tn=line%0Aline", "bad_tn"),
        ("upi://pay?pa=shop.one@testpsp&pn=%E2%80%AEpohs", "bad_pn"),
        (f"{BASE}&tr=a%00", "bad_tr"),
        (f"{BASE}&am=10000000000000000", "bad_am"),
        (f"{BASE}&am=01.00", "bad_am"),
        (f"{BASE}&am=.50", "bad_am"),
        (f"{BASE}&am=1.", "bad_am"),
        (f"{BASE}&am=1.00%0A", "bad_am"),
        (f"{BASE}&mam=-1", "bad_mam"),
        (f"{BASE}&mc=५४११", "bad_mc"),
        (f"{BASE}&mode=१५", "bad_mode"),
        ("upi://pay", "missing_pa"),
        ("upi://pay?PA=shop.one@testpsp", "missing_pa"),
        ("upi://pay/x?pa=shop.one@testpsp", "unsupported_kind"),
        ("upi://pay@x?pa=shop.one@testpsp", "unsupported_kind"),
        ("upi:pay?pa=shop.one@testpsp", "bad_scheme"),
        (f"upi://pay?pa={'a' * 300}@testpsp", "bad_pa"),
        (BASE + "&tn=" + "x" * LONGEST, "too_long"),
        (BASE + "&tn=" + "দ" * (LONGEST // 3), "too_long"),
    ],
)
def test_doubtful_link_is_refused(link: str, reason: str) -> None:
    """Nobody pays another, or another sum, than he was shown because his app reads a link in another way than ours."""
    assert read(link) == Unusable(reason)


def test_limit_holds_where_one_is_given() -> None:
    """A limit is the reader's to set: what is over it is refused, and without one any sum is read."""
    at, over = f"{BASE}&am=100.00", f"{BASE}&am=100.01"
    assert isinstance(read(at, limit=10_000), Link)
    assert read(over, limit=10_000) == Unusable("over_limit")
    assert isinstance(read(over), Link)


def test_least_amount_may_be_the_word_null() -> None:
    """Some makers write null where they mean none: the amount is fixed then."""
    assert isinstance(read(f"{BASE}&am=10.00&mam=null"), Link)
    assert isinstance(read(f"{BASE}&am=10.00&mam="), Link)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"pn": ""}, "missing_pn"),
        ({"mode": "15"}, "missing_am"),
        ({"mode": "16", "amount": 100}, "missing_tr"),
        ({"tr": "order 12"}, "bad_tr"),
        ({"tr": "ক"}, "bad_tr"),
        ({"tn": "x" * 51}, "bad_tn"),
        ({"pn": "x" * 100}, "bad_pn"),
        ({"pn": "a\u202eb"}, "bad_pn"),
        ({"pn": "a\ud800"}, "bad_param"),
        ({"pa": "shop"}, "bad_pa"),
        ({"amount": -100}, "bad_am"),
        ({"amount": True}, "bad_am"),
        ({"amount": LIMIT + 1}, "over_limit"),
        ({"extra": {"pa": "thief@testpsp"}}, "bad_param"),
        ({"extra": {"PA": "thief@testpsp"}}, "bad_param"),
        ({"extra": {"sign": "MEQC"}}, "bad_param"),
        ({"extra": {"a&pa": "thief@testpsp"}}, "bad_param"),
        ({"extra": {"url": "http://example.com"}}, "bad_param"),
        ({"amount": 100, "extra": {"mam": "2.00"}}, "bad_mam"),
    ],
)
def test_our_own_links_are_stricter(changed: dict[str, Any], reason: str) -> None:
    """We make no link that we would have to guess at, and none that lacks what its mode promises."""
    asked: dict[str, Any] = {"pa": SHOP.pa, "pn": SHOP.pn, **changed}
    assert build(Link(**asked)) == Unusable(reason)


@given(links)
def test_what_is_built_says_what_was_asked_for(link: Link) -> None:
    """Any name, note and amount comes through, for our reader and for one that knows only how URLs are written."""
    built = build(link)
    assert isinstance(built, str)
    assert read(built) == read(built.encode()) == link
    assert built.isascii()
    plain = {key: unquote(value) for key, _, value in (pair.partition("=") for pair in built[10:].split("&"))}
    assert plain["pa"] == link.pa
    assert plain["pn"] == link.pn
    assert plain.get("am", "") == ("" if link.amount is None else f"{link.amount // 100}.{link.amount % 100:02d}")


spliced = st.builds(
    lambda start, middle, end: f"{start}{middle}{end}",
    st.sampled_from(["", "upi://", "upi://pay?", BASE, f"{BASE}&"]),
    st.text(),
    st.sampled_from(["", "&am=", "&am=1.00", "&sign=", "%", "&pa=thief@testpsp"]),
)


@given(st.text() | st.binary() | spliced)
def test_reading_never_raises(link: str | bytes) -> None:
    """Whatever comes is read or refused, and what is read has a payee that can be, and a sum that can be or none."""
    said = read(link)
    if isinstance(said, Link):
        assert ADDRESS.fullmatch(said.pa)
        assert said.amount is None or said.amount > 0
        assert len(said.tr) <= 35


def test_link_is_not_printed() -> None:
    """A payee's address stays out of logs and tracebacks."""
    assert "shop" not in repr(SHOP).lower()

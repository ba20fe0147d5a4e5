"""A shop's token on its website: in the file, or in a TXT record; and nobody is led inside by what a shop calls its website."""

from pathlib import Path

import pytest

from haat.aws.websites import Page, Websites
from haat.verification.store.sites import OpenSites, plain_host
from tests.unit.aws.conftest import papers
from tests.unit.aws.inside import FILE, FORBIDDEN, TOKEN, leads, ok, world

__all__ = ["papers"]

Papers = tuple[Path, Path]


class Records:
    """TXT records: of every name the same; None where nobody answers."""

    def __init__(self, *texts: str, silent: bool = False) -> None:
        self.texts_, self.asked = None if silent else list(texts), list[str]()

    def texts(self, name: str) -> list[str] | None:
        """Those of a name."""
        self.asked.append(name)
        return self.texts_


class Shown(Websites):
    """Websites that answer each address with one page."""

    def __init__(self, page: Page, allowed: frozenset[str] = frozenset()) -> None:
        super().__init__(allowed, lambda host, seconds: [])
        self.page, self.asked = page, list[str]()

    def get(self, url: str) -> Page:
        """The page."""
        self.asked.append(url)
        return self.page


NONE, SILENT = Records(), Records(silent=True)
EMPTY = Page(status=404)


@pytest.mark.parametrize(
    "body",
    [
        TOKEN,
        f"{TOKEN}\n",
        f"\ufeff{TOKEN}\r\n",
        f"  {TOKEN}  ",
        f"another\n{TOKEN}\nand another",
        "\xff" + f"\n{TOKEN}",
    ],
)
def test_token_is_found_as_a_line_of_the_file(body: str) -> None:
    """However an editor has saved it."""
    sites = OpenSites(Shown(Page(status=200, body=body.encode())), NONE)
    assert sites.shows("sweets.example", TOKEN).outcome == "found"


@pytest.mark.parametrize("body", ["", "another", TOKEN[:-1], f"{TOKEN}0", f"<p>{TOKEN}</p>", TOKEN.upper()])
def test_anything_else_in_the_file_is_not_the_token(body: str) -> None:
    """A page that repeats what it is asked for would hold it somewhere."""
    site = OpenSites(Shown(Page(status=200, body=body.encode())), NONE).shows("sweets.example", TOKEN)
    assert (site.outcome, site.word) == ("not_found", "no_token")


@pytest.mark.parametrize(
    ("page", "outcome", "word"),
    [
        (Page(status=404), "not_found", "no_file"),
        (Page(status=403), "not_found", "no_file"),
        (Page(status=204), "not_found", "no_file"),
        (Page(status=500), "unreachable", "site_error"),
        (Page(status=503), "unreachable", "site_error"),
        (Page(status=429), "unreachable", "site_error"),
        (Page(trouble="timed_out"), "unreachable", "timed_out"),
        (Page(trouble="not_connected"), "unreachable", "not_connected"),
        (Page(trouble="certificate_refused"), "unreachable", "certificate_refused"),
        (Page(trouble="broken_answer"), "unreachable", "broken_answer"),
        (Page(trouble="name_unknown"), "unreachable", "name_unknown"),
        (Page(trouble="address_refused"), "refused", "address_refused"),
        (Page(trouble="too_many_redirects"), "refused", "too_many_redirects"),
    ],
)
def test_what_is_no_answer_is_no_failure(page: Page, outcome: str, word: str) -> None:
    """Who does not answer has not said that the token is not there; and a record proves it whatever the file does."""
    site = OpenSites(Shown(page), NONE).shows("sweets.example", TOKEN)
    assert (site.outcome, site.word) == (outcome, word)
    records = Records("v=spf1 -all", f"haat-verification={TOKEN}")
    assert OpenSites(Shown(page), records).shows("sweets.example", TOKEN).outcome == "found"
    assert records.asked == ["_haat-verification.sweets.example"]


def test_record_that_nobody_tells_of_may_be_there() -> None:
    """The file is not: it is looked at again. Where the file said more, that is what is told."""
    site = OpenSites(Shown(EMPTY), SILENT).shows("sweets.example", TOKEN)
    assert (site.outcome, site.word) == ("unreachable", "names_silent")
    assert OpenSites(Shown(Page(trouble="timed_out")), SILENT).shows("sweets.example", TOKEN).word == "timed_out"


@pytest.mark.parametrize(
    "text", ["", TOKEN, f"haat-verification={TOKEN}0", f"x haat-verification={TOKEN}", "haat-verification="]
)
def test_other_records_are_not_the_token(text: str) -> None:
    """It stands there whole, and alone."""
    assert OpenSites(Shown(EMPTY), Records(text)).shows("sweets.example", TOKEN).outcome == "not_found"
    assert (
        OpenSites(Shown(Page(status=200)), Records("haat-verification=")).shows("sweets.example", "").outcome != "found"
    )


@pytest.mark.parametrize(
    ("website", "host"),
    [
        ("sweets.example", "sweets.example"),
        ("https://Sweets.Example/shop?x=1", "sweets.example"),
        ("http://sweets.example", "sweets.example"),
        ("মিষ্টি.example", "xn--z5b3a1a5ac6f.example"),
        ("xn--z5b3a1a5ac6f.example", "xn--z5b3a1a5ac6f.example"),
        ("127.0.0.1:8082", "127.0.0.1:8082"),
        ("①②⑦.⓪.⓪.①", ""),
        ("127。0。0。1", ""),
        ("ｌocalhost", ""),
        ("a" * 70 + ".example", ""),
        ("", ""),
    ],
)
def test_host_is_asked_in_ascii(website: str, host: str) -> None:
    """Names in other letters by their punycode; what only turns into digits and dots by that is no name."""
    assert plain_host(website) == host


def test_https_comes_first_and_http_only_where_the_deployment_trusts_the_host() -> None:
    """The stage's shops have their websites on loopback."""
    for allowed, asked in ((frozenset({"127.0.0.1"}), ["https", "http"]), (frozenset[str](), ["https"])):
        shown = Shown(Page(trouble="certificate_refused"), allowed)
        OpenSites(shown, NONE).shows("127.0.0.1:8082", TOKEN)
        assert [url.partition(":")[0] for url in shown.asked] == asked
        assert all(url.endswith(f"://127.0.0.1:8082{FILE}") for url in shown.asked)


def test_no_forbidden_form_is_reached_whatever_a_shop_calls_its_website(papers: Papers) -> None:
    """Nor by a redirect of a public one: the trap inside, which would show the token, has no visitor."""
    form = ""
    with world(papers, lambda _: leads(f"https://{form}{FILE}")) as here:
        sites = OpenSites(here.websites(), NONE)
        for form in FORBIDDEN.values():
            for website in (form, f"http://{form}/", f"https://{form}/x"):
                assert sites.shows(website, TOKEN).outcome != "found", form
            assert sites.shows("shop.example", TOKEN).outcome != "found", form
        assert (here.reached, here.trap.came) == ([], [])
        assert len(here.site.came) == len(FORBIDDEN)


def test_public_website_shows_its_token(papers: Papers) -> None:
    """From its name to the file, over TLS."""
    with world(papers, lambda path: ok(TOKEN.encode()) if path == FILE else ok(b"")) as here:
        assert OpenSites(here.websites(), NONE).shows("shop.example", TOKEN).outcome == "found"

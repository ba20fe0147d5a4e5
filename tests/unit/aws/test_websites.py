"""Reading a file from a website that a shop chose: whoever chose it, nothing inside is ever reached."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.aws.inside import FILE, FORBIDDEN, PRIVATE, PUBLIC, TOKEN, leads, ok, world

Papers = tuple[Path, Path]
HERE = f"https://shop.example{FILE}"


def test_forty_forms_and_more_are_tried() -> None:
    """The tables hold what they promise."""
    assert len(FORBIDDEN) >= 40
    assert len(set(FORBIDDEN.values())) == len(FORBIDDEN)


def test_no_forbidden_form_is_reached_by_itself(papers: Papers) -> None:
    """In neither scheme, and on no port: nobody connects to anything at all."""
    with world(papers, lambda _: ok(b"")) as here:
        for form in FORBIDDEN.values():
            for url in (f"https://{form}{FILE}", f"http://{form}{FILE}", f"https://{form}:8443{FILE}"):
                assert here.websites().get(url).trouble, url
                assert not here.reached, url
        assert (here.reached, here.trap.came, here.site.came) == ([], [], [])


@pytest.mark.parametrize("scheme", ["https", "http", ""])
def test_no_forbidden_form_is_reached_by_a_redirect(papers: Papers, scheme: str) -> None:
    """A public site sends us there, in each of the ways; the site itself is asked once, and that is all."""
    form = ""
    with world(papers, lambda _: leads(f"{scheme}:" * bool(scheme) + f"//{form}{FILE}")) as here:
        for number, form in enumerate(FORBIDDEN.values(), 1):
            page = here.websites().get(HERE)
            assert page.trouble in ("address_refused", "broken_answer"), form
            assert page.body == b""
            assert len(here.site.came) == number
            assert not here.reached, form
        assert (here.reached, here.trap.came) == ([], [])


@pytest.mark.parametrize("scheme", ["http", "ftp", "file", "gopher", "javascript", "data"])
def test_redirect_out_of_https_is_refused(papers: Papers, scheme: str) -> None:
    """Also to the public host itself."""
    with world(papers, lambda _: leads(f"{scheme}://shop.example/")) as here:
        assert here.websites().get(HERE).trouble == "address_refused"
        assert len(here.site.came) == 1


@pytest.mark.parametrize("private", PRIVATE)
@pytest.mark.parametrize("beside", [[], [PUBLIC]])
def test_name_that_leads_inside_is_refused(papers: Papers, private: str, beside: list[str]) -> None:
    """Alone, or beside a public answer, before it or after it; by itself and after a redirect."""
    with world(papers, lambda _: leads(f"https://inside.example{FILE}")) as here:
        for answer in ([private, *beside], [*beside, private]):
            here.names["inside.example"] = [answer]
            assert here.websites().get(f"https://inside.example{FILE}").trouble == "address_refused"
            assert here.websites().get(HERE).trouble == "address_refused"
        assert (here.reached, here.trap.came) == ([], [])


def test_answer_that_changes_leads_nowhere_else(papers: Papers) -> None:
    """The name is looked up once, and the connection goes to that answer, whatever the name says a moment later."""
    with world(papers, lambda _: ok(TOKEN.encode())) as here:
        here.names["shop.example"] = [[PUBLIC], ["127.0.0.1"]]
        assert here.websites().get(HERE).body == TOKEN.encode()
        assert here.asked == ["shop.example"]
        assert here.reached == []


def test_answer_that_changes_between_two_redirects_is_refused(papers: Papers) -> None:
    """Each of them is looked up and judged anew."""
    with world(papers, lambda _: leads("/again")) as here:
        here.names["shop.example"] = [[PUBLIC], ["169.254.169.254"]]
        assert here.websites().get(HERE).trouble == "address_refused"
        assert here.asked == ["shop.example"] * 2
        assert here.reached == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_three_redirects_are_followed_and_no_more(papers: Papers, status: int) -> None:
    """A loop ends at the fourth request."""

    def upto(last: int) -> Callable[[str], list[bytes]]:
        def answer(path: str) -> list[bytes]:
            step = int(path[1:]) if path[1:].isdigit() else 0
            return ok(TOKEN.encode()) if step == last else leads(f"/{step + 1}", status)

        return answer

    for last, body in ((3, TOKEN.encode()), (99, b"")):
        with world(papers, upto(last)) as here:
            page = here.websites().get(HERE)
            assert (page.body, len(here.site.came)) == (body, 4)
            assert page.trouble == ("" if body else "too_many_redirects")


def test_request_says_nothing_of_us_but_that_it_is_haat(papers: Papers) -> None:
    """No cookie, even where one was set on the way; nothing packed is asked for; the certificate's name is asked."""

    def answer(path: str) -> list[bytes]:
        first = b"HTTP/1.1 302 Go\r\nset-cookie: a=b\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n"
        return ok(b"") if path == "/next" else [first]

    with world(papers, answer) as here:
        here.websites().get(HERE)
    for head in here.site.heads:
        lines = sorted(line.partition(":")[0].lower() for line in head.split("\r\n")[1:] if line)
        assert lines == ["accept-encoding", "connection", "host", "user-agent"]
        assert "accept-encoding: identity" in head.lower()


@pytest.mark.parametrize("head", [b"", b"content-encoding: gzip\r\n"])
def test_no_more_than_the_bound_is_read_and_nothing_is_unpacked(papers: Papers, head: bytes) -> None:
    """Sixty-four kilobytes of a body without end, as they come."""
    endless = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n"
    with world(papers, lambda _: [endless + b"x" * 300_000]) as here:
        page = here.websites().get(HERE)
    assert page.body == b"x" * 65_536


def test_chunks_are_read_up_to_the_bound_too(papers: Papers) -> None:
    """Whatever length they say to have."""
    chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"4000\r\n" + b"y" * 0x4000 + b"\r\n"
    with world(papers, lambda _: [chunks + (b"4000\r\n" + b"y" * 0x4000 + b"\r\n") * 9]) as here:
        assert here.websites().get(HERE).body == b"y" * 65_536


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b"HTTP/1.1 100 Go on\r\n\r\n"])  # fmt: skip
def test_site_that_drips_is_left_at_the_end_of_the_time(papers: Papers, start: bytes) -> None:
    """In its head, in its body, or in saying that it will answer soon."""
    with world(papers, lambda _: [start, *[b"x"] * 200]) as here:
        page = here.websites(whole_s=0.5).get(HERE)
    assert (page.trouble, page.body) == ("timed_out", b"")


def test_redirects_share_the_time(papers: Papers) -> None:
    """Three that take a little each do not get three times as much."""
    with world(papers, lambda _: [b"HTTP/1.1 302 Go\r\nlocation: /a\r\ncontent-length: 2\r\n", b"\r\n", b"xy"]) as here:
        times = iter([0.0, 0.1, 0.1, *[20.0] * 9])
        assert here.websites(tick=lambda: next(times)).get(HERE).trouble == "timed_out"
    assert len(here.site.came) == 1


def test_site_with_another_certificate_shows_nothing(papers: Papers) -> None:
    """Who answers at the address is not who has the name."""
    with world(papers, lambda _: ok(TOKEN.encode())) as here:
        here.names["other.example"] = [[PUBLIC]]
        assert here.websites().get(f"https://other.example{FILE}").trouble == "certificate_refused"


@pytest.mark.parametrize("answer", [b"no http\r\n\r\n", b"", b"HTTP/1.1 999 Odd\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nshort"])  # fmt: skip
def test_answer_that_is_none_is_broken(papers: Papers, answer: bytes) -> None:
    """It says nothing about the token, either way."""
    with world(papers, lambda _: [answer]) as here:
        assert here.websites().get(HERE).trouble == "broken_answer"


def test_host_that_the_deployment_trusts_is_taken_as_it_is(papers: Papers) -> None:
    """Over http, on any port: the stage has its shops' websites on loopback."""
    with world(papers, lambda _: ok(b"")) as here:
        page = here.websites(allowed=frozenset({"127.0.0.1"})).get(f"http://127.0.0.1:8082{FILE}")
    assert page.body == TOKEN.encode()
    assert here.reached == [("127.0.0.1", 8082)]

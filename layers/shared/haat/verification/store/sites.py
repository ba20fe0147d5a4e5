"""Looks for a shop's token where only who runs its website can put it: in a file at a fixed place, or in a TXT record of its name."""

from typing import Final, Protocol

from haat.aws.outside import named
from haat.aws.websites import Page, Websites
from haat.verification.ports import Site
from haat.verification.rules.proofs import PATH, RECORD, VALUE

_REFUSED: Final = frozenset({"address_refused", "too_many_redirects"})
_BUSY: Final = frozenset({408, 425, 429})


class Texts(Protocol):
    """TXT records."""

    def texts(self, name: str) -> list[str] | None:
        """Those of a name; None where nobody answers."""


class OpenSites:
    """Fills the port Sites: over https, and over http where the deployment trusts the host."""

    def __init__(self, websites: Websites, names: Texts) -> None:
        self._websites, self._names = websites, names

    def shows(self, website: str, token: str) -> Site:
        host = plain_host(website)
        if not host or not token:
            return Site(outcome="refused", word="address_refused")
        by_file = self._file(host, token)
        if by_file.outcome == "found":
            return by_file
        by_record = self._record(host.partition(":")[0], token)
        match by_record:
            case Site(outcome="found"):
                return by_record
            case Site(outcome="unreachable") if by_file.outcome == "not_found":
                return by_record  # it may stand there
            case _:
                return by_file

    def _file(self, host: str, token: str) -> Site:
        page = self._websites.get(f"https://{host}{PATH}")
        if page.trouble and host.partition(":")[0] in self._websites.allowed:
            page = self._websites.get(f"http://{host}{PATH}")
        return _of(page, token)

    def _record(self, host: str, token: str) -> Site | None:
        if not named(host):
            return None
        found = self._names.texts(f"{RECORD}.{host}")
        if found is None:
            return Site(outcome="unreachable", word="names_silent")
        shown = any(one.strip() == VALUE + token for one in found)
        return Site(outcome="found" if shown else "not_found", word="" if shown else "no_token")


def plain_host(website: str) -> str:
    """The host of a website, with its port if it says one, in ASCII (RFC 3490); empty where it has none that can be asked.

    Signs that only turn into ASCII by that are refused: they are digits and dots in another dress.
    """
    rest = website.strip().partition("://")[2] or website.strip()
    host, colon, port = rest.partition("/")[0].partition("?")[0].lower().partition(":")
    try:
        plain = host.encode("idna").decode()
    except UnicodeError:
        return ""
    if not host.isascii() and "xn--" not in plain:
        return ""
    return plain + colon + port


def _of(page: Page, token: str) -> Site:
    if page.trouble in _REFUSED:
        return Site(outcome="refused", word=page.trouble)
    if page.trouble or page.status is None:
        return Site(outcome="unreachable", word=page.trouble)
    if page.status >= 500 or page.status in _BUSY:
        return Site(outcome="unreachable", word="site_error")
    if page.status != 200:
        return Site(outcome="not_found", word="no_file")
    lines = page.body.decode("utf-8-sig", "replace").splitlines()
    if any(line.strip() == token for line in lines):
        return Site(outcome="found")
    return Site(outcome="not_found", word="no_token")

"""Who is in the simulated world: the shops' numbers and pages, and the people who write to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

from infra.local.simulators.wire import digits

# When a customer's phone says "read": by itself, never (receipts are off), or when the chat is opened on it.
type Reads = Literal["at once", "never", "when opened"]
# With what a person writes. Meta tells nobody that two of them are the same.
type App = Literal["whatsapp", "messenger"]

# What an app can be told of a page (Messenger Platform, Webhooks), as far as the simulator tells it.
FIELDS = (
    "messages message_echoes message_edits message_reactions message_deliveries message_reads messaging_postbacks "
    "messaging_handovers standby"
).split()

# The country of a business-scoped user id, by the prefix of the phone number; India is this market's default.
_COUNTRIES = {"880": "BD", "977": "NP", "94": "LK", "91": "IN", "92": "PK", "1": "US"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopNumber:
    """A business phone number at Meta: its id, its account (WABA), its business portfolio and its token.

    `throughput` is how many messages it may send in a second; `quality` and `verification` are what Meta thinks of it.
    """

    phone_number_id: str
    name: str
    display_phone_number: str
    waba_id: str
    portfolio: str
    token: str = field(repr=False)
    throughput: int = 80
    quality: str = "GREEN"
    verification: str = "VERIFIED"

    @classmethod
    def of(
        cls,
        phone_number_id: str,
        *,
        name: str = "",
        display_phone_number: str = "",
        waba_id: str = "",
        portfolio: str = "",
        token: str = "",
    ) -> Self:
        """Fill in what is not given, from the id alone: the same id gives the same number for ever."""
        return cls(
            phone_number_id=phone_number_id,
            name=name or f"Shop {phone_number_id[-3:]}",
            display_phone_number=display_phone_number or "9100000" + digits("display" + phone_number_id, 5),
            waba_id=waba_id or digits("waba" + phone_number_id, 15),
            portfolio=portfolio or digits("portfolio" + phone_number_id, 15),
            token=token or f"haat-local-token-{phone_number_id}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Facebook page whose Messenger Haat answers: its id and its token.

    `app_secret` signs its webhooks where it belongs to another app of Meta's; "" for the app of all others. `human_agent`:
    a person may answer for seven days (the tag HUMAN_AGENT, which Meta allows on demand). `fields` is what the app is
    subscribed to at first; none is a page that was never connected. `throughput`: messages in a second.
    """

    page_id: str
    name: str
    token: str = field(repr=False)
    app_secret: str = field(default="", repr=False)
    human_agent: bool = True
    fields: tuple[str, ...] = tuple(FIELDS)
    throughput: int = 300

    @classmethod
    def of(
        cls,
        page_id: str,
        *,
        name: str = "",
        token: str = "",
        app_secret: str = "",
        human_agent: bool = True,
        fields: Iterable[str] = FIELDS,
    ) -> Self:
        """Fill in what is not given, from the id alone."""
        return cls(
            page_id=page_id,
            name=name or f"Page {page_id[-3:]}",
            token=token or f"haat-local-page-token-{page_id}",
            app_secret=app_secret,
            human_agent=human_agent,
            fields=tuple(fields),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer as Meta knows them; what a business gets to see depends on the two switches.

    One on Messenger has no phone number ("") and shows every page an id of its own.
    """

    key: str
    name: str
    phone: str
    user_id: str | None = None
    username: str | None = None
    hides_number: bool = False
    hides_user_id: bool = False
    reads: Reads = "at once"
    app: App = "whatsapp"

    def id_at(self, shop: ShopNumber) -> str:
        """Return the business-scoped user id that this shop's portfolio sees, hidden or not.

        Another portfolio gets another one, a new phone number brings a new one (meta-platform, section 3).
        A `user_id` given by a test stands for itself everywhere.
        """
        if self.user_id is not None:
            return self.user_id
        return f"{country(self.phone)}.{digits(f'{shop.portfolio}/{self.phone}', 20)}"

    def id_on(self, page: Page) -> str:
        """Return the page-scoped id (PSID) that this page sees; another page gets another one."""
        return self.user_id or digits(f"{page.page_id}/{self.key}", 17)

    def contact(self, shop: ShopNumber, *, number_known: bool = False) -> dict[str, object]:
        """Return the entry of `contacts[]` for this person; `number_known` overrides the hidden number."""
        profile: dict[str, object] = {"name": self.name}
        if self.username is not None:
            profile["username"] = self.username
        entry: dict[str, object] = {"profile": profile}
        if number_known or not self.hides_number:
            entry["wa_id"] = self.phone
        if not self.hides_user_id:
            entry["user_id"] = self.id_at(shop)
        return entry


def country(phone: str) -> str:
    """Return the two letters that begin a user id, by the phone number's prefix."""
    return next((name for prefix, name in _COUNTRIES.items() if phone.startswith(prefix)), "IN")


def phone_digits(text: str) -> str:
    """Reduce a phone number as people write it (`+91 98000 00001`) to Meta's digits."""
    return "".join(character for character in text if character in "0123456789")


def by_id(numbers: Iterable[ShopNumber | str]) -> dict[str, ShopNumber]:
    """Index shop numbers by id; a bare id stands for a number with everything derived."""
    known = [ShopNumber.of(number) if isinstance(number, str) else number for number in numbers]
    return {number.phone_number_id: number for number in known}

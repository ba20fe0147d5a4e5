"""Who is in the simulated world: the shops' numbers, and the people who write to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

from infra.local.simulators.wire import digits

# When a customer's phone says "read": by itself, never (receipts are off), or when the chat is opened on it.
type Reads = Literal["at once", "never", "when opened"]

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
class Person:
    """A customer as Meta knows them; what a business gets to see depends on the two switches."""

    key: str
    name: str
    phone: str
    user_id: str | None = None
    username: str | None = None
    hides_number: bool = False
    hides_user_id: bool = False
    reads: Reads = "at once"

    def id_at(self, shop: ShopNumber) -> str:
        """Return the business-scoped user id that this shop's portfolio sees, hidden or not.

        Another portfolio gets another one, a new phone number brings a new one (meta-platform, section 3).
        A `user_id` given by a test stands for itself everywhere.
        """
        if self.user_id is not None:
            return self.user_id
        return f"{country(self.phone)}.{digits(f'{shop.portfolio}/{self.phone}', 20)}"

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

"""`make shop`: opens a shop, changes it, or gives its number or page a new token. Until there is an API for operators, this is the way.

A shop is a JSON file (docs/operate.md has one). Its number's or page's id finds the shop again: the same file may be brought any number of
times, and only what it names and has changed is written. Access tokens never stand in the file: a number's comes in HAAT_TOKEN, a page's in
HAAT_PAGE_TOKEN.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import available_timezones

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from haat.aws.sealer import Sealer
from haat.aws.table import Table
from haat.business.model.merchant import Merchant
from haat.business.store import merchants as business
from haat.business.store.merchants import DynamoMerchants
from haat.conversation.model import Channel, Connected, Entry, Language, Manners, Number, Sureness, Taught, Texts
from haat.conversation.rules import teaching
from haat.conversation.rules.channels import MESSENGER, WHATSAPP
from haat.conversation.store.channels import connect_actions, read_number
from haat.conversation.store.conversations import channel_key, read_channel
from haat.conversation.store.lines import DynamoTaught
from haat.facts.codec import from_plain
from haat.kernel.errors import Rejected, Unavailable
from haat.kernel.ids import MerchantId
from haat.kernel.secret import Secret
from haat.kernel.time import Instant

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

MINUTES_A_DAY = 24 * 60
# Of a merchant, what a file does not say: its name and version here, what an operator decided over HTTP, whom the shop itself trusts.
OURS = frozenset({"id", "version", "state", "blocked_from", "staff", "staff_template", "gstin", "askers", "learnt"})


# Where an address of each kind has its access token, and what it is called.
TOKENS: Mapping[str, str] = {WHATSAPP: "HAAT_TOKEN", MESSENGER: "HAAT_PAGE_TOKEN"}
WORDS: Mapping[str, str] = {WHATSAPP: "number", MESSENGER: "page"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a shop's customers write: Meta's id of a number, with the WhatsApp Business Account that owns it, or of a page."""

    kind: str
    id: str
    account: str = ""

    def __str__(self) -> str:
        return f"{WORDS[self.kind]} {self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A shop as its file describes it. `names` are the fields that it gives of the merchant, the bot's texts and its manners: the others stay."""

    merchant: Merchant
    taught: Taught
    names: Mapping[str, tuple[str, ...]]
    addresses: tuple[Address, ...]


def read(text: str) -> Described:
    """The shop in a file. Raises Rejected in words that say what to mend."""
    try:
        given = json.loads(text)
        profile, taught = given["merchant"], given["taught"]
        unknown = [*_unknown(Merchant, profile), *_unknown(Taught, taught)]
        if unknown:
            raise Rejected(f"nobody reads {', '.join(unknown)}")
        shop = Described(
            merchant=business.load(json.dumps({**profile, "id": "", "version": 0})),
            taught=from_plain(Taught, taught, {"entries": Entry, "texts": Texts, "manners": Manners}),
            names={"merchant": tuple(profile), **{part: tuple(taught.get(part, ())) for part in ("texts", "manners")}},
            addresses=tuple(_addresses(given)),
        )
        _teachable(shop.taught)
    except KeyError as error:
        raise Rejected(f"it lacks {error}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise Rejected(f"it can't be read: {error}") from None
    if wrong := list(_wrong(shop)):
        raise Rejected("; ".join(wrong))
    return shop


def _addresses(given: Mapping[str, Any]) -> Iterator[Address]:
    """A number, a page, or both. Raises KeyError for what is missing."""
    if "messenger" in given:
        yield Address(kind=MESSENGER, id=str(given["messenger"]["page_id"]))
    if "whatsapp" in given or "messenger" not in given:
        line = given["whatsapp"]
        yield Address(kind=WHATSAPP, id=str(line["phone_number_id"]), account=str(line["account"]))


def _teachable(taught: Taught) -> None:
    """Raises Rejected, saying what it is, where a bot can't be taught this."""
    try:
        teaching.refuse(taught)
    except Rejected as refused:
        raise Rejected("; ".join(refused.fields.values())) from None


def _unknown(cls: type, given: Mapping[str, Any]) -> list[str]:
    """Names that the file gives and nobody reads: a misspelt one must not be dropped in silence. Some are not the file's to say."""
    known = {field.name for field in fields(cls)} - OURS
    return sorted(set(given) - known)


def _wrong(shop: Described) -> Iterator[str]:
    merchant, manners = shop.merchant, shop.taught.manners
    checks = {
        "country is two capital letters (ISO 3166), e.g. IN": re.fullmatch("[A-Z]{2}", merchant.country),
        "currency is three capital letters (ISO 4217), e.g. INR": re.fullmatch("[A-Z]{3}", merchant.currency),
        f"language is one of {', '.join(get_args(Language))}": merchant.language in get_args(Language),
        f"sureness is one of {', '.join(get_args(Sureness))}": manners.sureness in get_args(Sureness),
        "timezone is a name of the IANA list, e.g. Asia/Kolkata": merchant.timezone in available_timezones(),
        "week has days 0 (Monday) to 6 with ranges of minutes since midnight": _is_week(merchant.week),
        "phone_number_id, account and page_id are Meta's ids, digits alone": all(
            at.id.isdecimal() and (at.kind == MESSENGER or at.account.isdecimal()) for at in shop.addresses
        ),
    }
    yield from (words for words, right in checks.items() if not right)


def _is_week(week: Mapping[int, tuple[tuple[int, int], ...]]) -> bool:
    ranges = [each for day in week.values() for each in day]
    return all(day in range(7) for day in week) and all(
        0 <= opens < MINUTES_A_DAY and opens < closes <= 2 * MINUTES_A_DAY for opens, closes in ranges
    )


def bring(stack: str, shop: Described, tokens: Mapping[str, str], new_id: MerchantId, now: Instant) -> list[str]:
    """Write what differs from what the stack holds -> what was done, in words. `new_id` names a merchant who is not there yet.

    `tokens` are by kind of channel. Raises Rejected when a new address comes without its own, Unavailable and Conflict as stores do.
    """
    names = outputs(boto3.client("cloudformation"), stack)
    dynamodb = boto3.client("dynamodb")
    conversation, merchants = (
        Table(dynamodb, names["ConversationTable"]),
        DynamoMerchants(Table(dynamodb, names["BusinessTable"]), lambda: now),
    )
    known = {at: _known(conversation, at) for at in shop.addresses}
    for at, there in known.items():
        if there is None and not tokens.get(at.kind):
            raise Rejected(f"this {WORDS[at.kind]} is new here: put its access token into {TOKENS[at.kind]}")
    owners = {there.merchant for there in known.values() if there is not None}
    if len(owners) > 1:
        raise Rejected("its number and its page belong to two merchants here")
    merchant = owners.pop() if owners else new_id
    taught = DynamoTaught(conversation)
    done = [f"merchant {merchant}: {word}" for word in _written(merchants, taught, merchant, shop)]
    for at, there in known.items():
        if token := tokens.get(at.kind):
            sealed = Sealer(boto3.client("kms"), names["TokenKey"]).seal(merchant, Secret(token))
            channel = Channel(kind=at.kind, address=at.id, merchant=merchant, account=at.account, token=sealed)
            said = _said(conversation, at)
            conversation.transact(connect_actions(Connected(channel=channel, number=said, connected_at=now)))
            done.append(f"{at}: connected, with this token")
        elif there is not None and there.stopped:
            done.append(f"{at}: still stopped ({there.stopped}); a new token in {TOKENS[at.kind]} lifts that")
    return done


def _known(conversation: Table, at: Address) -> Channel | None:
    item = conversation.get(channel_key(at.kind, at.id), "CHANNEL")
    return read_channel(at.kind, at.id, item) if item else None


def _said(conversation: Table, at: Address) -> Number:
    """How people dial it, as its channel said: another token does not change that, and a badge may rest on it."""
    item = conversation.get(channel_key(at.kind, at.id), "CHANNEL")
    return read_number(item) if item else Number()


def _written(merchants: DynamoMerchants, taught: DynamoTaught, id: MerchantId, shop: Described) -> list[str]:
    """Save profile and replies where they differ; each has a version, so that nothing is overwritten unseen."""
    done = []
    was = merchants.get(id, fresh=True)
    profile = _over(was, shop.merchant, shop.names["merchant"]) if was else replace(shop.merchant, id=id)
    if profile != was:
        merchants.save(replace(profile, version=profile.version + 1))
        done.append("profile saved")
    had = taught.read(id)
    told = replace(
        had,
        entries=_entries(had, shop.taught),
        texts=_over(had.texts, shop.taught.texts, shop.names["texts"]),
        manners=_over(had.manners, shop.taught.manners, shop.names["manners"]),
    )
    if told != had:
        _teachable(told)  # with what its people taught over HTTP it may be too much
        taught.write(id, replace(told, version=told.version + 1))
        done.append(f"{len(told.entries)} replies saved")
    return done or ["nothing has changed"]


def _over[T: (Merchant, Texts, Manners)](was: T, given: T, names: Iterable[str]) -> T:
    """What was there, with what the file gives by name."""
    return replace(was, **{name: getattr(given, name) for name in names})


def _entries(had: Taught, given: Taught) -> tuple[Entry, ...]:
    """Those of the file, and those that it does not name: somebody taught them over HTTP."""
    known = {entry.id: entry for entry in had.entries}
    for entry in given.entries:
        askers = known[entry.id].askers if entry.id in known else {}
        # An example that the file repeats is still its customer's.
        known[entry.id] = replace(entry, askers={text: who for text, who in askers.items() if text in entry.examples})
    return tuple(known.values())


def outputs(client: "CloudFormationClient", stack: str) -> Mapping[str, str]:
    """A stack's outputs by name. Raises Rejected when there is no such stack, or none that we may see, and Unavailable."""
    try:
        (found,) = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        raise Rejected(f"no stack {stack}: {error.response['Error']['Code']}") from None
    except BotoCoreError as error:
        raise Unavailable(f"no answer from AWS: {type(error).__name__}") from None
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}

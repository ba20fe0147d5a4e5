"""Joins verification_request to the real tables, keys, buckets and websites."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from haat.aws import clients
from haat.aws.bucket import Bucket
from haat.aws.nameservers import NameServers, read_servers
from haat.aws.table import Table
from haat.aws.websites import Websites
from haat.edge.batch import Outcome
from haat.facts import verification as facts
from haat.kernel.errors import Misconfigured
from haat.kernel.ids import BadgeId, ulid
from haat.kernel.time import Instant
from haat.verification.rules import status
from haat.verification.rules.badges import New
from haat.verification.rules.wants import NEEDS
from haat.verification.service.checking import Checking
from haat.verification.service.documents import Documents
from haat.verification.service.inspecting import Inspecting
from haat.verification.service.signing import Signing
from haat.verification.service.sweeping import Sweeping, Swept
from haat.verification.store.dossiers import DynamoDossiers
from haat.verification.store.lists import DynamoLists
from haat.verification.store.names import DynamoNames
from haat.verification.store.seals import KmsSeals
from haat.verification.store.shelf import S3Shelf
from haat.verification.store.signer import KmsSigner
from haat.verification.store.sites import OpenSites
from haat.wiring.shop_now import shops

_WORDS = "|".join((*NEEDS, "profile", "number", "payee"))
_SAID = re.compile(rf"[0-7][0-9A-HJKMNP-TV-Z]{{25}}|{_WORDS}")  # a ULID, or a word of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What verification_request needs to know."""

    verification_table: str
    business_table: str
    conversation_table: str
    payment_table: str
    evidence_bucket: str
    evidence_key: str
    badge_key: str
    verification_queue_url: str
    verification_dlq_url: str
    public_url: str
    allowed_site_hosts: str
    site_name_servers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What it works with."""

    checking: Checking
    documents: Documents
    signing: Signing
    sweeping: Sweeping

    def sweep(self, now: Instant, left_ms: Callable[[], int]) -> Swept:
        """Look at what is due."""
        return self.sweeping.sweep(now, left_ms)


def build(settings: Settings) -> Verification:
    """The real thing. Raises Misconfigured."""
    client = clients.dynamodb()
    table = Table(client, settings.verification_table)
    dossiers, lists = DynamoDossiers(table), DynamoLists(table)
    checking = Checking(
        dossiers=dossiers,
        seals=KmsSeals(clients.kms, settings.evidence_key),
        shops=shops(
            Table(client, settings.business_table),
            Table(client, settings.conversation_table),
            Table(client, settings.payment_table),
        ),
        sites=_sites(settings),
        inspector=Inspecting(names=DynamoNames(table)),
        draw=draw,
    )
    documents = Documents(
        dossiers=dossiers, shelf=S3Shelf(Bucket(clients.s3, settings.evidence_bucket), settings.evidence_key)
    )
    signing = Signing(
        dossiers=dossiers,
        lists=lists,
        signer=KmsSigner(clients.kms, settings.badge_key),
        issuer=settings.public_url.rstrip("/"),
    )
    sweeping = Sweeping(dossiers=dossiers, lists=lists, checking=checking, documents=documents, signing=signing)
    return Verification(checking=checking, documents=documents, signing=signing, sweeping=sweeping)


def draw(now: Instant) -> New:
    """A new badge's id and its place: on the list of the month, where chance says."""
    return New(
        id=BadgeId(ulid(now, secrets.token_bytes(10))),
        list=status.list_of(now),
        index=status.place(secrets.randbits(64)),
    )


def take(it: Verification, body: str, now: Instant) -> Outcome:
    """One record of the queue. Raises Rejected when it is none of ours."""
    fact = facts.load(body)
    match fact:
        case facts.CheckWanted():
            return Outcome(word=it.checking.check(fact, now), ids=_ids(fact))
        case facts.PayeeNamed():
            return Outcome(word=it.checking.payee_named(fact, now), ids=_ids(fact))
        case facts.NumberSeen():
            return Outcome(word=it.checking.number_seen(fact, now), ids=_ids(fact))
        case facts.ShopChanged():
            return Outcome(word=it.checking.shop_changed(fact, now), ids=_ids(fact))
        case facts.DocumentGiven():
            return Outcome(word=it.documents.look(fact, now), ids=_ids(fact))
        case facts.DocumentTakenAway():
            return Outcome(word=it.documents.drop(fact), ids=_ids(fact))
        case facts.EvidenceToForget():
            return Outcome(word=it.documents.forget(fact, now), ids=_ids(fact))
        case facts.BadgeToSign():
            return Outcome(word=it.signing.sign_badge(fact.merchant, fact.badge, now), ids=_ids(fact))
        case facts.ListToSign():
            return Outcome(word=it.signing.sign_list(fact.list, now), ids=_ids(fact))
        case _:
            assert_never(fact)


def _ids(fact: facts.VerificationFact) -> dict[str, object]:
    """What a log may say of a record: ids of ours, and words that we know. A record may hold anything, also where an id should stand."""
    held = {name: getattr(fact, name, None) for name in ("merchant", "request", "document", "badge", "kind", "what")}
    return {name: value for name, value in held.items() if isinstance(value, str) and _SAID.fullmatch(value)}


def _sites(settings: Settings) -> OpenSites:
    try:
        names = NameServers(read_servers(settings.site_name_servers))
    except ValueError:
        raise Misconfigured("SITE_NAME_SERVERS holds what is no IP address") from None
    allowed = frozenset(host.strip() for host in settings.allowed_site_hosts.split(",") if host.strip())
    return OpenSites(Websites(allowed - {"none"}, names.addresses), names)

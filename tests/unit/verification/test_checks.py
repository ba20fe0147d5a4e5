"""Every check of evidence: passing, failing, out of reach; each as the shop reads it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from haat.kernel.ids import MerchantId
from haat.verification.model.request import CheckKind, CheckState
from haat.verification.ports import Site
from haat.verification.rules import words
from tests.unit.verification.benched import GIVEN, Bench
from tests.unit.verification.cases import NOW, SHOP

LANGUAGES = ("en", "bn", "hi")


@dataclass(frozen=True, kw_only=True)
class Case:
    """What was said, what the world is like, who answers what, and what comes of it."""

    kind: CheckKind
    state: CheckState
    word: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    basis: dict[str, Any] = field(default_factory=dict)
    world: Callable[[Bench], object] = lambda bench: None
    answer: Callable[[Bench], object] = lambda bench: None

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.word}"


def site(outcome: Any, word: str = "") -> Callable[[Bench], object]:
    """What a look at the website shows."""

    def there(bench: Bench) -> None:
        bench.sites.answer = Site(outcome=outcome, word=word)

    return there


def verified(name: str) -> Callable[[Bench], object]:
    """Another shop is verified under a name."""

    def there(bench: Bench) -> None:
        bench.dossiers.names[MerchantId("01M00000000000000000THERXX")] = name, frozenset(bench.dossiers.keys(name))

    return there


def no_number(bench: Bench) -> None:
    """The shop's number is taken away from it."""
    bench.shops.shops[SHOP] = replace(NOW, numbers={})


def without_number(bench: Bench) -> Bench:
    """The same, for who goes on."""
    no_number(bench)
    return bench


def paper(kind: CheckKind, **words: str) -> list[Case]:
    """A number that can be one, and numbers that can't, by the word for each."""
    failing = (Case(kind=kind, state="failed", word=word, said={kind: number}) for word, number in words.items())
    return [Case(kind=kind, state="passed"), *failing]


OTHER = {"name": "Sharma Book Depot", "legal_name": "Mohan Sharma"}
CASES = [
    *paper(
        "gstin",
        wrong_length="19AAAFB0001C1Z",
        wrong_form="19AAAFB00O1C1ZJ",
        unknown_part="99AAAFB0001C1ZJ",
        wrong_checksum="19AAAFB0001C1ZK",
    ),
    *paper("pan", wrong_length="AAAFB0001", wrong_form="AAAFB00O1C", unknown_part="AAAXB0001C"),
    *paper(
        "udyam",
        wrong_length="UDYAM-WB-10-001234",
        wrong_form="UDYAN-WB-10-0012345",
        unknown_part="UDYAM-WB-00-0012345",
    ),
    *paper("licence", wrong_length="2282600100012", wrong_form="32826001000123", unknown_part="29926001000123"),
    Case(kind="licence", state="failed", word="unknown_part", said={"licence": "22827001000123"}),  # of next year
    Case(
        kind="licence",
        state="unreachable",
        word="form_unknown",
        said={"licence_kind": "shop_act", "licence": "KMC/SE/0042"},
    ),
    Case(kind="pan_in_gstin", state="passed"),
    Case(kind="pan_in_gstin", state="failed", word="pan_differs", said={"pan": "AAAFB0002C"}),
    Case(kind="pan_in_gstin", state="failed", word="no_pan_inside", said={"gstin": "19AAAFB"}),
    Case(kind="names", state="passed"),
    Case(kind="names", state="passed", said={"legal_name": "তারা দেবী", "trade_name": "মা তারা সুইটস"}),
    Case(kind="names", state="passed", said={"legal_name": "Smt TARA DEVI", "trade_name": ""}, basis={"name": "Tara Devi"}),
    Case(kind="names", state="failed", word="legal_name_differs", said={"legal_name": "Mohan Sharma"}),
    Case(kind="names", state="failed", word="trade_name_differs", said={"trade_name": "Sharma Book Depot"}),
    Case(kind="names", state="failed", word="trade_name_missing", said={"trade_name": ""}),
    Case(kind="payee_name", state="passed", answer=lambda it: it.payee("named", "MAA TARA SWEETS")),
    Case(kind="payee_name", state="passed", answer=lambda it: it.payee("named", "TARA DEVI")),
    Case(kind="payee_name", state="passed", answer=lambda it: it.payee("named", "Ma Tara Sweets"), basis={"name": "মা তারা সুইটস"}),
    Case(kind="payee_name", state="failed", word="payee_differs", answer=lambda it: it.payee("named", "MOHAN SHARMA")),
    Case(kind="payee_name", state="failed", word="unknown_address", answer=lambda it: it.payee("unknown_address")),
    Case(kind="payee_name", state="unreachable", word="not_told", answer=lambda it: it.payee("not_told")),
    Case(kind="payee_name", state="unreachable", word="no_account", answer=lambda it: it.payee("no_account")),
    Case(kind="payee_name", state="unreachable", word="no_account", basis={"payee": ""}),
    Case(kind="payee_name", state="unreachable", word="bank_silent", answer=lambda it: it.payee("unknown")),
    Case(kind="number", state="passed", answer=lambda it: it.number("verified")),
    Case(kind="number", state="failed", word="unverified", answer=lambda it: it.number("unverified")),
    Case(kind="number", state="failed", word="refused", answer=lambda it: it.number("refused")),
    Case(kind="number", state="failed", word="not_connected", basis={"address": "", "channel": "", "number": ""}),
    Case(kind="number", state="failed", word="not_connected", world=no_number),
    Case(kind="number", state="failed", word="not_connected", answer=lambda it: without_number(it).number("verified")),
    Case(kind="number", state="unreachable", word="channel_silent", answer=lambda it: it.number("unknown")),
    Case(kind="website", state="passed", world=site("found")),
    Case(kind="website", state="failed", word="no_file", world=site("not_found", "no_file")),
    Case(kind="website", state="failed", word="no_token", world=site("not_found", "no_token")),
    Case(kind="website", state="failed", word="address_refused", world=site("refused", "address_refused")),
    Case(kind="website", state="failed", word="too_many_redirects", world=site("refused", "too_many_redirects")),
    *(
        Case(kind="website", state="unreachable", word=word, world=site("unreachable", word))
        for word in ("timed_out", "not_connected", "certificate_refused", "broken_answer", "name_unknown", "site_error")
    ),
    Case(kind="website", state="unreachable", word="names_silent", world=site("unreachable", "names_silent")),
    Case(kind="imitation", state="passed", world=verified("Ghosh Medical Store")),
    Case(kind="imitation", state="failed", word="like_others", world=verified("Maa Taara Sweets")),
    Case(kind="imitation", state="failed", word="protected", basis={"name": "State Bank of India"}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{n} {case}" for n, case in enumerate(CASES)])
def test_check_comes_to_what_is_so(case: Case) -> None:
    """The shop sees state, word, and in three languages a sentence that is written for exactly this."""
    bench = Bench(replace(GIVEN, **case.said), **case.basis)
    case.world(bench)
    bench.check(case.kind)
    case.answer(bench)
    for language in LANGUAGES:
        state, word, says = bench.seen(case.kind, language)
        assert (state, word or "") == (case.state, case.word)
        assert says not in ("", words.sentence("?", case.state, "?", language))
        assert "{" not in says

"""What docs/payments.md says is what the rules do and what the templates have."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from samtranslator.yaml_helper import yaml_parse

from haat.payment.banks.registry import NAMES, bank
from haat.payment.model.account import PayeeAccount
from haat.payment.model.payment import EventKind, RefundState, State
from haat.payment.rules import machine, polling
from haat.payment.service.ordering import MINUTES
from haat.payment.service.requests import LIFE_MS, LONGEST_MS
from infra.local.simulators.bank_formats import FORMATS
from infra.states import payments, refunds
from infra.states.__main__ import DOCS, TABLES, written
from infra.states.situations import situations
from tests.offered import offered

ROOT = Path(__file__).parents[3]
PAGE = "payments.md"
TEXT = (DOCS / PAGE).read_text("utf-8")
WORDS = " ".join(TEXT.split())
STATES = set(get_args(State.__value__ if hasattr(State, "__value__") else State))
PROVIDERS = dict(
    re.findall(
        r"^\| `(\w+)` \| (`[^|]*) \|", TEXT.partition("| provider | keys |")[2].partition("\n\n")[0], re.MULTILINE
    )
)
RULES = [Path(machine.__file__), Path(machine.__file__).with_name("refunds.py")]


def test_tables_are_what_the_rules_do() -> None:
    """Printed anew they are the same."""
    assert written(PAGE, TEXT) == TEXT
    assert all(table() in TEXT for table in TABLES[PAGE].values())


def test_page_without_a_place_for_a_table_is_refused() -> None:
    """A mark that somebody took away is missed, and no page is cut off."""
    for mark in ("<!-- refunds: end -->", "<!-- payments: printed by `make states` -->"):
        with pytest.raises(SystemExit):
            written(PAGE, TEXT.replace(mark, ""))


def test_every_state_meets_every_fact() -> None:
    """A fact is played in each state; only money that is known, and answers to questions, need states that have them."""
    assert {one.payment.request.state for one in situations()} == STATES
    names = {one.name for one in situations()}
    with_money = {one.name for one in situations() if one.payment.receipts}
    for by_fact in payments.cells().values():
        for fact, by_state in by_fact.items():
            assert set(by_state) in (names, with_money, names - {"CREATED"}), fact


def test_a_state_is_the_one_that_its_name_says() -> None:
    """The examples were brought there by the rules."""
    assert [one.name.partition(" ")[0] for one in situations()] == [one.payment.request.state for one in situations()]
    found = [
        {refund.state for refund in payment.refunds if refund.id in ("R", "P")}
        for _, payment in refunds.states().values()
    ]
    assert [name.partition(",")[0] for name, one in zip(refunds.states(), found, strict=True) if one] == [
        *(s for one in found for s in one)
    ]
    assert {state for one in found for state in one} == set(get_args(RefundState))


def test_every_event_and_every_flag_is_in_the_tables() -> None:
    """Whatever the rules can make of a fact, some fact of the tables makes."""
    together = payments.table() + refunds.table()
    for kind in get_args(EventKind):
        assert f"(`{kind}`)" in together, kind
    code = "\n".join(path.read_text() for path in RULES)
    flags = {*re.findall(r'flag\([a-z.]+, "(\w+)"\)', code), *re.findall(r'word = "(\w+)" if \w+ else "(\w+)"', code)[0], "amount_mismatch", "currency_mismatch", "refund_conflict"}  # fmt: skip
    assert len(flags) > 8
    for flag in flags:
        assert f"flag `{flag}`" in together, flag


def test_every_rule_is_played() -> None:
    """Each public function of the machine that makes a change is one of the facts."""
    played = Path(payments.__file__).read_text() + Path(refunds.__file__).read_text()
    named = re.findall(r"^def ([a-z]\w*)\(before: Payment.*-> Change:", RULES[0].read_text(), re.MULTILINE)
    assert len(named) > 6
    assert not [name for name in named if f"machine.{name}" not in played]


def test_no_provider_is_told_of_that_is_not_there() -> None:
    """Each row is a bank's that is built."""
    assert PROVIDERS
    assert set(PROVIDERS) <= set(NAMES)


@pytest.mark.parametrize("name", offered(NAMES, {*PROVIDERS, *FORMATS}, "built, and neither told of nor simulated"))
def test_providers_keys_are_those_that_they_ask_for(name: str) -> None:
    """A row for each bank that can be tried, with the names of the keys and settings that an owner enters."""
    caps = bank(name).CAPS
    keys = {*caps.door_keys, *caps.settlement_keys, *caps.call_keys}
    assert set(re.findall(r"`(\w+)`", PROVIDERS.get(name, ""))) == keys | {*caps.settings}


def test_states_are_explained() -> None:
    """Each in its words, in the merchants' part."""
    merchants = TEXT.partition("## For merchants")[2].partition("## For operators")[0]
    assert set(re.findall(r"^\| `([A-Z]+)` \|", merchants, re.MULTILINE)) == STATES


def test_figures_are_the_codes() -> None:
    """Limits and times."""
    limit = PayeeAccount.__dataclass_fields__["limit"].default
    assert (limit, LIFE_MS, LONGEST_MS, MINUTES) == (10_000_000, 15 * 60_000, 30 * 86_400_000, 60)
    assert "Rs 1,00,000" in TEXT
    assert "in the chat, and has an hour." in WORDS
    assert "lives 15 minutes unless you say otherwise (30 days at the most)" in WORDS
    assert (polling.FIRST_MS, polling.EARLY_MS, polling.EARLY_CALLS) == (90_000, 2 * 3_600_000, 3)
    assert "the first 90 s after a request, three in two hours, then one in an hour" in WORDS


def template() -> dict[str, Any]:
    """template.yaml."""
    # samtranslator is published without types
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())  # type: ignore[no-untyped-call]
    return parsed


def test_names_are_the_templates() -> None:
    """Parameters, outputs, functions and queues that the page names are there, and every function about money is named."""
    whole = template()
    operators = TEXT.partition("## For operators")[2].partition("## For developers")[0]
    capitals = set(re.findall(r"`([A-Z]\w*[a-z]\w*)[`=]", operators))
    assert {"BankUrls", "BankSubnets", "BankSecurityGroups", "PaymentWebhookUrl"} <= capitals
    assert capitals <= {*whole["Parameters"], *whole["Outputs"]}
    functions = {path.name for path in (ROOT / "functions").glob("payment_*")}
    assert set(re.findall(r"^\| `(payment_\w+)` \|", TEXT, re.MULTILINE)) == functions
    queues = set(re.findall(r"haat-\$\{Stage\}-(payment-[a-z]+)\b", (ROOT / "infra/queues.yaml").read_text()))
    assert set(re.findall(r"`(payment-[a-z]+)`", TEXT)) == queues


def test_what_cannot_be_promised_is_said() -> None:
    """To whoever reads the first lines only."""
    first = TEXT.partition("## The one rule")[0]
    for words in ("Format-complete, not bank-certified", "simulated", "28 February 2026"):
        assert words in first

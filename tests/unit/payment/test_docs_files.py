"""What docs/payments.md says of settlement files is what the rules, the store and the bucket do."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from samtranslator.yaml_helper import yaml_parse

from haat.kernel.time import DAY, SECOND
from haat.payment.model.files import MEANINGS, QUESTIONS, FileState
from haat.payment.rules.files import MOST_DAYS
from haat.payment.rules.reading import FILE
from haat.payment.store.files import KEPT_S

ROOT = Path(__file__).parents[3]
SECTION = (ROOT / "docs/payments.md").read_text().partition("### Settlement files")[2].partition("\n### ")[0]
ROWS = [line.split("|")[1].strip() for line in SECTION.splitlines() if line.startswith("| `")]


def test_every_meaning_is_explained() -> None:
    """Each once, and a ? stands behind those that somebody should look at."""
    told = {re.sub(r"[`? ]", "", row): row.endswith("?") for row in ROWS}
    assert {word: told[word] for word in MEANINGS} == {word: word in QUESTIONS for word in MEANINGS}


def test_every_state_is_explained() -> None:
    """None is left out."""
    assert set(get_args(FileState)) <= {word for row in ROWS for word in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize(
    "said",
    [
        f"at most {MOST_DAYS})",
        f"at most {FILE // 1024**2} MB",
        f"| {KEPT_S * SECOND // DAY} days |",
        "is good for an hour",
    ],
)
def test_limits_are_those_of_the_rules(said: str) -> None:
    """As numbers."""
    assert said in " ".join(SECTION.split())


def test_files_are_deleted_when_the_page_says() -> None:
    """By the bucket itself."""
    stateful: Any = yaml_parse((ROOT / "infra/stateful.yaml").read_text())  # type: ignore[no-untyped-call]
    (rule,) = stateful["Resources"]["PaymentFilesBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert f"| {rule['ExpirationInDays']} days, then the bucket deletes it |" in SECTION


def test_lines_are_asked_for_by_every_meaning() -> None:
    """The API's document takes each of them, and no other word; an answer may have each."""
    part: Any = yaml.safe_load((ROOT / "infra/api/operator-settlement.yaml").read_text())
    asked = part["paths"]["/v1/operator/settlement-files/{file_id}/lines"]["get"]["query"]["meaning"]
    assert re.fullmatch(asked["pattern"], ",".join(MEANINGS))
    assert set(re.findall(r"[a-z_]+", asked["pattern"])) == set(MEANINGS)
    assert len(",".join(MEANINGS)) <= asked["maxLength"]
    assert part["schemas"]["SettlementLine"]["properties"]["meaning"]["enum"] == [*MEANINGS, None]

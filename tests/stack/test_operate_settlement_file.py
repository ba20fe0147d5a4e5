"""What an operator does with a bank's file in a shell: `make settlement-file`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from haat.business.model.token import Role
from haat.kernel.time import DAY, Instant, later
from haat.payment.rules.files import refused
from haat.payment.store.files import DynamoFiles
from infra.local.seed import seed
from infra.local.settings import Settings
from infra.local.stage import Stage
from infra.operate import settlement_file
from tests.stack.business.conftest import Api
from tests.stack.business.operating import OPERATOR
from tests.stack.payment.filing import Desk, payment, report
from tests.unit.payment.recon import line

HERE = Settings().url
AT = Instant(1_767_510_000_000)  # 2026-01-04
DAYS = ["--day", "2026-01-04", "--last", "2026-01-14"]


class Shell:
    """An operator's shell, with a token in it."""

    def __init__(self, desk: Desk, file: Path) -> None:
        self.desk, self._file = desk, file

    def brings(self, raw: bytes, *more: str) -> int:
        """Write the file and say `make settlement-file`."""
        self._file.write_bytes(raw)
        account = ["--account", self.desk.account.id, *DAYS]
        return settlement_file.main([*account, "--file", str(self._file), *more], self.speaks, self.waits)

    def speaks(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """One call: to the stage's API, or with a form to where the form says."""
        if not address.startswith(HERE):
            posted = requests.post(address, data=body, headers=dict(headers), timeout=5)
            return posted.status_code, posted.content
        answer = self.desk.stage.http(method, address.removeprefix(HERE), dict(headers), body)
        return answer.status, answer.body

    def waits(self, seconds: float) -> None:
        """Time passes at the stage."""
        self.desk.stage.run_for(seconds)


@pytest.fixture
def shell(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return the shell of an operator, at a market where a shop has an account."""
    seed(stage)
    desk = Desk(Api(stage))
    desk.till.move(later(desk.till.now(), 10 * DAY))
    monkeypatch.setenv("HAAT_OPERATOR_TOKEN", desk.api.token(OPERATOR, Role.OPERATOR))
    return Shell(desk, tmp_path / "file.json")


def test_file_is_brought_and_told_of(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """What its lines meant, its sums in rupees, and the lines that somebody should look at; brought again it is the same file."""
    shell.desk.paid("H1", 10_000, AT, txn="pay_1")
    shell.desk.paid("H2", 700, AT, txn="pay_2")
    taken = line("adjustment", "adj_1", 30_000, "setl_1", payment_id="pay_1", dispute_id="disp_1")
    raw = report(payment("pay_1", 10_000, fee=236, tax=36), taken)
    assert shell.brings(raw) == 0
    said = capsys.readouterr().out
    first, *rest = said.splitlines()
    assert first.startswith("file ")
    assert first.endswith("of razorpay, 2026-01-04 to 2026-01-14: done")
    words = [" ".join(one.split()) for one in rest]
    assert words == [
        "chargeback 1", "confirms 1", "missing 1",
        "received Rs 100.00", "refunded Rs 0.00", "charged_back Rs 300.00", "fees Rs 2.36", "gst_on_fees Rs 0.36", "net -Rs 202.36",
        "2 lines to look at:", "chargeback line 2 Rs 300.00 pay_1", "missing no line Rs 7.00 pay_2",
    ]  # fmt: skip
    assert shell.brings(raw) == 0
    assert capsys.readouterr().out == said
    assert len(shell.desk.operator.json("GET", "settlement-files")["items"]) == 1


def test_file_that_is_refused_is_an_error(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """In one word, and with the file that has the same content."""
    assert shell.brings(b"no report") == 1
    assert "refused (malformed)" in capsys.readouterr().out
    assert shell.brings(raw := report(payment("pay_1", 100))) == 0
    known = capsys.readouterr().out.split()[1]
    assert shell.brings(raw, "--last", "2026-01-13") == 1
    assert f"refused (same_file as {known})" in capsys.readouterr().out


def test_file_that_was_refused_can_be_brought_again(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """As another one: what was wrong with it may be mended, as here, where two people posted into one form."""
    raw = report(payment("pay_1", 100))
    assert shell.brings(raw) == 0
    id = capsys.readouterr().out.split()[1]
    files = DynamoFiles(shell.desk.till.table)
    there = files.get(id)
    assert there is not None
    files.save(refused(there, "changed_while_read"))
    assert shell.brings(raw) == 0
    assert capsys.readouterr().out.split()[1] != id
    assert len(shell.desk.operator.json("GET", "settlement-files")["items"]) == 2


def test_mistake_is_said(shell: Shell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing in the command, a file that is not there, and what the API refuses by field; nothing is announced."""
    assert settlement_file.main(["--account", "x"], shell.speaks, shell.waits) == 2
    assert settlement_file.main(["--account", "x", "--day", "x", "--file", "/none"], shell.speaks, shell.waits) == 1
    assert shell.brings(b"{}", "--last", "2026-02-30") == 1
    assert "last_day is no day of the calendar" in capsys.readouterr().err
    asked: Any = ["--account", shell.desk.account.id, *DAYS]
    assert settlement_file.main(asked, shell.speaks, shell.waits) == 1
    assert "one day is fetched at once" in capsys.readouterr().err
    monkeypatch.setenv("HAAT_OPERATOR_TOKEN", "haat_invented")
    assert shell.brings(b"{}") == 1
    assert "401" in capsys.readouterr().err
    monkeypatch.delenv("HAAT_OPERATOR_TOKEN")
    assert shell.brings(b"{}") == 2
    assert not [item for item in shell.desk.stage.items("payment") if item["pk"]["S"].startswith("FILE#")]

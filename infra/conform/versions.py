"""Other versions of this checkout: the last release, from the repository's history, and a next one that is made up here."""

import ast
import io
import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path

from infra.conform.deployed import Deployed
from infra.conform.stack import PARTS
from infra.local.market import DemoShop
from infra.local.seed import seed
from infra.local.settings import ROOT

RELEASED = Path(__file__).parent / "released"
_SHARED = Path("layers/shared/haat")
# What lies in queues and tables; each gains a field in the next version.
_KEPT = {
    "facts/conversation.py": ("Contact", "Fact"),
    "facts/said.py": ("Choice", "Bill", "ShopSays", "Template", "StaffHears"),
    "facts/payments.py": (
        *("CallbackKept", "BankAnswered", "BankWanted", "PaymentDue"),
        *("OrderMoney", "OrderWantsMoney", "OrderWantsNone", "CustomerForgotten", "PayeeNameWanted"),
    ),
    "facts/settlement.py": (
        *("SettlementFileGiven", "SettlementGoesOn", "RefundFiled", "ReportsWanted", "ReportWanted", "ReportAnswered"),
    ),
    "facts/notices.py": ("NoticeRaised", "NoticeDue"),
    "facts/profiles.py": ("ProfileChanged", "ProfileWanted", "NumberWanted"),
    "facts/verification.py": (
        *("ShopChanged", "CheckWanted", "NumberSeen", "PayeeNamed", "DocumentGiven", "DocumentTakenAway"),
        *("BadgeToSign", "ListToSign", "EvidenceToForget"),
    ),
    "conversation/model/__init__.py": ("Entry", "Manners", "Taught", "BurstPart", "Conversation", "Outgoing"),
    "conversation/model/people.py": ("Erasure",),
    "business/model/merchant.py": ("Merchant", "StaffNumber", "StaffTemplate", "Card"),
    "business/model/token.py": ("Token",),
    "business/model/product.py": ("Picture", "Product", "Collection"),
    "business/model/order.py": ("Line", "Step", "Money", "Order", "Option", "Spoken"),
    "business/model/sheet.py": ("Progress",),
    "payment/model/account.py": ("PayeeAccount",),
    "payment/model/bank.py": ("Account", "Row"),
    "payment/model/files.py": ("Line", "Part", "SettlementFile"),
    "payment/model/payment.py": ("Request", "Receipt", "Refund", "Orphan", "Proof"),
    "verification/model/badge.py": ("Badge", "Complaint"),
    "verification/model/dossier.py": ("Dossier", "Entry"),
    "verification/model/evidence.py": ("Evidence", "Document"),
    "verification/model/request.py": ("Check", "Basis", "Likeness", "Approval", "Request"),
}
# No two of its defaults are the same, so it is never left out as one.
_FIELD = "    trial: str = __import__('dataclasses').field(default_factory=lambda: __import__('uuid').uuid4().hex)"
# Where a version is written down, and where it is asked for.
_VERSIONS = (
    *(
        (f"facts/{name}.py", r"(version: ClassVar\[int\] = )(\d+)")
        for name in ("conversation", "said", "notices", "profiles", "payments", "settlement", "verification")
    ),
    ("conversation/store/items.py", r"(OUTGOING_VERSION = )(\d+)"),
    ("conversation/store/items.py", r'("look_again", "v": )(\d+)'),
    ("conversation/store/lines.py", r'("learn", "v": )(\d+)'),
    ("conversation/store/erasures.py", r'("erase_more", "v": )(\d+)'),
    ("wiring/answering.py", r"(check_version\(due, )(\d+)"),
)


class NoHistory(Exception):
    """The last release is not in this checkout's history; the text says why."""


class NotUnderstood(Exception):
    """The code is no longer written as this module thinks; the text says where."""


def last_release(into: Path) -> Path:
    """Return the last release, as the file `released` names it, unpacked at `into`. Raises NoHistory."""
    lines = RELEASED.read_text(encoding="utf-8").splitlines()
    commit = next((line for line in lines if line and not line.startswith("#")), None)
    if commit is None:
        raise NoHistory("infra/conform/released names no release yet")
    git = shutil.which("git")
    if git is None:
        raise NoHistory("there is no git here")
    done = subprocess.run([git, "archive", commit, *PARTS], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        raise NoHistory(f"{commit}, the last release, is not in the history of this checkout; a shallow clone has none")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(into, filter="data")
    return into


def next_version(into: Path) -> Path:
    """Return a copy of this checkout at `into` in which every fact and row has a field more and a version that is one higher."""
    ignore = shutil.ignore_patterns("__pycache__", ".venv*")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, into / part, ignore=ignore)
        else:
            shutil.copy(source, into / part)
    for name, pattern in _VERSIONS:
        file = into / _SHARED / name
        code, times = re.subn(pattern, lambda found: f"{found[1]}{int(found[2]) + 1}", file.read_text(encoding="utf-8"))
        if not times:
            raise NotUnderstood(f"{name}: no version is written there")
        file.write_text(code, encoding="utf-8")
    for name, classes in _KEPT.items():
        _add_field(into / _SHARED / name, classes)
    return into


def open_shops(checkout: Path, stage: Deployed, shops: Iterable[DemoShop]) -> None:
    """Open shops by the code of a checkout, as its operator would; nothing is changed where they stand."""
    numbers = [shop.phone_number_id for shop in shops]
    command = [str(ROOT / ".venv/bin/python"), "-P", str(Path(__file__).with_name("shopkeeper.py"))]
    done = subprocess.run(
        [*command, json.dumps(dict(stage.deployment.outputs)), *numbers],
        cwd=checkout,
        env={**stage.engine.environ, "PYTHONPATH": f"{checkout}:{checkout / 'layers/shared'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NotUnderstood(f"{checkout.name} can't open shops: {done.stderr[-2000:]}")
    seed(stage, tuple(shops))  # they stand: it only lets the simulator know their numbers


def _add_field(file: Path, classes: Iterable[str]) -> None:
    """Add a field behind the last one of each dataclass."""
    code = file.read_text(encoding="utf-8")
    lines = code.splitlines()
    known = {node.name: node for node in ast.parse(code).body if isinstance(node, ast.ClassDef)}
    ends = []
    for name in classes:
        fields = [node for node in known[name].body if isinstance(node, ast.AnnAssign)] if name in known else []
        if not fields:
            raise NotUnderstood(f"{file.name}: no dataclass {name}")
        ends.append(max(node.end_lineno or 0 for node in fields))
    for end in sorted(ends, reverse=True):
        lines.insert(end, _FIELD)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")

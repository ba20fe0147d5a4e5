"""What the operators' pages tell people to type is so: operations, options, values, and the names of things."""

import functools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StringShape, StructureShape
from samtranslator.yaml_helper import yaml_parse

from haat.aws.parameters import KEEP_S
from haat.conversation.channels.graph import ACTIONS
from haat.conversation.channels.whatsapp_items import IGNORED_FIELDS, READERS
from haat.conversation.model import Manners
from haat.conversation.store.items import NEWS_LIFE_MS, SEND_LIFE_MS
from haat.conversation.store.lines import KEEP_S as LINE_KEEP_S
from haat.edge.batch import PARK_ON_RECEIVE
from haat.kernel.time import DAY, MINUTE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGE, RESTORE = (DOCS / "operate.md").read_text(), (DOCS / "restore.md").read_text()
PAGES = {"operate.md": PAGE, "restore.md": RESTORE, "runbook.md": (DOCS / "runbook.md").read_text()}
TEMPLATES = [ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml"))]
TEXT = "\n".join(path.read_text() for path in TEMPLATES)
GLOBAL = {"query", "output", "region", "profile"}
# `aws logs tail` is the command line's own; its options as its reference gives them.
OWN = {("logs", "tail"): {"since", "follow", "format", "filter-pattern", "log-stream-names", "log-stream-name-prefix"}}
# Every command has --endpoint-url, so the command line gives this one a longer name.
RENAMED = {("sns", "subscribe"): {"endpoint": "notification-endpoint"}}


def blocks(page: str) -> str:
    """What is to be typed, a line for each command."""
    return "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL)).replace("\\\n", " ")


def typed(page: str) -> Iterator[list[str]]:
    """The words of each `aws` command, those inside another command too."""
    for line in blocks(page).splitlines():
        inside = re.findall(r"\$\((aws .*)\)$", line)
        for command in inside or ([line] if line.startswith("aws ") else []):
            yield shlex.split(re.sub(r"\$\([^)]*\)", "$RESULT", command))[1:]


COMMANDS = [(name, command) for name, page in PAGES.items() for command in typed(page)]


@functools.cache
def service(name: str) -> ServiceModel:
    """What AWS says of one of its services."""
    return botocore.session.get_session().get_service_model(name)


def operation(words: list[str]) -> Any:
    """The operation that a command calls, or that it waits for."""
    name, called = words[0], words[1]
    if called == "wait":
        waiters = Loader().load_service_model(name, "waiters-2")["waiters"]
        called = {xform_name(waiter, "-"): each["operation"] for waiter, each in waiters.items()}[words[2]]
        return service(name).operation_model(called)
    operations = {xform_name(each, "-"): each for each in service(name).operation_names}
    return service(name).operation_model(operations[called])


def options(words: list[str]) -> dict[str, list[str]]:
    """The values given to each option of a command."""
    found: dict[str, list[str]] = {}
    values: list[str] = []
    for word in words[3 if words[1] == "wait" else 2 :]:
        if word.startswith("--"):
            values = found[word[2:]] = []
        else:
            values.append(word)
    return found


def fits(shape: Shape, values: list[str]) -> bool:
    """Whether values may be given for an input, as far as its description says."""
    match shape:
        case ListShape():
            return bool(values) and all(fits(shape.member, [value]) for value in values)
        case StructureShape() if len(values) == 1 and "=" in values[0]:
            return all(pair.partition("=")[0] in shape.members for pair in values[0].split(","))
        case StringShape() if len(values) == 1 and shape.enum and not values[0].startswith("$"):
            return values[0] in shape.enum
        case _:
            return len(values) == (0 if shape.type_name == "boolean" else 1)


@pytest.mark.parametrize(
    ("page", "words"), COMMANDS, ids=[" ".join([str(n), *words[:2]]) for n, (_, words) in enumerate(COMMANDS)]
)
def test_command_is_one_of_aws(page: str, words: list[str]) -> None:
    """Service, operation, options and fixed values of each `aws` command are AWS's, and nothing that it needs is left out."""
    given = options(words)
    if own := OWN.get((words[0], words[1])):
        assert set(given) <= own | GLOBAL
        return
    renamed = RENAMED.get((words[0], words[1]), {})
    shapes = {xform_name(name, "-"): shape for name, shape in operation(words).input_shape.members.items()}
    members = {renamed.get(name, name): shape for name, shape in shapes.items()}
    for name, values in given.items():
        assert name in members or name in GLOBAL, f"{page}: {words[1]} has no --{name}"
        assert name in GLOBAL or fits(members[name], values), f"{page}: --{name} {values}"
    needed = {xform_name(name, "-") for name in operation(words).input_shape.required_members}
    assert needed <= set(given), f"{page}: {words[1]} needs {needed - set(given)}"


def test_commands_are_found() -> None:
    """The pages have commands, those inside another command among them; every line that names `aws` is one."""
    assert {"operate.md", "restore.md"} <= {page for page, _ in COMMANDS}
    lines = [line for page in PAGES.values() for line in blocks(page).splitlines() if re.search(r"\baws\b", line)]
    assert len(lines) == len(COMMANDS)


def declared() -> set[str]:
    """Names of resources in the templates, with STAGE in them."""
    return {name.replace("${Stage}", "STAGE") for name in re.findall(r"haat-\$\{Stage\}-[a-z_.-]+[a-z]", TEXT)}


@pytest.mark.parametrize("page", PAGES)
def test_names_of_resources_are_the_templates(page: str) -> None:
    """Each `haat-STAGE-…` of a page is a resource of a template, or the table that is restored beside one."""
    told = set(re.findall(r"haat-STAGE-[a-z_.-]+[a-z]", PAGES[page]))
    plain = {name.removesuffix(".fifo") for name in declared()}
    assert {name.removesuffix("-restored").removesuffix(".fifo") for name in told} <= plain


def test_secrets_are_the_templates() -> None:
    """The page creates exactly the parameters that functions read, and taking a stage away deletes them all."""
    read = {f"/haat/STAGE/{name}" for name in re.findall(r"\}?:?parameter/haat/\$\{Stage\}/([a-z/-]+)", TEXT)}
    made = {option["name"][0] for _, words in COMMANDS if words[1] == "put-parameter" for option in [options(words)]}
    gone = {name for _, words in COMMANDS if words[1] == "delete-parameters" for name in options(words)["names"]}
    assert made == gone == read
    assert set(re.findall(r"^\| `(/haat/STAGE/[a-z/-]+)` \|", PAGE, re.MULTILINE)) == read


def root() -> dict[str, Any]:
    """template.yaml."""
    # samtranslator is published without types
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())  # type: ignore[no-untyped-call]
    return parsed


def test_parameters_and_outputs_are_the_templates() -> None:
    """The page explains each parameter of the template, the choices of `Rollout` too, and asks for outputs that it has."""
    parameters = root()["Parameters"]
    assert set(re.findall(r"^\| `([A-Z][A-Za-z]+)` \|", _section("3. Deploy"), re.MULTILINE)) == set(parameters)
    choices = re.findall(
        r"`([A-Z]\w+)`", "".join(re.findall(r"^\| `(?:AllAtOnce|Linear\w+|Canary\w+)`.*?\|", PAGE, re.MULTILINE))
    )
    assert set(parameters["Rollout"]["AllowedValues"]) == set(choices)
    versions = set(re.findall(r"graph\.facebook\.com/(v[\d.]+)/", PAGE + RESTORE))
    assert versions == {parameters["GraphVersion"]["Default"]}
    outputs = re.findall(r"OutputKey=='(\w+)'", PAGE + RESTORE)
    assert outputs
    assert set(outputs) <= set(root()["Outputs"])


def _section(title: str) -> str:
    (found,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def test_stages_are_told_as_they_are_deployed() -> None:
    """The table of rollouts names, for each stage, the one that samconfig.toml gives it."""
    config = (ROOT / "samconfig.toml").read_text()
    for stage, rollout in re.findall(r'"Stage=(\w+)".*?"Rollout=(\w+)"', config):
        assert re.search(rf"^\| .*`{rollout}`.*\| `{stage}`", PAGE, re.MULTILINE), (stage, rollout)


@pytest.mark.parametrize("page", PAGES)
def test_make_is_told_what_it_reads(page: str) -> None:
    """Each variable that a `make` command is given is one that the target's recipe reads."""
    makefile = (ROOT / "Makefile").read_text()
    code = blocks(PAGES[page]) + "\n".join(re.findall(r"`(make [^`]+)`", PAGES[page]))
    for target, given in re.findall(r"\bmake ([a-z-]+)((?: [A-Z]+=[\w.-]+)*)", code):
        recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)*)", makefile, re.MULTILINE)
        assert recipe, target
        for variable in re.findall(r"([A-Z]+)=", given):
            assert f"$({variable})" in recipe[1], f"{target} reads no {variable}"


def test_fields_have_a_place() -> None:
    """Each webhook field that the page subscribes to is read, or is news of an account; those it leaves out are thrown away."""
    named = re.findall(
        r"`([a-z_]+)`", "".join(re.findall(r"^\| (`[a-z_`, ]+`) \|", _section("4. The webhook"), re.MULTILINE))
    )
    news = ("account_", "business_", "phone_number_", "message_template_", "template_")
    assert "messages" in named
    assert not [field for field in named if field not in READERS and not field.startswith(news)]
    assert not set(named) & IGNORED_FIELDS
    assert all(f"`{field}`" in PAGE for field in IGNORED_FIELDS)


def test_words_of_the_logs_are_said() -> None:
    """The words and codes by which the page lets people look for a first message's fate are in the code."""
    way = _section("6. The first message")
    code = "\n".join(path.read_text() for path in (ROOT / "layers/shared/haat").rglob("*.py"))
    words = set(re.findall(r"`([a-z_]+)`", way)) - {path.name for path in (ROOT / "functions").iterdir()}
    words.remove("subscribed_apps")  # Meta's
    assert {"signature_refused", "unknown_address", "closed"} <= words
    assert not [word for word in words if not re.search(rf'["# ]{word}\b', code)]
    assert {int(number) for number in re.findall(r"\b\d{3,6}\b", way)} <= set(ACTIONS)


def test_figures_are_the_codes() -> None:
    """What the pages say of times and counts is what the code does."""
    together = " ".join((PAGE + RESTORE).split())
    sources = len(re.findall(r"MaximumConcurrency: !Ref DoorConcurrency", TEXT))
    each = root()["Parameters"]["DoorConcurrency"]["Default"]
    assert f"consumers may ask for {sources * each} ({each} each" in together
    assert (KEEP_S, LINE_KEEP_S, PARK_ON_RECEIVE) == (300, 60, 4)
    assert (SEND_LIFE_MS, NEWS_LIFE_MS, Manners().silence_ms) == (30 * DAY, 90 * DAY, 30 * MINUTE)
    for words in ("within 5 minutes", "within a minute", "after four attempts", "30 days; 90 days", "half an hour"):
        assert words in together
    assert set(re.findall(r"MessageRetentionPeriod: (\d+)", TEXT)) == {str(14 * DAY // 1000)}
    assert set(re.findall(r"RetentionInDays: (\d+)", TEXT)) == {"30"}


def test_dollars_are_those_of_costs() -> None:
    """Each price on the page stands in docs/costs.md, where it was measured."""
    prices = re.findall(r"\b\d+\.\d\d\b", _section("What it costs"))
    assert len(prices) > 5
    assert set(prices) <= set(re.findall(r"\b\d+\.\d\d\b", (DOCS / "costs.md").read_text()))


def test_page_says_what_was_not_tried() -> None:
    """Each page says first that it was never run on a real account."""
    first = (" ".join(page.split("\n## ")[0].split()) for page in PAGES.values())
    assert all(re.search(r"(been run|has rung) on a real (AWS )?account", words) for words in first)

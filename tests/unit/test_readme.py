"""The README says what is so: the scene, the picture, the settings, the words, the links."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NODE = r"[a-z][a-z_.-]*"


def read(name: str) -> dict[str, Any]:
    """A template's resources, by logical name."""
    # samtranslator is published without types
    parsed: dict[str, Any] = yaml_parse((ROOT / name).read_text())  # type: ignore[no-untyped-call]
    resources: dict[str, Any] = parsed["Resources"]
    return resources


def queues() -> dict[str, str]:
    """Each queue's name in the picture, by its logical name in infra/queues.yaml."""
    resources = read("infra/queues.yaml")
    return {
        logical: resource["Properties"]["QueueName"]["Fn::Sub"].removeprefix("haat-${Stage}-")
        for logical, resource in resources.items()
    }


def drawn() -> set[tuple[str, str]]:
    """The arrows of the README's pictures."""
    picture = "".join(part.split("```")[0] for part in README.split("```mermaid")[1:])
    arrow = re.compile(rf"^\s*({NODE})[\[(\w)\]]*\s*(?:--|-\.)(?:[^>]*)>\s*({NODE})", re.MULTILINE)
    return set(arrow.findall(picture))


def deployed() -> set[tuple[str, str]]:
    """The arrows of the template: who wakes whom, and who may write or read where."""
    names = queues()
    outputs = {f"{logical}Arn": name for logical, name in names.items()}
    arrows = {("meta", "inbound_message"), ("outbound_message", "meta")}
    arrows |= {("banks", "payment_callback"), ("payment_bank_call", "banks")}
    for resource in read("template.yaml").values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        function = properties["CodeUri"].removeprefix("functions/")
        for event in properties.get("Events", {}).values():
            if event["Type"] == "Schedule":
                arrows.add(("schedule", function))
                continue
            source = event["Properties"].get("Queue") or event["Properties"]["Stream"]
            arrows |= {(where, function) for where in _places(source, outputs)}
        for statement in (each for policy in properties["Policies"] for each in policy["Statement"]):
            if any("sqs:SendMessage" in action or "dynamodb" in action for action in _listed(statement["Action"])):
                places = {where for target in _listed(statement["Resource"]) for where in _places(target, outputs)}
                arrows |= {(function, where) for where in places if "dlq" not in where}
    return arrows


def _places(reference: Any, outputs: dict[str, str]) -> Iterator[str]:
    if "Fn::Sub" in reference:  # a part of the table, its index
        for part in reference["Fn::Sub"][1].values():
            yield from _places(part, outputs)
        return
    output = str(reference["Fn::GetAtt"][-1] if isinstance(reference["Fn::GetAtt"], list) else reference["Fn::GetAtt"])
    output = output.removeprefix("Outputs.").rpartition(".")[2]
    if table := re.fullmatch(r"(Conversation|Business|Payment|Verification)(?:Table|Stream)Arn", output):
        yield table[1].lower()
    elif output in outputs:
        yield outputs[output]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_picture_is_the_template() -> None:
    """Each arrow of the pictures is in the template, and each of the template's is in one of them."""
    assert drawn() == deployed()


def test_settings_are_all_told() -> None:
    """The README names each setting of the stage, and no other."""
    source = (ROOT / "infra" / "local" / "settings.py").read_text()
    assert set(re.findall(r"`(HAAT_[A-Z_]+)`", README)) == set(re.findall(r'"(HAAT_[A-Z_]+)"', source))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link of a page to a file of the repository leads to one."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    """Each `make` target that a page names is one."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?\bmake ([a-z][a-z-]+)\b(?= |`|$|,)", "\n".join(_code(page.read_text()))))
    assert named <= targets


def _code(text: str) -> Iterator[str]:
    yield from re.findall(r"```(?:sh)?\n(.*?)```", text, re.DOTALL)
    yield from re.findall(r"`[^`\n]+`", text)

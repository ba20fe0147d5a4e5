"""The house rules for the templates: what is there keeps them, and each is broken once and seen."""

from pathlib import Path

import pytest
from aws_lambda_powertools.shared import constants

from infra.lint.__main__ import main
from infra.lint.readers import POWERTOOLS
from infra.lint.rules import RULES, findings
from infra.lint.templates import load
from tests.unit.lint.plants import data, doors, environment, functions, permissions, queues, sources
from tests.unit.lint.plants.planting import ROOT, Edit, Plant, new_findings, real

PLANTS = [
    plant for module in (queues, data, permissions, doors, environment, sources, functions) for plant in module.PLANTS
]


def test_templates_keep_the_rules() -> None:
    """Nothing in the templates of this checkout breaks a rule."""
    assert list(map(str, findings(real()))) == []


@pytest.mark.parametrize("plant", PLANTS, ids=[f"{plant.rule}-{number}" for number, plant in enumerate(PLANTS)])
def test_violation_is_found(plant: Plant, tmp_path: Path) -> None:
    """A planted violation is found by its rule, with the resource's name and what to do, and nothing else is."""
    found = new_findings(plant, tmp_path)
    assert plant.rule in found
    assert set.union(*found.values()) == set(plant.found)


@pytest.mark.parametrize("edit", doors.HARMLESS.values(), ids=doors.HARMLESS)
def test_harmless_is_not_found(edit: Edit, tmp_path: Path) -> None:
    """What only looks like a violation breaks no rule."""
    assert new_findings(Plant(rule="", edits=(edit,), found=()), tmp_path) == {}


def test_each_rule_is_seen_red() -> None:
    """Each rule has a planted violation."""
    assert {plant.rule for plant in PLANTS} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_rule_says_what_it_wants(rule: str) -> None:
    """A rule's docstring is a sentence that a person can follow."""
    assert (RULES[rule].__doc__ or "").endswith(".")


def test_powertools_reads_what_is_said_of_it() -> None:
    """The variables that Powertools is said to read are in its own list of what it reads."""
    known = {value for name, value in vars(constants).items() if name.endswith("_ENV")}
    assert {name for names in POWERTOOLS.values() for name in names} <= known


def test_backup_is_what_the_docs_say() -> None:
    """The operator's page restores each table from point-in-time recovery, which a rule holds each table to."""
    page = (ROOT / "docs" / "operate.md").read_text()
    names = [
        table.properties["TableName"]["Fn::Sub"].replace("${Stage}", "STAGE")
        for table in real().of("AWS::DynamoDB::Table")
    ]
    assert "point-in-time recovery" in page
    assert [name for name in names if name not in page] == []


def test_program_names_what_breaks_a_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The program prints each finding and returns 1."""
    (tmp_path / "template.yaml").write_text(
        "Resources: {Waiting: {Type: AWS::SQS::Queue, Properties: {QueueName: waiting}}}"
    )
    assert main([str(tmp_path)]) == 1
    assert "template.yaml: Waiting: is named waiting: begin with haat-${Stage}-" in capsys.readouterr().err


def test_program_is_content_with_the_checkout(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder the program looks at this checkout, and returns 0."""
    assert main([]) == 0
    assert (
        capsys.readouterr().out
        == f"house rules: {len(RULES)} rules, {len(real().resources)} resources in {len(real().files)} templates, 0 findings\n"
    )


@pytest.mark.parametrize(
    ("nested", "said"),
    [
        ("infra/gone.yaml", "infra/gone.yaml: No such file or directory"),
        ("{ApplicationId: a, SemanticVersion: 1.0.0}", "template.yaml: More: nest a file of this checkout"),
    ],
)
def test_what_cannot_be_read_is_said(
    nested: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A template that is not there, or lies elsewhere, is an error with its name."""
    (tmp_path / "template.yaml").write_text(
        f"Resources: {{More: {{Type: AWS::Serverless::Application, Properties: {{Location: {nested}}}}}}}"
    )
    assert main([str(tmp_path)]) == 1
    assert said in capsys.readouterr().err


def test_api_document_is_read_from_its_file(tmp_path: Path) -> None:
    """An API's document in a file of its own is read with the templates."""
    (tmp_path / "openapi.yaml").write_text("openapi: 3.0.1")
    (tmp_path / "template.yaml").write_text(
        "Resources: {Api: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: openapi.yaml}}}"
    )
    assert load(tmp_path).documents["openapi.yaml"] == {"openapi": "3.0.1"}

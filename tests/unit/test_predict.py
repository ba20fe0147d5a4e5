"""`make predict` guesses by the code that functions use, in the order of the messages, and never leaves half a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from haat.conversation.rules.learning import learn
from haat.conversation.rules.matching import compile_book
from infra.predict import main
from tests.unit.conversation import shops


def run(folder: Path, faq: Any, messages: str) -> int:
    """Run it on files in a folder, where there may be an older outcome."""
    (folder / "f.json").write_text(faq if isinstance(faq, str) else json.dumps(faq), "utf-8")
    (folder / "m.jsonl").write_text(messages, "utf-8")
    return main([f"--faq={folder / 'f.json'}", f"--messages={folder / 'm.jsonl'}", f"--out={folder / 'p.jsonl'}"])


def outcome(folder: Path) -> list[dict[str, Any]]:
    """What it has written."""
    return [json.loads(line) for line in (folder / "p.jsonl").read_text("utf-8").splitlines()]


def test_every_message_gets_the_guess_of_the_book(tmp_path: Path) -> None:
    """The files of the shop go in as they are, and each message comes out in its place with what the bot would guess."""
    entries, messages = shops.entries("faq_rich"), shops.messages()
    said = (shops.SHOP / "messages_dev.jsonl").read_text("utf-8")
    assert run(tmp_path, (shops.SHOP / "faq_rich.json").read_text("utf-8"), said) == 0
    book = compile_book(entries, learn(entries))
    wanted = [
        {"id": json.loads(line)["id"], "intent": match and match.entry.id, "score": match.confidence if match else 0}
        for line, match in zip(said.splitlines(), (book.match(message.text) for message in messages), strict=True)
    ]
    assert outcome(tmp_path) == wanted


def test_odd_files_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Plain examples, other keys, no examples, an example taught twice, empty lines, strange letters: all are taken."""
    faq = {
        "name": "x",
        "entries": [
            {"id": "b", "examples": ["Price?", {"text": "cost", "lang": "en", "by": 1}], "reply": "10"},
            {"id": "a", "examples": ["price", "\ud800"]},
            {"id": "empty", "examples": []},
            {"id": "none"},
        ],
    }
    lines = [
        {"id": "1", "text": "PRICE"},
        {"id": 2, "text": "👍", "at": 5},
        {"id": "3", "text": "one\u2028\ud800 cost"},
    ]
    assert run(tmp_path, faq, "\ufeff" + "\n\n".join(json.dumps(line) for line in lines)) == 0
    found = outcome(tmp_path)
    assert found[:2] == [{"id": "1", "intent": "a", "score": 1.0}, {"id": 2, "intent": None, "score": 0.0}]
    assert (found[2]["id"], found[2]["intent"]) == ("3", "b")
    assert "“Price?” of b is left out: it stands in a too" in capsys.readouterr().err


MANY = {"entries": [{"id": "a", "examples": [f"example {number}" for number in range(601)]}]}
FEW = {"entries": [{"id": "a", "examples": ["x"]}]}
MESSAGE = '{"id": "1", "text": "x"}'


@pytest.mark.parametrize(
    ("faq", "messages", "told"),
    [
        (MANY, MESSAGE, "at most 600 examples; these are 601"),
        ("{", MESSAGE, "f.json: no JSON"),
        ("[" * 100_000, MESSAGE, "f.json: no JSON"),
        ([], MESSAGE, "FAQ: must be"),
        ({"entries": {}}, MESSAGE, "FAQ: must be"),
        ({"entries": [{"examples": []}]}, MESSAGE, "entries[0]: must have an id"),
        ({"entries": [{"id": "a", "examples": "x"}]}, MESSAGE, "entries[0].examples: must be a list"),
        ({"entries": [{"id": "a", "examples": ["x", {"lang": "en"}]}]}, MESSAGE, "entries[0].examples[1]: must be"),
        ({"entries": [{"id": "a"}, {"id": "a"}]}, MESSAGE, "two entries have one id"),
        (FEW, MESSAGE + "\n{", "m.jsonl, line 2: no JSON"),
        (FEW, MESSAGE + '\n{"id": "2"}', "line 2: must be"),
        (FEW, '{"text": "x"}', "line 1: must have an id"),
    ],
)
def test_wrong_file_is_told_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], faq: Any, messages: str, told: str
) -> None:
    """What can't be used is told in one line with the place, and what was written before stays."""
    (tmp_path / "p.jsonl").write_text("before")
    assert run(tmp_path, faq, messages) == 2
    assert told in capsys.readouterr().err
    assert (tmp_path / "p.jsonl").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.json", "m.jsonl", "p.jsonl"]


def test_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is written; nothing that stands in OUT's place is replaced, be it a device."""
    (tmp_path / "there").write_text("old")
    (tmp_path / "p.jsonl").symlink_to("there")
    assert run(tmp_path, {"entries": []}, '{"id": "1", "text": "price"}') == 0
    assert (tmp_path / "p.jsonl").is_symlink()
    assert outcome(tmp_path) == [{"id": "1", "intent": None, "score": 0.0}]


def test_missing_file_and_place_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there, bytes that are no text, and a folder that is not there end the same way."""
    assert main([f"--faq={tmp_path / 'no'}", "--messages=x", "--out=y"]) == 2
    (tmp_path / "f.json").write_bytes(b"\xff\xfe")
    assert main([f"--faq={tmp_path / 'f.json'}", "--messages=x", "--out=y"]) == 2
    assert run(tmp_path, FEW, MESSAGE) == 0
    gone = tmp_path / "gone" / "p.jsonl"
    assert main([f"--faq={tmp_path / 'f.json'}", f"--messages={tmp_path / 'm.jsonl'}", f"--out={gone}"]) == 2
    (tmp_path / "there").mkdir()
    there = tmp_path / "there" / "folder"
    there.mkdir()
    assert main([f"--faq={tmp_path / 'f.json'}", f"--messages={tmp_path / 'm.jsonl'}", f"--out={there}"]) == 2
    assert list(there.parent.iterdir()) == [there]
    assert capsys.readouterr().err.count("make predict: ") == 4

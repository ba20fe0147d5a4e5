"""`make predict FAQ=f.json MESSAGES=m.jsonl OUT=p.jsonl`: what the bot would take each message for, before any threshold.

FAQ has `{"entries": [{"id", "examples": [{"lang", "text"} or a text, ...]}]}`, MESSAGES a line `{"id", "text"}` for each; other keys
are ignored. OUT gets a line `{"id", "intent", "score"}` for each message, in their order: the best guess, and how sure it is from 0
to 1; intent null and score 0 where nothing is similar at all. It is learnt and guessed by the very code that functions use.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from haat.conversation.model import Entry
from haat.conversation.rules.learning import learn
from haat.conversation.rules.lessons import MOST_EXAMPLES
from haat.conversation.rules.matching import ReplyBook, compile_book


class _Unreadable(Exception):
    """A file is not what it should be."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Guess all messages and write what was guessed; return the exit status. OUT is whole, or as it was before."""
    parser = argparse.ArgumentParser(prog="make predict", description="What the bot would take messages for.")
    parser.add_argument("--faq", type=Path, required=True)
    parser.add_argument("--messages", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        entries = _entries(_json(options.faq.read_text("utf-8-sig"), str(options.faq)))
        messages = list(_messages(options.messages))
        book = compile_book(entries, learn(entries))
        for clash in book.clashes:
            print(
                f"make predict: “{_shown(clash.example)}” of {_shown(clash.refused)} is left out: it stands in {_shown(clash.kept)} too",
                file=sys.stderr,
            )
        _write(options.out, [_guess(book, id, text) for id, text in messages])
    except (OSError, _Unreadable, UnicodeDecodeError) as error:
        print(f"make predict: {error}", file=sys.stderr)
        return 2
    return 0


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Unreadable(f"{where}: no JSON: {error}") from None


def _entries(faq: Any) -> tuple[Entry, ...]:
    listed = faq.get("entries") if isinstance(faq, dict) else None
    if not isinstance(listed, list):
        raise _Unreadable('FAQ: must be {"entries": [...]}')
    entries = tuple(_entry(place, said) for place, said in enumerate(listed))
    if len({entry.id for entry in entries}) < len(entries):
        raise _Unreadable("FAQ: two entries have one id")
    if (count := sum(len(entry.examples) for entry in entries)) > MOST_EXAMPLES:
        raise _Unreadable(f"FAQ: at most {MOST_EXAMPLES} examples; these are {count}")
    return entries


def _entry(place: int, said: Any) -> Entry:
    where = f"FAQ: entries[{place}]"
    if not isinstance(said, dict) or not isinstance(said.get("id"), str):
        raise _Unreadable(f"{where}: must have an id, a text")
    listed = said.get("examples", [])
    if not isinstance(listed, list):
        raise _Unreadable(f"{where}.examples: must be a list")
    texts = []
    for number, example in enumerate(listed):
        text = example.get("text") if isinstance(example, dict) else example
        if not isinstance(text, str):
            raise _Unreadable(f'{where}.examples[{number}]: must be a text or {{"lang", "text"}}')
        texts.append(text)
    return Entry(id=said["id"], examples=tuple(texts), replies={})


def _messages(path: Path) -> Iterator[tuple[str | int, str]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            said = _json(line, where)
            if not isinstance(said, dict) or not isinstance(said.get("text"), str):
                raise _Unreadable(f'{where}: must be {{"id", "text"}}')
            if not isinstance(said.get("id"), str | int):
                raise _Unreadable(f"{where}: must have an id, a text or a number")
            yield said["id"], said["text"]


def _guess(book: ReplyBook, id: str | int, text: str) -> str:
    match = book.match(text)
    intent, score = (match.entry.id, match.confidence) if match else (None, 0.0)
    return json.dumps({"id": id, "intent": intent, "score": score}) + "\n"


def _write(out: Path, lines: Sequence[str]) -> None:
    """All lines or none: they are written beside it first. A link stays one, and a device such as /dev/stdout is not replaced."""
    out = out.resolve()
    handle, beside = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        umask = os.umask(0)
        os.umask(umask)
        Path(beside).chmod(0o666 & ~umask)  # as any new file; mkstemp's are private
        Path(beside).replace(out)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _shown(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


if __name__ == "__main__":
    sys.exit(main())

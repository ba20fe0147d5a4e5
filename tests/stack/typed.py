"""Someone who types what a page of docs/ says, as a shell reads it, and sends it to the API of a stage."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.local.http import Response
from infra.local.stage import Stage

ADDRESS = "http://127.0.0.1:8080"
PRETENDS = f"""#!{sys.executable}
import json, sys
with open(__file__ + ".asked", "a") as file:
    print(json.dumps(sys.argv[1:]), file=file)
"""


def blocks(page: str) -> list[str]:
    """What a page says to type to the API."""
    return [block for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) if "curl" in block]


class Reader:
    """Types a page's blocks in `folder`; `knows` are the words in capitals that are theirs to fill in."""

    def __init__(self, page: str, stage: Stage, folder: Path, knows: dict[str, str]) -> None:
        self.stage, self.folder, self.knows = stage, folder, knows
        self.blocks = blocks(page)
        self._curl = folder / "curl"
        self._curl.write_text(PRETENDS)
        self._curl.chmod(0o755)
        self.typed: list[str] = []

    def types(self, part: str) -> list[Response]:
        """Type the block in which `part` stands -> what each of its commands is answered; everything that follows happens."""
        (block,) = [block for block in self.blocks if part in block]
        self.typed.append(block)
        asked = Path(f"{self._curl}.asked")
        asked.write_text("")
        path = f"{self._curl.parent}:/usr/bin:/bin"
        subprocess.run(["/bin/sh", "-euc", block], env={"PATH": path, "B": self.address, **self.knows}, check=True)
        answers = [self._asks(json.loads(line)) for line in asked.read_text().splitlines()]
        self.stage.drain()
        return answers

    @property
    def address(self) -> str:
        """What the first block calls B."""
        return f"{ADDRESS}/v1/merchants/{self.knows['MERCHANT']}"

    def _asks(self, words: list[str]) -> Response:
        method, target, headers, body, kept = "", "", {}, b"", ""
        rest = iter(words)
        for word in rest:
            match word:
                case "-X":
                    method = next(rest)
                case "-H":
                    name, _, value = next(rest).partition(": ")
                    headers[name.lower()] = value
                case "-d":
                    body = self._body(next(rest))
                case "-o":
                    kept = next(rest)
                case "-D":
                    next(rest)
                case _:
                    assert word.startswith(ADDRESS), word
                    target = word.removeprefix(ADDRESS)
        answer = self.stage.http(method or ("POST" if body else "GET"), target, headers, body)
        if kept:
            (self.folder / kept).write_bytes(answer.body)
        return answer

    def _body(self, said: str) -> bytes:
        return (self.folder / said[1:]).read_bytes() if said.startswith("@") else said.encode()


def read(answer: Response, status: int) -> Any:
    """The document in an answer."""
    assert answer.status == status, answer.body.decode()
    return json.loads(answer.body)

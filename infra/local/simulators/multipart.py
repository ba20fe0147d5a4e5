"""Reads `multipart/form-data` (RFC 7578), as clients send it when they upload a file. Pure functions."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of a form; a file has a `filename` and a type of its own."""

    name: str
    content: bytes
    filename: str | None = None
    mime_type: str | None = None


def read_form(content_type: str, body: bytes) -> dict[str, Part] | None:
    """Return the parts by name, the last of each; None where this is no such form."""
    boundary = re.search(r'boundary="?([^";]{1,200})"?', content_type)
    if not content_type.lower().startswith("multipart/form-data") or boundary is None:
        return None
    mark = b"--" + boundary[1].strip().encode()
    parts: dict[str, Part] = {}
    # What is before the first mark and behind the last (`--boundary--`) is nothing.
    for piece in (b"\r\n" + body).split(b"\r\n" + mark)[1:]:
        if piece.startswith(b"--"):
            return parts
        head, gap, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not gap:
            return None
        part = _part(head.decode("utf-8", "replace"), content)
        if part is not None:
            parts[part.name] = part
    return None


def _part(head: str, content: bytes) -> Part | None:
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head.split("\r\n"))
    }
    disposition = headers.get("content-disposition", "")
    name = re.search(r'[; ]name="((?:[^"\\]|\\.)*)"', disposition)
    filename = re.search(r'filename="((?:[^"\\]|\\.)*)"', disposition)
    if name is None:
        return None
    return Part(
        name=name[1],
        content=content,
        filename=filename[1] if filename else None,
        mime_type=headers.get("content-type"),
    )

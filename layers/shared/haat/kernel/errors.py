"""What can go wrong, said by what the caller can do about it.

HaatError
├── Rejected      the input is wrong: repeating it will not help
├── NotFound      nothing is known under that name, or it is not yours to know
├── Conflict      it stands against what is there: read again, decide again
│   └── Changed   somebody else changed it since the caller looked
├── Unavailable   a part that we need does not answer: try again later
└── Misconfigured the deployment itself is wrong: an operator must mend it

Messages are for logs and for the caller, so they hold names of fields and our own ids, never what was in them.
"""

from collections.abc import Mapping


class HaatError(Exception):
    """Base of every error that Haat raises on purpose. `word` is a stable name of the case, where a caller may want to know it."""

    def __init__(self, message: str = "", *, word: str = "") -> None:
        super().__init__(message)
        self.word = word


class Rejected(HaatError):
    """The input is wrong; repeating it will not help. `fields` says what is wrong with which part of it."""

    def __init__(self, message: str = "", *, word: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message, word=word)
        self.fields = dict(fields or {})


class NotFound(HaatError):
    """Nothing is known under that name, or it is not the caller's to know. The message names the kind of thing: notice endpoint."""


class Conflict(HaatError):
    """It stands against what is there, or somebody else was at work; read again and decide again."""


class Changed(Conflict):
    """Somebody else changed it since the caller looked at it."""


class Unavailable(HaatError):
    """A part that we need does not answer; the same call may succeed later."""


class Misconfigured(HaatError):
    """The deployment is wrong: a missing setting, or a published secret outside the local stage."""

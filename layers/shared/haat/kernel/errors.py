"""What can go wrong, said by what the caller can do about it.

HaatError
├── Rejected      the input is wrong: repeating it will not help
├── NotFound      nothing is known under that name, or it is not yours to know
├── Conflict      somebody else was faster: read again, decide again
├── Unavailable   a part that we need does not answer: try again later
└── Misconfigured the deployment itself is wrong: an operator must mend it

Messages are for logs and for the caller, so they hold names of fields and our own ids, never what was in them.
"""


class HaatError(Exception):
    """Base of every error that Haat raises on purpose."""


class Rejected(HaatError):
    """The input is wrong; repeating it will not help."""


class NotFound(HaatError):
    """Nothing is known under that name, or it is not the caller's to know."""


class Conflict(HaatError):
    """Somebody else changed it in between; read again and decide again."""


class Unavailable(HaatError):
    """A part that we need does not answer; the same call may succeed later."""


class Misconfigured(HaatError):
    """The deployment is wrong: a missing setting, or a published secret outside the local stage."""

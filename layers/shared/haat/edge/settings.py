"""A function's settings: one frozen dataclass for each, read once at cold start."""

import gc
import os
from collections.abc import Mapping
from dataclasses import fields

from haat.kernel.errors import Misconfigured
from haat.kernel.secret import Secret

# A cold start makes a hundred thousand objects that stay, and Python would look through them for rubbish again and again: 10 ms.
# Warm, a call to AWS leaves about four behind, so that this many are some megabytes, after some ten thousand calls.
gc.set_threshold(100_000, 10, 10)

# What the local stage publishes for everyone to read. Anywhere else these would be open doors.
LOCAL_APP_SECRET = "haat-local-app-secret"  # noqa: S105  # published on purpose
LOCAL_VERIFY_TOKEN = "haat-local-verify-token"  # noqa: S105  # published on purpose
LOCAL_PEPPER = "haat-local-pepper"
LOCAL_DEFAULTS = frozenset({LOCAL_APP_SECRET, LOCAL_VERIFY_TOKEN, LOCAL_PEPPER})


def read[T](cls: type[T], environment: Mapping[str, str] | None = None) -> T:
    """Fill a dataclass of texts from variables of the same names in capitals. Raises Misconfigured with all that are missing."""
    source = os.environ if environment is None else environment
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # settings are dataclasses
    missing = [name.upper() for name in names if not source.get(name.upper())]
    if missing:
        raise Misconfigured("missing settings: " + ", ".join(missing))
    return cls(**{name: source[name.upper()] for name in names})


def refuse_published(stage: str, *secrets: Secret[str]) -> None:
    """Raises Misconfigured when a secret that the local stage publishes is in use anywhere else."""
    if stage != "local" and any(secret.reveal() in LOCAL_DEFAULTS for secret in secrets):
        raise Misconfigured("a secret published with the local stage is in use: set your own")

"""AWS in bad weather."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from haat.kernel.errors import Unavailable


@contextmanager
def answers(part: str) -> Iterator[None]:
    """Turns what a client raises into Unavailable, named after the part and AWS's own code: never with what was sent."""
    try:
        yield
    except ClientError as error:
        raise Unavailable(f"{part}: {error.response['Error']['Code']}") from None
    except BotoCoreError as error:
        raise Unavailable(f"{part}: {type(error).__name__}") from None

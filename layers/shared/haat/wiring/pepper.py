"""The stack's key for fingerprints. Apart from the door, whose parsers other functions need not load."""

from haat.aws.parameters import Parameters
from haat.edge.settings import refuse_published
from haat.kernel.ids import Pepper


def read_pepper(parameters: Parameters, name: str, stage: str) -> Pepper:
    """Raises Misconfigured when it is missing or the published one, Unavailable when Parameter Store does not answer."""
    secret = parameters.get(name)
    refuse_published(stage, secret)
    return Pepper(secret.reveal().encode())

import io
import json
from itertools import count

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from haat.edge.trouble import about, told
from haat.kernel.errors import Unavailable

CANARY = "919800000001 wamid.CANARY"
NUMBERS = count()  # a Logger of a name that is known keeps the stream that it had


def raised(error: Exception) -> Exception:
    """An error as it is caught, with the place where it happened."""
    with pytest.raises(type(error)) as caught:
        _raise(error)
    return caught.value


def _raise(error: Exception) -> None:
    raise error


def test_foreign_error_is_told_by_class_and_place_alone() -> None:
    """Words of an error that is not ours may be a customer's."""
    said = about(raised(KeyError(CANARY)))
    assert said["error"] == "KeyError"
    assert said["at"].startswith("_raise:")
    assert "what" not in said
    assert "9198" not in str(said)


def test_own_error_is_told_with_its_words() -> None:
    """Our own errors hold names of parts and fields only, so they may be read."""
    assert about(raised(Unavailable("table: Throttling")))["what"] == "table: Throttling"


def test_error_that_was_never_raised_has_no_place() -> None:
    """Nothing is made up."""
    assert about(ValueError(CANARY)) == {"error": "ValueError"}


def test_told_trouble_is_logged_counted_and_raised_without_its_words() -> None:
    """What a function can only raise is one of ours: the runtime logs what it sees."""
    out, metrics = io.StringIO(), EphemeralMetrics(namespace="Tests", service="tests")
    logger = Logger(service=f"trouble-{next(NUMBERS)}", stream=out)
    instead = told("not_published", raised(KeyError(CANARY)), logger, metrics)  # type: ignore[arg-type]  # the same methods
    assert str(instead) == "not_published"
    assert json.loads(out.getvalue())["error"] == "KeyError"
    assert "9198" not in out.getvalue()
    assert "not_published" in metrics.metric_set

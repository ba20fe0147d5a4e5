"""What may be said of an error where it ends: the words of our own, never what was in a record or in a body."""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from haat.kernel.errors import HaatError, Misconfigured, Unavailable


def about(error: Exception) -> dict[str, str]:
    """What may be logged of an error: its class, the words of our own errors, and where it happened."""
    said = {"error": type(error).__name__}
    if isinstance(error, HaatError):
        said["what"] = str(error)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None:
        said["at"] = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
    return said


def word_of(error: Exception) -> str:
    """One word for logs and metrics: what a part's silence is called, what an operator must mend, and what nobody foresaw."""
    match error:
        case Unavailable():
            return "unavailable"
        case Misconfigured():
            return "misconfigured"
        case _:
            return "broken"


def told(word: str, error: Exception, logger: Logger, metrics: Metrics) -> Unavailable:
    """Log and count what went wrong; returns what a function that can only raise may raise in its place."""
    metrics.add_metric(name=word, unit=MetricUnit.Count, value=1)
    logger.error(word, extra=about(error))
    return Unavailable(word)

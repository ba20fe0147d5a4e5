"""Feature flags in AppConfig. What is not known to be open is closed."""

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.feature_flags import AppConfigStore, FeatureFlags
from aws_lambda_powertools.utilities.feature_flags.exceptions import ConfigurationStoreError, SchemaValidationError

from haat.kernel.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_appconfigdata import AppConfigDataClient

KEEP_S = 60


class Flags:
    """The profile that the stack deployed; read at most once in KEEP_S seconds."""

    def __init__(self, client: "AppConfigDataClient", *, application: str, environment: str, profile: str) -> None:
        # Powertools' own client would come with a session of its own, which costs a cold start 25 ms.
        store = AppConfigStore(
            application=application, environment=environment, name=profile, max_age=KEEP_S, boto3_client=client
        )
        self._flags = FeatureFlags(store=store)

    def open(self, flag: str, context: dict[str, Any]) -> bool:
        """Raises Unavailable while AppConfig has never answered this process: the fact waits, nothing is guessed."""
        try:
            return bool(self._flags.evaluate(name=flag, context=context, default=False))
        except SchemaValidationError:
            return False
        except ConfigurationStoreError as error:
            raise Unavailable(f"flags: {type(error).__name__}") from None

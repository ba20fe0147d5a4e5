"""A Lambda function as the stage knows it, and what may go wrong when it is invoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

# What JSON holds. Events and answers are of this type; `Any`, as a true recursive type can't be indexed.
type Json = Any

ACCOUNT = "123456789012"
REGION = "ap-south-1"
# The name of the stack on this machine; elsewhere it is haat-STAGE (samconfig.toml).
STACK = "haat"

# Only moto ever sees these. IMDS is off, and botocore must not put the account into host names that moto can't read.
AWS_ENVIRONMENT: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One Lambda function: its code, its own environment, its limits, as the template gives them."""

    name: str
    logical_id: str
    physical_name: str
    arn: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    environment: Mapping[str, str]
    timeout: float
    memory: int
    region: str = REGION
    log_format: str = "Text"
    log_level: str | None = None
    paths: tuple[str, ...] = ()

    @property
    def import_path(self) -> tuple[str, ...]:
        """Where its modules are looked for: its own folder, then the layers' `python` folders."""
        folders = [layer / "python" if (layer / "python").is_dir() else layer for layer in self.layers]
        return (str(self.code), *map(str, folders))

    @property
    def runtime_environment(self) -> dict[str, str]:
        """Its variables and those that the Lambda runtime adds."""
        return {
            **AWS_ENVIRONMENT,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_NAME": self.physical_name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": self.log_format,
            **({"AWS_LAMBDA_LOG_LEVEL": self.log_level} if self.log_level else {}),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.physical_name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "LAMBDA_TASK_ROOT": str(self.code),
            "_HANDLER": self.handler,
            "TZ": ":UTC",
            **self.environment,
        }


class InvocationFailed(Exception):
    """The function gave no answer: it raised, died, ran out of time, or could not start.

    `kind` is the error's type as Lambda reports it; `died` says that the process is gone, and with it
    everything that the function kept in memory.
    """

    def __init__(self, function: str, kind: str, message: str, *, died: bool = False) -> None:
        """Say which function, how, and whether its process is gone."""
        super().__init__(f"{function}: {kind}: {message}")
        self.function, self.kind, self.message, self.died = function, kind, message, died


class Runner(Protocol):
    """Runs functions, in this process or in processes of their own."""

    def invoke(self, function: Function, event: Json) -> Json:
        """Return the handler's answer, or raise InvocationFailed."""
        ...

    def forget(self) -> None:
        """Throw away what functions keep in memory: the next call of each is a cold start."""
        ...

    def close(self) -> None:
        """End every process that this runner has started."""
        ...

"""What a test may ask of the stage on moto and not of the stack on ministack, and what can be had there in another way."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from infra.local.function import Json

# A power of `infra.local.stage.Stage`, or of its `faults`, and why the second judge has not got it.
ON_MOTO_ONLY: Mapping[str, str] = {
    "bodies": "bytes that are no UTF-8 in a body of text",
    "faults": "faults inside functions",
    "handle": "flags read by the test itself",
    "headers": "headers that HTTP does not carry",
    "region": "roles as the translated template has them",
    "runner": "functions run by the test itself",
    "pumps": "event sources carried by the test itself",
    "standing_in": "a bank that answers by script",
    "without_deduplication": "queues that forget at once",
}


class OnMotoOnly(Exception):
    """A test asked for what only the stage on moto can do; the text is the reason, one of `ON_MOTO_ONLY`."""


def refuse(power: str) -> NoReturn:
    """Raise OnMotoOnly for a power that is listed, AttributeError for a word that nobody knows."""
    if power in ON_MOTO_ONLY:
        raise OnMotoOnly(ON_MOTO_ONLY[power])
    raise AttributeError(power)


def refuse_uncarried(headers: Mapping[str, str], body: bytes) -> None:
    """Raise OnMotoOnly for a request that would not come to a function of ministack as it is."""
    for value in headers.values():
        if not value.encode("latin-1", "replace").decode("latin-1") == value == value.strip(" \t\r\n"):
            refuse("headers")
    if body.decode(errors="replace").encode() != body:
        refuse("bodies")


class Mappings:
    """Stands where the stage has its faults: the one of them that an operator can cause, too."""

    def __init__(self, client: Any, functions: Mapping[str, str]) -> None:
        """Speak to Lambda through `client`; `functions` are physical names by folder."""
        self._client, self._functions = client, functions

    @contextmanager
    def hold(self, function: str) -> Iterator[None]:
        """Bring nothing from queues and streams to `function` inside the block; what waits comes afterwards."""
        pages = self._client.get_paginator("list_event_source_mappings").paginate()
        named = f":function:{self._functions[function]}"
        held = [
            mapping["UUID"]
            for page in pages
            for mapping in page["EventSourceMappings"]
            if named in mapping["FunctionArn"]
        ]
        self._enable(held, enabled=False)
        try:
            yield
        finally:
            self._enable(held, enabled=True)

    def __getattr__(self, name: str) -> Any:
        """Refuse everything else."""
        refuse("faults")

    def _enable(self, mappings: list[str], *, enabled: bool) -> None:
        for mapping in mappings:
            self._client.update_event_source_mapping(UUID=mapping, Enabled=enabled)


class Flags:
    """The flags, changed as an operator changes them: a new version of the profile, deployed at once."""

    def __init__(self, client: Any, resources: Mapping[str, tuple[str, str]]) -> None:
        """Speak to AppConfig through `client`; `resources` are those that stand, by their path in the templates."""
        self._client = client
        self._ids = {kind: physical for kind, physical in resources.values() if kind.startswith("AWS::AppConfig::")}
        self._changed = False

    def set(self, profile: str, content: Json) -> None:
        """Change what the stack's only profile holds, until `reset`; functions see it at their next poll."""
        version = self._client.create_hosted_configuration_version(
            **self._profile, Description=profile, Content=json.dumps(content).encode(), ContentType="application/json"
        )
        self._changed = True
        self._deploy(str(version["VersionNumber"]))

    def reset(self) -> None:
        """Go back to what the template says."""
        if self._changed:
            self._changed = False
            self._deploy(self._ids["AWS::AppConfig::HostedConfigurationVersion"])

    def __getattr__(self, name: str) -> Any:
        """Refuse what the stage's flags can do beside that."""
        refuse(name)

    @property
    def _profile(self) -> dict[str, str]:
        return {
            "ApplicationId": self._ids["AWS::AppConfig::Application"],
            "ConfigurationProfileId": self._ids["AWS::AppConfig::ConfigurationProfile"],
        }

    def _deploy(self, version: str) -> None:
        self._client.start_deployment(
            **self._profile,
            EnvironmentId=self._ids["AWS::AppConfig::Environment"],
            DeploymentStrategyId=self._ids["AWS::AppConfig::DeploymentStrategy"],
            ConfigurationVersion=version,
        )

from dataclasses import dataclass

import pytest

from haat.edge.settings import LOCAL_APP_SECRET, LOCAL_PEPPER, LOCAL_VERIFY_TOKEN, read, refuse_published
from haat.kernel.errors import Misconfigured
from haat.kernel.secret import Secret
from infra.local import settings as local


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Three settings."""

    stage: str
    queue_url: str
    table: str


FULL = {"STAGE": "dev", "QUEUE_URL": "https://queue", "TABLE": "haat", "OTHER": "not asked for"}


def test_settings_come_from_variables_of_the_same_name() -> None:
    """A function finds what its template gives it, and takes nothing else."""
    assert read(Wanted, FULL) == Wanted(stage="dev", queue_url="https://queue", table="haat")


def test_settings_come_from_the_environment_of_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without being given any, they are the process's own variables."""
    for name, value in FULL.items():
        monkeypatch.setenv(name, value)
    assert read(Wanted).table == "haat"


def test_all_missing_settings_stand_in_one_error() -> None:
    """An operator mends a deployment once, not name by name; an empty value is a missing one."""
    with pytest.raises(Misconfigured) as refused:
        read(Wanted, {"STAGE": "dev", "QUEUE_URL": ""})
    assert str(refused.value) == "missing settings: QUEUE_URL, TABLE"


@pytest.mark.parametrize("published", [LOCAL_APP_SECRET, LOCAL_VERIFY_TOKEN, LOCAL_PEPPER])
@pytest.mark.parametrize("stage", ["dev", "staging", "prod", "Local", ""])
def test_published_secret_is_refused_outside_the_local_stage(stage: str, published: str) -> None:
    """A secret that everyone can read here opens no real deployment, also when a good one stands beside it."""
    with pytest.raises(Misconfigured) as refused:
        refuse_published(stage, Secret("a good one"), Secret(published))
    assert published not in str(refused.value)


def test_own_secret_is_taken_everywhere_and_published_ones_locally() -> None:
    """The demo runs without any setting; a deployment runs with secrets of its own."""
    refuse_published("local", Secret(LOCAL_APP_SECRET), Secret(LOCAL_VERIFY_TOKEN), Secret(LOCAL_PEPPER))
    refuse_published("prod", Secret("a good one"))


def test_every_secret_that_the_stage_publishes_is_known_to_the_product() -> None:
    """What the stage puts into its parameters is exactly what the product refuses elsewhere."""
    for published in local.Settings().secrets.values():
        with pytest.raises(Misconfigured):
            refuse_published("prod", Secret(published))

import socket
from pathlib import Path

import pytest

from infra.local.settings import ROOT, Settings, SettingsError


def test_defaults_need_nothing() -> None:
    """The ports stand beside each other; Graph is the simulator."""
    settings = Settings.from_environ({})
    assert (settings.port, settings.moto_port, settings.sim_port) == (8080, 8081, 8082)
    assert settings.graph_url == settings.sim_url == "http://127.0.0.1:8082"
    assert settings.state_dir == ROOT / ".local"
    assert settings.scene


def test_ports_follow_the_first_and_each_can_be_set() -> None:
    """One setting moves all three."""
    settings = Settings.from_environ({"HAAT_PORT": "9000", "HAAT_MOTO_PORT": "9900"})
    assert (settings.url, settings.moto_url, settings.sim_url) == (
        "http://127.0.0.1:9000",
        "http://127.0.0.1:9900",
        "http://127.0.0.1:9002",
    )
    assert settings.parameters["GraphUrl"] == "http://127.0.0.1:9002"


def test_all_settings_are_read() -> None:
    """What the operator says is what functions get."""
    settings = Settings.from_environ(
        {
            "HAAT_GRAPH_URL": "https://graph.example/",
            "HAAT_WHATSAPP_APP_SECRET": "s1,s2",
            "HAAT_WHATSAPP_VERIFY_TOKEN": "t",
            "HAAT_STATE_DIR": "/somewhere",
            "HAAT_SCENE": "0",
        }
    )
    assert settings.graph_url == "https://graph.example"
    assert settings.secrets["/haat/local/whatsapp/app-secrets"] == "s1,s2"
    assert settings.secrets["/haat/local/whatsapp/verify-token"] == "t"
    assert settings.state_dir == Path("/somewhere")
    assert not settings.scene


def test_bad_values_are_listed_all_at_once() -> None:
    """Nobody mends one to learn of the next."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ(
            {"HAAT_PORT": "eighty", "HAAT_SIM_PORT": "70000", "HAAT_GRAPH_URL": "http://g/v25.0", "HAAT_SCENE": "no"}
        )
    for name in ("HAAT_PORT", "HAAT_SIM_PORT", "HAAT_GRAPH_URL", "HAAT_SCENE"):
        assert name in str(caught.value)


def test_same_port_twice_is_refused() -> None:
    """The second server could never start."""
    with pytest.raises(SettingsError, match="must differ"):
        Settings.from_environ({"HAAT_MOTO_PORT": "8080"})


@pytest.mark.parametrize("name", ["HAAT_PORT", "HAAT_MOTO_PORT", "HAAT_SIM_PORT"])
def test_port_that_is_taken_is_named_with_its_setting(name: str) -> None:
    """So that one knows what to change."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = Settings.from_environ({"HAAT_PORT": "59990", name: str(port)})
        with pytest.raises(SettingsError, match=rf"port {port} is taken: set {name}"):
            settings.require_free_ports()

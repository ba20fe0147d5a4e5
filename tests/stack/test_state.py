import json
import stat
from pathlib import Path

import pytest

from haat.verification.store.signer import KmsKeys
from infra.local import moto_queues, state
from infra.local.pumps import QueuePump
from infra.local.simulators.people import ShopNumber
from infra.local.stage import Stage
from tests.stack.scratched import TEMPLATE, clock, saw, scratch, send


def put_back(stage: Stage, directory: Path) -> list[str]:
    """Restore as `make run` does."""
    saved = state.read(directory)
    assert saved is not None
    lost = saved.put_back(stage)
    stage.graph.add(ShopNumber.of("1"))
    saved.put_back_chats(stage)
    return lost


def test_rows_messages_keys_parameters_and_chats_survive(tmp_path: Path) -> None:
    """A stage that starts again goes on where the last one stopped, also with what waited."""
    with scratch() as before:
        kms, ssm = before.client("kms"), before.client("ssm")
        sealed = kms.encrypt(KeyId=before.deployment.keys["Kept/Key"], Plaintext=b"open", EncryptionContext={"m": "1"})
        signer = before.deployment.keys["Kept/Signer"]
        signed = kms.sign(KeyId=signer, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
        shown = KmsKeys(lambda: before.client("kms"), [signer]).published()
        ssm.put_parameter(Name="/mine", Value="kept", Type="SecureString")
        before.put("scratch-local", {"pk": {"S": "p"}, "sk": {"S": "row"}, "raw": {"B": b"\0\xff"}, "n": {"N": "1.50"}})
        before.put("scratch-local", {"pk": {"S": "p"}, "sk": {"S": "published"}, "queue": {"S": "q"}})
        send(before, "waits", do="wait")
        send(before, "behind")
        before.drain()
        before.put("scratch-local", {"pk": {"S": "p"}, "sk": {"S": "not yet"}, "queue": {"S": "q"}})
        rows = before.items("scratch-local")
        before.graph.add(ShopNumber.of("1"))
        before.graph.customer(phone="919800000001", name="Rina").writes("1", "hello")
        state.save(before, tmp_path)

    with scratch() as after:
        assert put_back(after, tmp_path) == []
        assert after.items("scratch-local") == rows
        kms, ssm = after.client("kms"), after.client("ssm")
        opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext={"m": "1"})
        assert opened["Plaintext"] == b"open"
        assert kms.verify(
            KeyId=after.deployment.keys["Kept/Signer"],
            Message=b"m",
            Signature=signed,
            SigningAlgorithm="ECDSA_SHA_256",
        )["SignatureValid"]
        # Whoever has kept a badge of before checks it with the same key, under the same name.
        assert KmsKeys(lambda: after.client("kms"), [after.deployment.keys["Kept/Signer"]]).published() == shown
        assert ssm.get_parameter(Name="/mine", WithDecryption=True)["Parameter"]["Value"] == "kept"
        assert [customer.name for customer in after.graph.customers()] == ["Rina"]
        after.drain()
        assert saw(after, "relay") == ["not yet"]
        assert saw(after) == []
        clock(after).advance(30)
        after.drain()
        assert saw(after) == ["waits", "behind"]
        send(after, "waits")
        after.drain()
        assert saw(after) == ["waits", "behind"], "a repeat within five minutes, although the first was before the stop"


def test_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """It holds keys."""
    with scratch() as stage:
        state.save(stage, tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state" / "state.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_what_has_no_place_in_a_changed_template_is_named_and_kept_aside(tmp_path: Path) -> None:
    """The rest is restored as if nothing had changed."""
    with scratch() as before:
        before.put("scratch-local", {"pk": {"S": "p"}, "sk": {"S": "row"}})
        url = before.client("sqs").get_queue_url(QueueName="work-dead.fifo")["QueueUrl"]
        before.client("sqs").send_message(
            QueueUrl=url, MessageBody="{}", MessageGroupId="g", MessageDeduplicationId="d"
        )
        state.save(before, tmp_path)
    changed = tmp_path / "changed"
    changed.mkdir()
    for name in ("functions", "kept.yaml"):
        (changed / name).symlink_to(TEMPLATE.parent / name)
    text = TEMPLATE.read_text().replace("work-dead.fifo", "grave.fifo")
    (changed / "template.yaml").write_text(text)
    with scratch(changed / "template.yaml") as after:
        assert put_back(after, tmp_path) == ["queue work-dead.fifo (1 messages)"]
        assert len(after.items("scratch-local")) == 1
    assert "work-dead.fifo" in (tmp_path / "state.before.json").read_text()


@pytest.mark.parametrize("text", ["{", json.dumps({"version": 0})])
def test_file_that_can_not_be_read_says_how_to_go_on(text: str, tmp_path: Path) -> None:
    """Nothing is thrown away without being asked."""
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(state.StateError, match="run-reset"):
        state.read(tmp_path)


def test_directory_belongs_to_one_stage_at_a_time(tmp_path: Path) -> None:
    """Two would write over each other."""
    with state.held(tmp_path), pytest.raises(state.StateError, match="HAAT_STATE_DIR"), state.held(tmp_path):
        pass
    with state.held(tmp_path):
        pass


def test_nothing_saved_is_nothing_restored(tmp_path: Path) -> None:
    """A first start."""
    assert state.read(tmp_path) is None


def test_message_that_is_being_worked_on_is_free_again_after_a_crash(tmp_path: Path) -> None:
    """Whoever held it died with the stage: it needs no waiting for a visibility time-out."""
    with scratch() as before:
        send(before, "m")
        pump = next(pump for pump in before.pumps if isinstance(pump, QueuePump) and "work.fifo" in pump.name)
        pump.holding = {message.id for message in moto_queues.receive(pump._queue, 10, 30)}
        state.save(before, tmp_path)
    with scratch() as after:
        put_back(after, tmp_path)
        after.drain()
        assert saw(after) == ["m"]

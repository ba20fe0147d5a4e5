import json
import traceback

import pytest

from haat.facts.conversation import Contact
from haat.kernel.secret import Secret

FORMS = ("{}", "{!r}", "{!s:>20}", "{0} {0!r}")


@pytest.mark.parametrize("form", FORMS)
def test_secret_never_prints(form: str) -> None:
    """A token shows as stars, alone and inside of other things."""
    token = Secret("canary-token")
    shown = f"{form.format(token)} {[token]} { ({'a': token}) }"
    assert "***" in shown
    assert "canary" not in shown


def test_secret_stands_in_no_traceback() -> None:
    """An error that holds a secret can be logged whole."""
    secret = Secret("canary" + "-token")
    error = ValueError("refused", secret, [secret])
    assert "canary-token" not in "".join(traceback.format_exception(error))


def test_secret_is_no_json() -> None:
    """A secret in a log's fields breaks the test that logs it, and never the customer's trust."""
    with pytest.raises(TypeError):
        json.dumps({"token": Secret("canary-token")})


def test_secret_has_no_other_door_than_reveal() -> None:
    """What was put in comes out of `reveal`, and there is no dictionary of attributes to look into."""
    assert Secret("canary-token").reveal() == "canary-token"
    assert not hasattr(Secret("canary-token"), "__dict__")


def test_equal_secrets_are_equal_and_unlike_the_value() -> None:
    """Two copies of a token are one in a set; a token is never equal to its own text."""
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    bare: object = "a"
    assert Secret("a") != bare


@pytest.mark.parametrize("form", FORMS)
def test_contact_never_prints(form: str) -> None:
    """A number, a user id and a name stand in no traceback."""
    contact = Contact(phone="919800000001", user_id="IN.canary", name="Anita")
    shown = f"{form.format(contact)} {[contact]}"
    assert "Contact(***)" in shown
    assert not any(word in shown for word in ("9198", "canary", "Anita"))

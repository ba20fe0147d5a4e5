"""Tokens: who may call, and for how long."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from haat.business.model.token import Role
from haat.kernel.time import DAY
from tests.stack.business.conftest import HARDWARE_SHOP, SWEET_SHOP, Api

STAFF = {"role": "staff", "name": "counter"}


def bearer(text: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"authorization": f"Bearer {text}"}


def test_new_token_works_and_its_text_is_shown_once(api: Api) -> None:
    """The text is in the first answer only; the same request again names the same token with null."""
    first = api.json("POST", "tokens", STAFF, key="one", expect=201)
    again = api.json("POST", "tokens", STAFF, key="one", expect=201)
    assert again == {"token": first["token"], "secret": None}
    listed = api.json("GET", "tokens")["items"]
    assert [token["name"] for token in listed] == ["test 1", "counter"]
    assert first["secret"] not in json.dumps(api.stage.items("business"))
    used = api.call("GET", f"/v1/merchants/{SWEET_SHOP}/tokens", as_=None, headers=bearer(first["secret"]))
    assert used.status == 403, "staff may not see tokens, but is known"


@pytest.mark.parametrize(("times", "status"), [(1, 204), (2, 204), (3, 503)])
def test_two_who_revoke_at_once_both_hear_that_it_is_done(api: Api, times: int, status: int) -> None:
    """Who meets the other's transaction tries again; whoever meets others time and again is asked to come back, and nothing broke."""
    made = api.json("POST", "tokens", STAFF, expect=201)["token"]["id"]
    said: Any = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
    busy = ClientError(said | {"CancellationReasons": [{"Code": "TransactionConflict"}]}, "TransactWriteItems")
    with api.stage.faults.fail(busy, operation="TransactWriteItems", times=times):
        assert api.call("DELETE", f"tokens/{made}").status == status
    assert api.call("DELETE", f"tokens/{made}").status == 204


def test_tokens_are_listed_page_by_page(api: Api) -> None:
    """Revoked ones stay on the list, so it may grow without end; operators' own list is of the same kind."""
    for number in range(3):
        api.stage.run_for(1)
        made = api.json("POST", "tokens", STAFF | {"name": f"token {number}"}, expect=201)
        api.call("DELETE", f"tokens/{made['token']['id']}")
    seen, path = [], "tokens?limit=2"
    while True:
        page = api.json("GET", path)
        seen += [token["name"] for token in page["items"]]
        if page["next"] is None:
            break
        path = f"tokens?limit=2&cursor={page['next']}"
    assert seen == ["test 1", "token 0", "token 1", "token 2"]
    operators = api.json("GET", "/v1/operator/tokens?limit=1", as_="op", role=Role.OPERATOR)
    assert len(operators["items"]) == 1


def test_name_of_a_token_is_seen_and_counted_as_people_do(api: Api) -> None:
    """80 letters in any script; not one that nobody sees."""
    letter = "ক্ষ্ম"  # one to a reader, five code points
    assert api.json("POST", "tokens", STAFF | {"name": letter * 80}, expect=201)["token"]["name"] == letter * 80
    for name in (letter * 81, "\u200b\u200b", "a\u202eb"):
        assert api.refused("POST", "tokens", STAFF | {"name": name}) == (422, "invalid")


def test_keys_of_two_merchants_do_not_meet(api: Api) -> None:
    """The same key of another merchant is another request."""
    mine = api.json("POST", "tokens", STAFF, key="one", expect=201)
    theirs = api.json("POST", "tokens", STAFF, key="one", expect=201, as_=HARDWARE_SHOP)
    assert mine["token"]["id"] != theirs["token"]["id"]


def test_key_is_forgotten_after_a_day(api: Api) -> None:
    """After 24 hours the same key makes another token."""
    first = api.json("POST", "tokens", STAFF, key="one", expect=201)
    api.stage.run_for(DAY / 1000 + 60)
    second = api.json("POST", "tokens", STAFF, key="one", expect=201)
    assert first["token"]["id"] != second["token"]["id"]


def test_revoked_token_is_refused_at_once(api: Api) -> None:
    """A revoked token gets 401 on its next request, also on one that only reads."""
    made = api.json("POST", "tokens", {"role": "owner", "name": "phone"}, expect=201)
    path = f"/v1/merchants/{SWEET_SHOP}/tokens"
    assert api.call("GET", path, as_=None, headers=bearer(made["secret"])).status == 200
    assert api.call("DELETE", f"tokens/{made['token']['id']}").status == 204
    assert api.refused("GET", path, as_=None, headers=bearer(made["secret"])) == (401, "unauthenticated")
    assert api.call("DELETE", f"tokens/{made['token']['id']}").status == 204


def test_expired_token_is_refused(api: Api) -> None:
    """A token counts until its end and not after."""
    made = api.json("POST", "tokens", {"role": "owner", "name": "fair", "expires_in_days": 1}, expect=201)
    path = f"/v1/merchants/{SWEET_SHOP}/tokens"
    api.stage.run_for(DAY / 1000 - 60)
    assert api.call("GET", path, as_=None, headers=bearer(made["secret"])).status == 200
    api.stage.run_for(60)
    assert api.refused("GET", path, as_=None, headers=bearer(made["secret"])) == (401, "unauthenticated")


@pytest.mark.parametrize("role", [Role.STAFF, Role.READ_ONLY])
def test_only_owners_make_tokens(api: Api, role: Role) -> None:
    """Staff and readers are told that they may not."""
    assert api.refused("POST", "tokens", STAFF, role=role) == (403, "forbidden")


def test_too_many_requests_are_refused_until_the_next_minute(api: Api) -> None:
    """A token has so many requests in a minute; then Retry-After says when it has more."""
    (mine,) = api.json("GET", "tokens")["items"]
    api.used(mine["id"], 298)
    assert api.call("GET", "tokens").status == 200
    refused = api.call("GET", "tokens")
    assert (refused.status, refused.headers["retry-after"]) == (429, "60")
    assert api.call("GET", "tokens", as_=HARDWARE_SHOP).status == 200
    api.stage.run_for(60)
    assert api.call("GET", "tokens").status == 200


def test_token_of_nobody_is_refused(api: Api) -> None:
    """A missing, empty or invented token gets 401."""
    path = f"/v1/merchants/{SWEET_SHOP}/tokens"
    for headers in (
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        bearer("haat_invented"),
        {"authorization": "Basic eDp5"},
    ):
        assert api.refused("GET", path, as_=None, headers=headers) == (401, "unauthenticated")

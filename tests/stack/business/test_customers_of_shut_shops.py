"""Customers of a shop that is closed or blocked: what they may ask of it goes on."""

import pytest

from haat.business.model.token import Role
from tests.stack.business.conftest import SWEET_SHOP, Api
from tests.stack.business.operating import Operator
from tests.stack.business.test_customers import LATER, UNKNOWN, held, known, says


@pytest.mark.parametrize("shut", ["close", "block"])
def test_customers_rights_outlive_the_shop(api: Api, shut: str) -> None:
    """The owner of a shop that is closed or blocked finds, exports and erases a customer, and lists erasures; nobody else, and nothing else."""
    says(api, UNKNOWN)
    customer = known(api)
    Operator(api).json("POST", f"merchants/{SWEET_SHOP}/{shut}")
    assert known(api) == customer
    assert {line["kind"] for line in held(api, customer)} >= {"person", "message"}
    for method, path in (("GET", f"customers/{customer}"), ("DELETE", f"customers/{customer}"), ("GET", "erasures")):
        for role in (Role.STAFF, Role.READ_ONLY):
            assert api.refused(method, path, role=role) == (403, "merchant-blocked")
    assert api.refused("GET", "conversations", role=Role.STAFF) == (403, "merchant-blocked")
    assert api.call("DELETE", f"customers/{customer}").status == 202
    api.stage.run_for(LATER)
    assert api.json("DELETE", f"customers/{customer}")["state"] == "erased"
    assert [it["customer_id"] for it in api.json("GET", "erasures")["items"]] == [customer]
    for path in ("orders", "unanswered-messages", "blocked-customers", "staff-numbers", "tokens", "business-profile"):
        assert api.refused("GET", path) == (403, "merchant-blocked")

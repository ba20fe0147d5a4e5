"""The table in docs/verification.md has every state of a request and of a badge, each brought about by the rules, against every fact."""

from typing import get_args

from haat.verification.model.badge import BadgeState
from haat.verification.model.request import RequestState
from infra.states import verification
from infra.states.__main__ import DOCS, written
from infra.states.verified import badge_situations, situations


def test_table_is_what_the_rules_do() -> None:
    """Printed anew it is the same."""
    page = (DOCS / "verification.md").read_text("utf-8")
    assert verification.table() in page
    assert written("verification.md", page) == page


def test_every_state_stands_in_it_under_its_own_name() -> None:
    """None is left out, and none is called what it is not."""
    requests = {one.name: one.dossier.request for one in situations()}
    assert {name: one.state for name, one in requests.items() if one} == {
        name: name.partition(" ")[0] for name in requests
    }
    assert {name.partition(" ")[0] for name in requests} == set(get_args(RequestState))
    badges = {one.name: one.dossier.badge for one in badge_situations()}
    assert {name: one.state for name, one in badges.items() if one} == {name: name.partition(" ")[0] for name in badges}
    assert {name.partition(" ")[0] for name in badges} == set(get_args(BadgeState))

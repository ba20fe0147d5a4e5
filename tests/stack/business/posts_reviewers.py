"""A request for each POST of the API that a reviewer makes."""

from typing import Any

from tests.stack.business.conftest import Api
from tests.stack.business.posts_operator import OperatorPosts, Post
from tests.stack.business.reviewing import WHY, Petitions, Reviewer, unlike

DESK = "/v1/reviewer/merchants"


class ReviewerPosts(OperatorPosts):
    """A reviewer looks and decides; each time about a shop that is new."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        self._reviewer, self._first = Reviewer(api), True

    def look_at_evidence(self) -> Post:
        """What a shop has given."""
        shop = self._shop()
        id = Petitions(self._api).waits(shop)
        return Post(
            path=f"{DESK}/{shop}/verification-requests/{id}/looks", body={}, seen=lambda: self._happened(shop, "looked")
        )

    def decide_request(self) -> Post:
        """One that waits, as it is. Its badge is not the first on its list."""
        if self._first:
            other = self._shop()
            self._reviewer.decides(f"merchants/{other}/verification-requests/{Petitions(self._api).waits(other)}")
            self._api.stage.run_for(61)
            self._first = False
        shop = self._shop()
        path = f"merchants/{shop}/verification-requests/{Petitions(self._api).waits(shop)}"
        seen = self._reviewer.call("GET", path).headers["etag"]
        return Post(
            path=f"/v1/reviewer/{path}/decisions",
            body={"verdict": "approve", "reason": WHY},
            headers={"if-match": seen},
            seen=lambda: [
                self._reviewer.json("GET", path),
                self._reviewer.json("GET", f"merchants/{shop}/badge")["state"],
                self._happened(shop, "approved"),
            ],
        )

    def decide_badge(self) -> Post:
        """One that stands."""
        shop = self._shop()
        badge = Petitions(self._api).badged(shop)
        return Post(
            path=f"{DESK}/{shop}/badge/decisions",
            body={"badge_id": badge.id, "decision": "revoke", "reason": WHY},
            seen=lambda: [self._reviewer.json("GET", f"merchants/{shop}/badge"), self._happened(shop, "fallen")],
        )

    def create_complaint(self) -> Post:
        """Of a shop whose badge stands."""
        shop = self._shop()
        Petitions(self._api).badged(shop)
        return Post(
            path=f"{DESK}/{shop}/complaints",
            body={"complainant": self._name("case"), "about": "money"},
            seen=lambda: [self._reviewer.json("GET", f"merchants/{shop}/badge"), self._happened(shop, "complained")],
        )

    def _shop(self) -> str:
        return self._operator.opens(name=unlike(next(self._numbers)))

    def _happened(self, shop: str, what: str) -> list[dict[str, Any]]:
        items = self._reviewer.json("GET", f"merchants/{shop}/verification-history?limit=100")["items"]
        return [it for it in items if it["what"] == what]

"""Routes: the market as anyone sees it."""

from dataclasses import dataclass

from haat.business.rules.profile import listed, public
from haat.business.service.profiles import Directory
from haat.edge.api.call import Call, cursor, from_cursor, page
from haat.kernel.once import Answer

FRESH = {"cache-control": "public, max-age=5"}  # seconds; a shop that closes is gone so soon


@dataclass(frozen=True, slots=True)
class DirectoryRoutes:
    """Who is there, and what they say of themselves."""

    _directory: Directory

    def search_directory(self, call: Call) -> Answer:
        """One page of shops, by name."""
        asked = call.query
        cards, after = self._directory.search(
            country=asked.get("country", "IN"),
            place=asked.get("place", ""),
            category=asked.get("category", ""),
            word=asked.get("word", ""),
            after=from_cursor(asked.get("cursor")),
            limit=asked.get("limit", 25),
            now=call.now,
        )
        found = page([listed(card, level) for card, level in cards], cursor(after))
        return Answer(status=200, body=found.body, headers=FRESH)

    def get_shop(self, call: Call) -> Answer:
        """One shop's public profile."""
        shop = self._directory.public(call.path["handle"])
        return Answer(status=200, body=public(shop) | {"level": self._directory.level(shop, call.now)}, headers=FRESH)

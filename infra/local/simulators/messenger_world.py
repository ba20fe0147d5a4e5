"""What the simulated platform remembers of pages: who they are, what the app hears of them, and who has each conversation."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from infra.local.simulators.people import Page
from infra.local.simulators.wire import Json


@dataclass(slots=True)
class Pages:
    """The pages of the world; the simulator's lock is held.

    `fields`: what the app is subscribed to, by page, where that is not as it was at first. `owners`: the app that has a
    conversation (page, customer), where it is not ours. `blocked`: conversations that the customer wants no more of.
    """

    by_id: dict[str, Page] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)
    blocked: set[tuple[str, str]] = field(default_factory=set)
    profiles: dict[str, Json] = field(default_factory=dict)

    def __contains__(self, page_id: object) -> bool:
        return page_id in self.by_id

    def subscribed(self, page: Page) -> tuple[str, ...]:
        """Return what the app hears of a page."""
        return self.fields.get(page.page_id, page.fields)

    def fresh(self) -> "Pages":
        """Return the same pages as they were at first."""
        return Pages(by_id=dict(self.by_id))

    def dump(self) -> Json:
        """Return all of it, the tokens too."""
        return {
            "pages": [asdict(page) for page in self.by_id.values()],
            "fields": {page: list(names) for page, names in self.fields.items()},
            "owners": [[page, customer, app] for (page, customer), app in self.owners.items()],
            "blocked": sorted(map(list, self.blocked)),
            "profiles": self.profiles,
        }


def load_pages(kept: Json, pages: Mapping[str, Page]) -> Pages:
    """Return the memory of a dump, or of an older one that knew none; of a page in both `pages` counts."""
    known = [Page(**page | {"fields": tuple(page["fields"])}) for page in kept.get("pages", ())]
    return Pages(
        by_id={page.page_id: page for page in known} | dict(pages),
        fields={page: tuple(names) for page, names in kept.get("fields", {}).items()},
        owners={(page, customer): app for page, customer, app in kept.get("owners", ())},
        blocked={(page, customer) for page, customer in kept.get("blocked", ())},
        profiles=dict(kept.get("profiles", {})),
    )

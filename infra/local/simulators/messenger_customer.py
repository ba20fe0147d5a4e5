"""The customer's side on Messenger: the same handle as on WhatsApp, whose `to` and `shop` are pages' ids."""

from collections.abc import Iterable
from typing import Never

from infra.local.simulators import messenger_bodies as bodies
from infra.local.simulators import samples
from infra.local.simulators.customer import ANNOUNCED, Customer
from infra.local.simulators.outbox import Mark
from infra.local.simulators.people import Page
from infra.local.simulators.wire import Json, sign
from infra.local.simulators.world import Line

CDN = "/messenger_cdn"
THUMB_UP = 369239263222822
_KINDS = {"document": "file"}


class MessengerCustomer(Customer):
    """One person who writes by Messenger; every method that says something returns the mid of the message."""

    def user_id(self, shop: str) -> str:
        """Return the page-scoped id that this page sees."""
        return self.person.id_on(self._sim.messenger.page(shop))

    def is_known_to(self, page: str, *, at: float | None = None) -> None:
        """Let this customer have written to a page at a time (default now), without a webhook."""
        with self._sim.lock:
            self._wrote(self._sim.messenger.page(page), self._sim.now() if at is None else at)

    def writes(self, to: str, text: str, *, at: float | None = None, reply_to: str | None = None) -> str:
        """Write a text to a page."""
        return self.sends(to, "text", {"text": text}, text=text, at=at, reply_to=reply_to)

    def starts(self, to: str, *, at: float | None = None) -> str:
        """Tap "Get Started", which stands in a chat that is new; ValueError where the page has no such button."""
        profile = self._sim.world.pages.profiles.get(to, {})
        if "get_started" not in profile:
            raise ValueError("this page has no Get Started button")
        return self.taps_postback(to, "Get Started", profile["get_started"]["payload"], at=at)

    def taps(self, to: str, button_id: str, title: str, *, reply_to: str = "", at: float | None = None) -> str:
        """Tap a quick reply: its title is the text. What it stood under is not told."""
        return self.sends(to, "text", {"text": title, "quick_reply": {"payload": button_id}}, text=title, at=at)

    def picks(self, to: str, row_id: str, title: str, *, reply_to: str = "", at: float | None = None) -> str:
        """Tap a quick reply; Messenger has no lists."""
        return self.taps(to, row_id, title, at=at)

    def taps_postback(self, to: str, title: str, payload: str, *, at: float | None = None) -> str:
        """Tap a button that stays, as those of templates do."""
        with self._sim.lock:
            mid, time = self._mid(), self._time(at)
            self._say(
                to, "messaging_postbacks", bodies.postback(mid, title, payload), time, mid, kind="text", text=title
            )
            return mid

    def takes(self, to: str, wamid: str, id: str, *, at: float | None = None) -> str:
        """Tap what a message offers under an id; ValueError where it does not, or quick replies are gone by now."""
        lines = self._sim.world.chat(to, self.key).lines
        line = lines.get(wamid)
        for offer in line.offers if line else ():
            if offer.id == id and offer.kind == "postback":
                return self.taps_postback(to, offer.title, offer.id, at=at)
            if offer.id == id and next(reversed(lines)) == wamid:
                return self.taps(to, offer.id, offer.title, at=at)
        raise ValueError("that message does not offer this")

    def reacts(self, to: str, wamid: str, emoji: str, *, at: float | None = None) -> str:
        """React to a message; an empty emoji takes the reaction back. A reaction has no id: the message's is returned."""
        with self._sim.lock:
            self._say(to, "message_reactions", bodies.reaction(wamid, emoji), self._time(at), wamid)
            self._touch(to, wamid, reaction=emoji)
            return wamid

    def edits(self, to: str, wamid: str, text: str, *, at: float | None = None) -> str:
        """Change an earlier text, for the first time."""
        with self._sim.lock:
            self._say(to, "message_edits", bodies.edit(wamid, text, 1), self._time(at), wamid)
            self._touch(to, wamid, text=text, edited=True)
            return wamid

    def revokes(self, to: str, wamid: str, *, at: float | None = None) -> str:
        """Take back an earlier message."""
        with self._sim.lock:
            self._say(to, "messages", bodies.deletion(wamid), self._time(at), wamid)
            self._touch(to, wamid, text="", deleted=True)
            return wamid

    def sends_sticker(
        self, to: str, *, content: bytes = samples.STICKER, at: float | None = None, sticker_id: int = THUMB_UP
    ) -> str:
        """Send a sticker, the thumb-up by default."""
        return self._media(to, "sticker", ("image/webp", content), {"sticker_id": sticker_id}, at=at)

    def sends_location(
        self, to: str, latitude: float, longitude: float, name: str = "", *, at: float | None = None
    ) -> str:
        """Send a place."""
        place = bodies.attachment("location", {"coordinates": {"lat": latitude, "long": longitude}})
        return self.sends(to, "location", place, text=name, at=at)

    def shares(self, to: str, url: str, title: str, *, at: float | None = None) -> str:
        """Share a link, which comes as an attachment without a kind."""
        return self.sends(
            to, "fallback", {"text": url} | bodies.attachment("fallback", {"url": url, "title": title}), text=url, at=at
        )

    def sends_unsupported(self, to: str, *, at: float | None = None) -> str:
        """Send what Meta hands on to no app."""
        return self.sends(to, "unsupported", {"is_unsupported": True}, at=at)

    def blocks(self, page: str) -> None:
        """Want no more messages of a page."""
        with self._sim.lock:
            self._sim.world.pages.blocked.add((page, self.key))

    def unblocks(self, page: str) -> None:
        """Want them again."""
        with self._sim.lock:
            self._sim.world.pages.blocked.discard((page, self.key))

    def sends(
        self,
        to: str,
        kind: str,
        content: Json,
        *,
        text: str = "",
        at: float | None = None,
        reply_to: str | None = None,
        shown: bool = True,
    ) -> str:
        """Send any message: `content` holds the keys beside `mid`, `text` is what the phone shows."""
        with self._sim.lock:
            mid = self._mid()
            said = bodies.message(mid, content, reply_to)
            self._say(
                to, "messages", said, self._time(at), mid, kind=kind if shown else None, text=text, quoted=reply_to
            )
            return mid

    def sends_cart(
        self,
        to: str,
        items: Iterable[tuple[str, int]],
        note: str = "",
        *,
        price: float = 0.0,
        currency: str = "INR",
        at: float | None = None,
    ) -> Never:
        """Not on Messenger."""
        raise ValueError("Messenger has no carts")

    def taps_template(self, to: str, text: str, payload: str, *, reply_to: str, at: float | None = None) -> Never:
        """Not on Messenger."""
        raise ValueError("Messenger has no buttons of that kind: taps_postback")

    def changes_number(
        self, phone: str, *, user_id: str | None = None, announce: Iterable[str] = ANNOUNCED, at: float | None = None
    ) -> Never:
        """Not on Messenger."""
        raise ValueError("nobody on Messenger has a number")

    def _media(
        self,
        to: str,
        kind: str,
        file: tuple[str, bytes],
        extra: Json,
        *,
        at: float | None,
        reply_to: str | None = None,
    ) -> str:
        """Send a file: its URL is good for whoever has it, and names no token."""
        if extra.get("caption"):
            raise ValueError("a file on Messenger has no caption")
        with self._sim.lock:
            medium = self._sim.media.put(to, *file, extra.get("filename"))
            seal = sign(self._sim.messenger.secret(), medium.id)
        url = f"{self._sim.base_url}{CDN}/{medium.id}?oh={seal}"
        payload = {"url": url} | ({"sticker_id": extra["sticker_id"]} if "sticker_id" in extra else {})
        content = bodies.attachment(_KINDS.get(kind, kind), payload)
        text = str(extra.get("filename") or "")
        return self.sends(to, kind, content, text=text, at=at, reply_to=reply_to)

    def _say(
        self,
        to: str,
        field: str,
        content: Json,
        at: float,
        mid: str,
        *,
        kind: str | None = None,
        text: str = "",
        quoted: str | None = None,
    ) -> None:
        """Let one thing reach the page: with a `kind` it is a line of the chat."""
        sim, page = self._sim, self._sim.messenger.page(to)
        self._wrote(page, at)
        marks: tuple[Mark, ...] = ()
        if kind is not None:
            line = Line(wamid=mid, author="customer", kind=kind, text=text, at=at, tick="posted", quoted=quoted)
            sim.world.write(to, self.key, line)
            marks = (Mark(phone_number_id=to, customer=self.key, wamid=mid, tick="received"),)
        event = bodies.event(self.person.id_on(page), to, at, content)
        sim.messenger.post(page, self.key, field, event, what="message", marks=marks)

    def _wrote(self, page: Page, at: float) -> None:
        """Open the window, no further than from now, and let the page know this person."""
        world = self._sim.world
        chat = world.chat(page.page_id, self.key)
        chat.last_written_at = max(chat.last_written_at or 0.0, min(at, self._sim.now()))
        world.user_ids[page.page_id, self.person.id_on(page)] = self.key

    def _mid(self) -> str:
        return bodies.mid(self._sim.world.serial("message"))

    def _time(self, at: float | None) -> float:
        return self._sim.now() if at is None else at

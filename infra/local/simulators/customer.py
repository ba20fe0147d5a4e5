"""The customer's side: a handle on one person, through whom a test, the scene or the phone page plays them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from infra.local.simulators import envelope, samples
from infra.local.simulators.graph_errors import failure
from infra.local.simulators.outbox import Mark
from infra.local.simulators.people import Person, Reads, ShopNumber
from infra.local.simulators.wire import Json
from infra.local.simulators.world import Line

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator

ANNOUNCED = ("user_changed_number", "user_id_update")


class Customer:
    """One person of the simulated world; every method that writes returns the wamid of the message.

    `to` and `shop` are phone number ids, `at` the provider's time of the message (seconds; default now). A message is
    always due at once, whatever its time says.
    """

    def __init__(self, simulator: "GraphSimulator", key: str) -> None:
        self._sim = simulator
        self.key = key

    @property
    def person(self) -> Person:
        """What Meta knows of this person now."""
        return self._sim.world.people[self.key]

    @property
    def phone(self) -> str:
        """The present phone number, digits, whether hidden or not."""
        return self.person.phone

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.person.name

    def user_id(self, shop: str) -> str:
        """Return the business-scoped user id that this shop's portfolio sees."""
        return self.person.id_at(self._sim.shop(shop))

    def shows(
        self,
        *,
        number: bool | None = None,
        user_id: bool | None = None,
        name: str | None = None,
        reads: Reads | None = None,
    ) -> None:
        """Change what businesses get to see from now on; None leaves a thing as it is."""
        with self._sim.lock:
            person = self.person
            changed = replace(
                person,
                hides_number=person.hides_number if number is None else not number,
                hides_user_id=person.hides_user_id if user_id is None else not user_id,
                name=person.name if name is None else name,
                reads=person.reads if reads is None else reads,
            )
            if changed.hides_number and changed.hides_user_id:
                raise ValueError("a customer without a number and without a user id can't write to anybody")
            self._sim.world.keep(changed)

    def writes(self, to: str, text: str, *, at: float | None = None, reply_to: str | None = None) -> str:
        """Write a text to a shop's number."""
        return self.sends(to, "text", {"text": {"body": text}}, text=text, at=at, reply_to=reply_to)

    def reacts(self, to: str, wamid: str, emoji: str, *, at: float | None = None) -> str:
        """React to a message; an empty emoji takes the reaction back, and then Meta leaves the key out."""
        reaction = {"message_id": wamid} | ({"emoji": emoji} if emoji else {})
        sent = self.sends(to, "reaction", {"reaction": reaction}, at=at, shown=False)
        self._touch(to, wamid, reaction=emoji)
        return sent

    def sends_image(
        self,
        to: str,
        caption: str = "",
        *,
        content: bytes | None = None,
        mime_type: str = "image/png",
        at: float | None = None,
        reply_to: str | None = None,
    ) -> str:
        """Send a picture; without `content` a small one, which Haat can fetch like any other."""
        file = (mime_type, content or samples.picture())
        return self._media(to, "image", file, _caption(caption), at=at, reply_to=reply_to)

    def sends_video(self, to: str, caption: str = "", *, content: bytes = samples.FILM, at: float | None = None) -> str:
        """Send a film."""
        return self._media(to, "video", ("video/mp4", content), _caption(caption), at=at)

    def sends_document(
        self, to: str, filename: str = "list.pdf", *, content: bytes = samples.PAPER, at: float | None = None
    ) -> str:
        """Send a paper."""
        return self._media(to, "document", ("application/pdf", content), {"filename": filename}, at=at)

    def sends_sticker(self, to: str, *, content: bytes = samples.STICKER, at: float | None = None) -> str:
        """Send a sticker."""
        return self._media(to, "sticker", ("image/webp", content), {"animated": False}, at=at)

    def sends_audio(
        self, to: str, *, voice: bool = True, content: bytes = samples.VOICE, at: float | None = None
    ) -> str:
        """Send a voice message, or a sound file."""
        return self._media(to, "audio", ("audio/ogg; codecs=opus", content), {"voice": voice}, at=at)

    def sends_location(
        self, to: str, latitude: float, longitude: float, name: str = "", *, at: float | None = None
    ) -> str:
        """Send a place."""
        place: Json = {"latitude": latitude, "longitude": longitude} | ({"name": name} if name else {})
        return self.sends(to, "location", {"location": place}, text=name, at=at)

    def picks(self, to: str, row_id: str, title: str, *, reply_to: str, at: float | None = None) -> str:
        """Pick a row of a list."""
        reply = {"type": "list_reply", "list_reply": {"id": row_id, "title": title}}
        return self.sends(to, "interactive", {"interactive": reply}, text=title, at=at, reply_to=reply_to)

    def sends_unsupported(self, to: str, *, at: float | None = None) -> str:
        """Send what the Cloud API doesn't carry (a poll, a view-once picture)."""
        error = failure(131051) | {"title": "Message type unknown", "message": "Message type unknown"}
        del error["href"]
        error["error_data"] = {"details": "Message type is currently not supported."}
        return self.sends(to, "unsupported", {"errors": [error]}, at=at)

    def taps_template(self, to: str, text: str, payload: str, *, reply_to: str, at: float | None = None) -> str:
        """Tap a quick-reply button of a template."""
        return self.sends(
            to, "button", {"button": {"payload": payload, "text": text}}, text=text, at=at, reply_to=reply_to
        )

    def taps(self, to: str, button_id: str, title: str, *, reply_to: str, at: float | None = None) -> str:
        """Tap a reply button of an interactive message."""
        reply = {"type": "button_reply", "button_reply": {"id": button_id, "title": title}}
        return self.sends(to, "interactive", {"interactive": reply}, text=title, at=at, reply_to=reply_to)

    def sends_cart(
        self,
        to: str,
        items: Iterable[tuple[str, int]],
        note: str = "",
        *,
        price: float = 0.0,
        currency: str = "INR",
        at: float | None = None,
    ) -> str:
        """Send a cart filled in the shop's catalogue: pairs of a product's retailer id and a quantity, each at a price."""
        listed = [
            {"product_retailer_id": ref, "quantity": quantity, "item_price": price, "currency": currency}
            for ref, quantity in items
        ]
        cart: Json = {"catalog_id": "1", "product_items": listed} | ({"text": note} if note else {})
        return self.sends(to, "order", {"order": cart}, text=note or "Cart", at=at)

    def chooses(self, to: str, title: str, *, at: float | None = None) -> str:
        """Tap the button or the row of that title, under the newest message that has one; ValueError where none has."""
        for line in reversed(self._sim.world.chat(to, self.key).lines.values()):
            for offer in line.offers:
                if offer.title == title:
                    return self.takes(to, line.wamid, offer.id, at=at)
        raise ValueError(f"nothing offers {title!r}")

    def takes(self, to: str, wamid: str, id: str, *, at: float | None = None) -> str:
        """Tap what a message offers under an id; ValueError where it does not."""
        line = self._sim.world.chat(to, self.key).lines.get(wamid)
        for offer in line.offers if line else ():
            if offer.id == id:
                tap = self.taps if offer.kind == "button" else self.picks
                return tap(to, offer.id, offer.title, reply_to=wamid, at=at)
        raise ValueError("that message does not offer this")

    def edits(self, to: str, wamid: str, text: str, *, at: float | None = None) -> str:
        """Change an earlier text."""
        edit = {"original_message_id": wamid, "message": {"type": "text", "text": {"body": text}}}
        sent = self.sends(to, "edit", {"edit": edit}, at=at, shown=False)
        self._touch(to, wamid, text=text, edited=True)
        return sent

    def revokes(self, to: str, wamid: str, *, at: float | None = None) -> str:
        """Delete an earlier message for everyone."""
        sent = self.sends(to, "revoke", {"revoke": {"original_message_id": wamid}}, at=at, shown=False)
        self._touch(to, wamid, text="", deleted=True)
        return sent

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
        """Send any message: `content` holds the keys beside the frame, `text` is what the phone shows."""
        sim, world = self._sim, self._sim.world
        with sim.lock:
            shop, person, now = sim.shop(to), self.person, sim.now()
            time = now if at is None else at
            wamid = world.new_wamid(person, "in")
            body = envelope.message(shop, person, wamid, time, kind, content, self._context(shop, reply_to))
            chat = world.chat(to, self.key)
            # A message can't open the window further than from now, whatever its own time says.
            chat.last_written_at = max(chat.last_written_at or 0.0, min(time, now))
            world.met(person, shop)
            if sim.rate == "both":
                world.take_turn(to, shop.throughput, now)
            if shown:
                line = Line(
                    wamid=wamid, author="customer", kind=kind, text=text, at=time, tick="posted", quoted=reply_to
                )
                world.write(to, self.key, line)
            mark = Mark(phone_number_id=to, customer=self.key, wamid=wamid, tick="received")
            world.post(body, now, mark=mark, number=to, what="message")
            return wamid

    def changes_number(
        self, phone: str, *, user_id: str | None = None, announce: Iterable[str] = ANNOUNCED, at: float | None = None
    ) -> None:
        """Move to a new phone number, which brings a new user id; every shop written to so far hears of it.

        `announce` names what Meta tells them: "user_changed_number", "user_changed_user_id" (system messages) and
        "user_id_update" (an account event). `user_id` is the new one where the old one was given by a test.
        """
        sim, world = self._sim, self._sim.world
        with sim.lock:
            before, now = self.person, sim.now()
            if world.phones.get(phone, self.key) != self.key:
                raise ValueError("another customer of the simulator has this number")
            after = replace(before, phone=phone, user_id=user_id or before.user_id)
            world.keep(after)
            time = now if at is None else at
            for shop in self._shops():
                world.forget_ids(before, shop)
                world.met(after, shop)
                for body in self._announcements(shop, before, after, time, set(announce)):
                    world.post(body, now, number=shop.phone_number_id)

    def opens(self, shop: str) -> None:
        """Look at the chat on the phone: what came is seen, and its "read" goes out where receipts wait for it."""
        self._sim.opened(shop, self.key)

    def _announcements(
        self, shop: ShopNumber, before: Person, after: Person, at: float, announce: set[str]
    ) -> Iterator[Json]:
        """Yield what Meta tells one shop; it tells nothing of what the customer hides from it."""
        new_wamid = self._sim.world.new_wamid
        if "user_changed_number" in announce and not after.hides_number:
            yield envelope.number_changed(shop, before, after, new_wamid(after, "in"), at)
        if after.hides_user_id or before.id_at(shop) == after.id_at(shop):
            return
        if "user_changed_user_id" in announce:
            yield envelope.user_id_changed(shop, before, after, new_wamid(after, "in"), at)
        if "user_id_update" in announce:
            yield envelope.user_id_update(shop, before, after, at)

    def _shops(self) -> list[ShopNumber]:
        chats = self._sim.world.chats.items()
        return [self._sim.shop(shop) for (shop, key), chat in chats if key == self.key and chat.last_written_at]

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
        with self._sim.lock:
            medium = self._sim.media.put(to, *file, extra.get("filename"))
        content = {"mime_type": medium.mime_type, "sha256": medium.sha256, "id": medium.id} | extra
        text = str(extra.get("caption") or extra.get("filename") or "")
        return self.sends(to, kind, {kind: content}, text=text, at=at, reply_to=reply_to)

    def _context(self, shop: ShopNumber, reply_to: str | None) -> Json | None:
        if reply_to is None:
            return None
        line = self._sim.world.chat(shop.phone_number_id, self.key).lines.get(reply_to)
        own = line is not None and line.author == "customer"
        if not own:
            return {"from": shop.display_phone_number, "id": reply_to}
        return {"id": reply_to} if self.person.hides_number else {"from": self.phone, "id": reply_to}

    def _touch(self, to: str, wamid: str, **changes: str | bool) -> None:
        with self._sim.lock:
            lines = self._sim.world.chat(to, self.key).lines
            if wamid in lines:
                lines[wamid] = replace(lines[wamid], **changes)  # type: ignore[arg-type]  # names are ours, two lines up
                self._sim.world.revision += 1


def _caption(text: str) -> Json:
    return {"caption": text} if text else {}

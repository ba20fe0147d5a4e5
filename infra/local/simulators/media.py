"""Pictures, sounds and files: up, looked up, down, away.

Source: Cloud API, Media (meta-platform, section 2.1): an id leads to a URL that is good for five minutes and wants the token;
a file is kept for 30 days. Types and sizes by kind are recalled, not looked up.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.http import Request, Response
from infra.local.simulators.graph_errors import GraphRefusal, not_found, ok
from infra.local.simulators.multipart import read_form
from infra.local.simulators.people import ShopNumber
from infra.local.simulators.wire import Json, sign

if TYPE_CHECKING:
    from infra.local.simulators.graph import GraphSimulator

DOWNLOADS = "/whatsapp_business/attachments"
URL_LIFE = 300.0
KEPT = 30 * 86_400.0
_MB = 1024 * 1024

# Type -> the most bytes that one may have.
_DOCUMENTS = (
    "text/plain application/pdf application/msword application/vnd.ms-excel application/vnd.ms-powerpoint "
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet "
    "application/vnd.openxmlformats-officedocument.presentationml.presentation"
).split()
LIMITS: dict[str, int] = {
    **dict.fromkeys(("image/jpeg", "image/png"), 5 * _MB),
    **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * _MB),
    **dict.fromkeys(("video/mp4", "video/3gpp"), 16 * _MB),
    **dict.fromkeys(_DOCUMENTS, 100 * _MB),
    "image/webp": 500 * 1024,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One file; `owner` is the number that it was uploaded for, or sent to. `at` is in seconds since 1970."""

    id: str
    owner: str
    mime_type: str
    content: bytes
    at: float
    filename: str | None = None

    @property
    def sha256(self) -> str:
        """The digest as webhooks write it, in base64."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode("ascii")

    def described(self, url: str) -> Json:
        """Return what a look at its id answers; here the digest is in hex."""
        return {
            "url": url,
            "mime_type": self.mime_type,
            "sha256": hashlib.sha256(self.content).hexdigest(),
            "file_size": len(self.content),
            "id": self.id,
            "messaging_product": "whatsapp",
        }


class MediaShelf:
    """The part of the simulator that keeps files; its lock is held."""

    def __init__(self, simulator: "GraphSimulator") -> None:
        self._sim = simulator

    def put(self, owner: str, mime_type: str, content: bytes, filename: str | None = None) -> Medium:
        """Keep a file under a new id."""
        world = self._sim.world
        medium = Medium(
            id=world.media_id(),
            owner=owner,
            mime_type=mime_type,
            content=content,
            at=self._sim.now(),
            filename=filename,
        )
        world.media[medium.id] = medium
        return medium

    def find(self, media_id: str) -> Medium | None:
        """Return a file that is still kept."""
        medium = self._sim.world.media.get(media_id)
        return medium if medium is not None and self._sim.now() < medium.at + KEPT else None

    def upload(self, shop: ShopNumber, request: Request) -> Response:
        """Take a form with `messaging_product`, `type` and `file`."""
        form = read_form(request.headers.get("content-type", ""), request.body)
        if form is None:
            raise GraphRefusal(100, "An upload is a multipart/form-data with the parts file, type, messaging_product.")
        if "messaging_product" not in form or form["messaging_product"].content != b"whatsapp":
            raise GraphRefusal(100, message="(#100) The parameter messaging_product is required.")
        if "file" not in form:
            raise GraphRefusal(100, message="(#100) The parameter file is required.")
        file = form["file"]
        given = form["type"].content.decode("utf-8", "replace") if "type" in form else file.mime_type or ""
        mime_type = given.partition(";")[0].strip().lower()
        if mime_type not in LIMITS:
            raise GraphRefusal(100, f"Param file must be a file with one of the following types: {', '.join(LIMITS)}.")
        if not 0 < len(file.content) <= LIMITS[mime_type]:
            raise GraphRefusal(131053, f"A file of type {mime_type} has 1 to {LIMITS[mime_type]} bytes.")
        return ok({"id": self.put(shop.phone_number_id, given, file.content, file.filename).id})

    def look(self, medium: Medium, request: Request) -> Response:
        """Answer with a URL that is good for five minutes."""
        expiry = int(self._sim.now() + URL_LIFE)
        host = request.headers.get("host")
        base = f"http://{host}" if host else self._sim.base_url
        url = f"{base}{DOWNLOADS}/?mid={medium.id}&ext={expiry}&hash={self._seal(medium.id, str(expiry))}"
        return ok(medium.described(url))

    def download(self, request: Request, medium: Medium | None) -> Response:
        """Hand out the bytes, while the URL is good; the token has been looked at."""
        media_id, expiry = request.query.get("mid", ""), request.query.get("ext", "")
        good = hmac.compare_digest(self._seal(media_id, expiry).encode(), request.query.get("hash", "").encode())
        if medium is None or not good or self._sim.now() >= float(expiry):
            return Response(status=404, headers={"content-type": "text/plain"}, body=b"URL signature expired")
        headers = {"content-type": medium.mime_type}
        if medium.filename and medium.filename.isascii() and medium.filename.isprintable():
            name = medium.filename.replace('"', "")
            headers["content-disposition"] = f'attachment;filename="{name}"'
        return Response(status=200, headers=headers, body=medium.content)

    def delete(self, medium: Medium) -> Response:
        """Forget a file."""
        del self._sim.world.media[medium.id]
        return ok({"success": True})

    def must_have(self, media_id: str, where: str) -> Medium:
        """Return a file that a call is about, or refuse as for anything that is not there."""
        medium = self.find(media_id)
        if medium is None:
            raise not_found(where, media_id)
        return medium

    def _seal(self, media_id: str, expiry: str) -> str:
        return sign(self._sim.app_secret, f"{media_id}/{expiry}")

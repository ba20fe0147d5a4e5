"""Pictures of products: a form to upload one, a look at what came, and an address to see it."""

from dataclasses import dataclass, replace
from typing import Any

from haat.business.model.product import Picture, Product
from haat.business.ports import Answers
from haat.business.ports.products import Files, Products
from haat.business.rules.pictures import MOST_BYTES, MOST_PICTURES, START, kind
from haat.business.service.products import place
from haat.kernel.errors import Changed, Conflict, NotFound, Rejected, Unavailable
from haat.kernel.ids import MerchantId, PictureId, ProductId
from haat.kernel.once import Answer, Once
from haat.kernel.time import SECOND, Instant, later, rfc3339

FORM_S, LINK_S = 900, 600  # how long a form and an address are good
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The pictures of products."""

    products: Products
    files: Files
    answers: Answers

    def offer(self, merchant: MerchantId, product_id: ProductId, type: str, id: PictureId, once: Once) -> Answer:
        """A form by which a picture may be uploaded. Raises NotFound, Conflict (too-many).

        The form is a right to write, so it is kept nowhere: a repeated request gets the same picture's id and a form signed anew.
        """
        answer = self.answers.given(once)
        if answer is None:
            product = self._product(merchant, product_id)
            if len(product.pictures) >= MOST_PICTURES:
                raise Conflict(f"a product has {MOST_PICTURES} pictures at most", word="too-many")
            offered = {"picture_id": id, "type": type, "most_bytes": MOST_BYTES}
            answer = self.products.check(product, once, Answer(status=201, body=offered))
        key = waiting(merchant, product_id, answer.body["picture_id"])
        form = self.files.form(key, answer.body["type"], MOST_BYTES, FORM_S)
        upload = {"url": form.url, "fields": dict(form.fields), "expires_at": _until(once.at, FORM_S)}
        return replace(answer, body={**answer.body, "upload": upload})

    def attach(self, merchant: MerchantId, product_id: ProductId, id: PictureId, now: Instant) -> Product:
        """Look at what was uploaded and make it the product's. Raises NotFound, Conflict (not-uploaded, too-many), Rejected, Unavailable."""
        product = self._product(merchant, product_id)
        if any(picture.id == id for picture in product.pictures):
            return product
        picture = self._looked_at(merchant, product_id, id)
        for _ in range(TRIES):
            if len(product.pictures) >= MOST_PICTURES:
                raise Conflict(f"a product has {MOST_PICTURES} pictures at most", word="too-many")
            after = _with(product, (*product.pictures, picture), now)
            try:
                self.products.change(product, after)
            except Changed:
                product = self._product(merchant, product_id)
                if any(other.id == id for other in product.pictures):
                    return product
            else:
                return after
        raise Unavailable("the product is being changed by others")

    def _looked_at(self, merchant: MerchantId, product_id: ProductId, id: PictureId) -> Picture:
        """The picture, copied to where no form leads: what was looked at is what will be shown."""
        source = waiting(merchant, product_id, id)
        seen = self.files.look(source, START)
        if seen is None:
            raise Conflict("no file has been uploaded for this picture", word="not-uploaded")
        type = kind(seen.start)
        if type is None or not 0 < seen.size <= MOST_BYTES:
            self.files.drop(source)
            said = "is no JPEG, PNG or WebP" if type is None else f"must have at most {MOST_BYTES} bytes"
            raise Rejected(f"the file {said}", word="invalid", fields={"file": said})
        try:
            self.files.keep(source, place(merchant, product_id, id), seen.tag, type)
        except Changed:
            raise Conflict("the file was replaced while it was looked at", word="not-uploaded") from None
        return Picture(id=id, type=type, bytes=seen.size)

    def remove(self, merchant: MerchantId, product_id: ProductId, id: PictureId, now: Instant) -> None:
        """Take a picture away. Who was cut off does the same again. Raises NotFound, Unavailable."""
        file = place(merchant, product_id, id)
        for _ in range(TRIES):
            product = self._product(merchant, product_id)
            others = tuple(picture for picture in product.pictures if picture.id != id)
            if len(others) == len(product.pictures):
                if self.products.leftovers(merchant, id) is None:
                    raise NotFound("picture")
                break
            try:
                self.products.leave(product, _with(product, others, now), id, [file])
            except Changed:
                continue
            break
        else:
            raise Unavailable("the product is being changed by others")
        self.files.drop(file)
        self.products.cleared(merchant, id)

    def list(self, merchant: MerchantId, product_id: ProductId, now: Instant) -> list[dict[str, Any]]:
        """Pictures with addresses at which they can be seen for a while. Raises NotFound."""
        return [
            {
                "id": picture.id,
                "type": picture.type,
                "bytes": picture.bytes,
                "url": self.files.link(place(merchant, product_id, picture.id), LINK_S),
                "expires_at": _until(now, LINK_S),
            }
            for picture in self._product(merchant, product_id).pictures
        ]

    def _product(self, merchant: MerchantId, id: ProductId) -> Product:
        product = self.products.get(merchant, id)
        if product is None:
            raise NotFound("product")
        return product


def waiting(merchant: MerchantId, product: ProductId, picture: str) -> str:
    """Where a form leads to. What is not looked at is forgotten there after a day."""
    return f"uploads/{merchant}/{product}/{picture}"


def _with(product: Product, pictures: tuple[Picture, ...], now: Instant) -> Product:
    return replace(product, pictures=pictures, changed_at=now, version=product.version + 1)


def _until(at: Instant, seconds: int) -> str:
    return rfc3339(later(at, seconds * SECOND))

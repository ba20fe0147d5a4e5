"""What a shop says to be verified, and what it sends in proof of it."""

from dataclasses import dataclass
from typing import Literal

from haat.kernel.ids import DocumentId
from haat.kernel.time import Instant

LicenceKind = Literal["shop_act", "fssai"]
PaperKind = Literal["gstin", "pan", "udyam", "fssai", "shop_act"]
DocumentKind = Literal["registration", "tax", "identity", "bank", "address", "other"]
Media = Literal["application/pdf", "image/jpeg", "image/png"]
DocumentState = Literal["announced", "given", "kept", "refused", "deleted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Names and numbers as the shop gave them: personal data, kept encrypted with the merchant as context. Empty: not given."""

    legal_name: str = ""
    trade_name: str = ""
    gstin: str = ""
    pan: str = ""
    udyam: str = ""
    licence_kind: LicenceKind | Literal[""] = ""
    licence: str = ""  # a shop-act registration, or an FSSAI licence
    website: str = ""
    upi: str = ""  # an address of one of its payee accounts
    phone: str = ""  # digits without "+", of one of its connected numbers

    def __repr__(self) -> str:
        return "Evidence(***)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file in proof. announced: a form was given out; given: it is to be looked at; kept or refused: it was."""

    id: DocumentId
    kind: DocumentKind
    media: Media
    state: DocumentState = "announced"
    reason: str = ""  # of a refused one: no_file, too_large, other_type
    size: int = 0  # bytes
    announced_at: Instant = Instant(0)

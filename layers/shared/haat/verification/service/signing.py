"""Signing badges, and the lists that say which of them are good no more.

The list comes first: a badge that anyone sees names a list that is there. Both may be signed twice, and the later one is kept.
"""

from dataclasses import dataclass, replace
from typing import Literal

from haat.kernel.errors import Changed, Unavailable
from haat.kernel.ids import BadgeId, MerchantId
from haat.kernel.time import Instant
from haat.verification.model.badge import Badge
from haat.verification.ports import Dossiers, Lists, SignedList, Signer, Writing
from haat.verification.rules import badges, claims, news, status

NOBODY = "none"  # the parameter PublicUrl before it is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Puts the market's signature under what it says. `issuer` is where people reach it, without a slash at its end."""

    dossiers: Dossiers
    lists: Lists
    signer: Signer
    issuer: str

    def sign_badge(self, merchant: MerchantId, id: BadgeId, now: Instant) -> Literal["signed", "nothing"]:
        """Sign a badge, or sign it anew where the key or the issuer is another than it says. Raises Unavailable: the same again may help."""
        dossier = self.dossiers.load(merchant)
        badge = dossier.badge
        if badge is None or badge.id != id or badge.state == "fallen" or not self.stale(badge):
            return "nothing"
        self._with_list(badge.list, now)
        key = self.signer.key
        jws = self._signed(claims.to_sign(claims.TYPE, key, claims.claims(badge, merchant, self.issuer)))
        change = badges.signed(dossier, id, jws, key, self.issuer, now)
        try:
            self.dossiers.save(dossier, change, Writing(at=now, rows=news.rows(change, now)))
        except Changed:
            raise Unavailable("the dossier was changed in between") from None
        return "signed"

    def sign_list(self, name: str, now: Instant) -> Literal["signed", "over"]:
        """Sign a status list as it stands; over: no badge on it can live, or none ever stood there. Raises Unavailable."""
        # Its version before what stands on it: whoever wrote a status meanwhile signs after us, or makes this one late.
        held = self.lists.get(name)
        if held is None:
            return "over"
        if now >= status.ends(name):
            if status.again_at(name, held.signed_at):  # it was to be signed once more, and the time for that has passed
                self._keep(replace(held, signed_at=now, version=held.version + 1))
            return "over"
        said = status.claims(name, self._issuer(), self.lists.statuses(name), now)
        key = self.signer.key
        token = self._signed(claims.to_sign(status.TYPE, key, said))
        self._keep(
            SignedList(name=name, token=token, key=key, issuer=self.issuer, signed_at=now, version=held.version + 1)
        )
        return "signed"

    def stale(self, badge: Badge) -> bool:
        """Whether a badge is to be signed: it never was, or with another key, or as of another issuer. Raises Unavailable."""
        self._issuer()
        return badges.stale(badge, self.signer.key, self.issuer)

    def _with_list(self, name: str, now: Instant) -> None:
        held = self.lists.get(name)
        if held is None or not held.token or (held.key, held.issuer) != (self.signer.key, self.issuer):
            self.sign_list(name, now)

    def _keep(self, after: SignedList) -> None:
        try:
            self.lists.keep(after)
        except Changed:
            raise Unavailable("the list was signed in between") from None

    def _signed(self, text: str) -> str:
        return claims.compact(text, self.signer.sign(text.encode("ascii")))

    def _issuer(self) -> str:
        if self.issuer == NOBODY:
            raise Unavailable("it is not known where people reach the market (PublicUrl)")
        return self.issuer

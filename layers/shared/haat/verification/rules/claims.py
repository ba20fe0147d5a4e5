"""What a badge says, as a signed JSON Web Token (RFC 7519, RFC 7515).

It says nothing that the shop's public profile does not show: whoever has it learns only that the market has looked.
"""

import json
from collections.abc import Mapping
from typing import Any

from haat.verification.model.badge import Badge
from haat.verification.rules.signatures import base64url

TYPE = "haat-badge+jwt"  # RFC 8725, 3.11: no other token of ours can be taken for a badge
ALGORITHM = "ES256"


def list_uri(issuer: str, name: str) -> str:
    """Where a status list is."""
    return f"{issuer}/v1/badge-status-lists/{name}"


def claims(badge: Badge, merchant: str, issuer: str) -> dict[str, Any]:
    """A badge's claims. Times are seconds since 1970; the number is as ITU-T E.164 has it, with its plus."""
    said: dict[str, Any] = {
        "iss": issuer,
        "sub": merchant,
        "jti": badge.id,
        "iat": badge.issued_at // 1000,
        "exp": badge.expires_at // 1000,
        "name": badge.basis.name,
        "level": badge.level,
        "status": {"status_list": {"idx": badge.index, "uri": list_uri(issuer, badge.list)}},
    }
    if badge.basis.number:
        said["number"] = e164(badge.basis.number)
    if badge.e2ee_master_key:
        said["e2ee_master_key"] = badge.e2ee_master_key
    return said


def e164(number: str) -> str:
    """A number as people dial it anywhere: its digits behind a plus."""
    return "+" + "".join(char for char in number if char in "0123456789")


def to_sign(type: str, key: str, said: Mapping[str, Any]) -> str:
    """The input of a signature (RFC 7515, 5.1): header and claims, each as base64url, with a dot between."""
    header = {"alg": ALGORITHM, "kid": key, "typ": type}
    return f"{_part(header)}.{_part(said)}"


def compact(signed: str, signature: bytes) -> str:
    """The whole, in its compact serialisation."""
    return f"{signed}.{base64url(signature)}"


def _part(value: Mapping[str, Any]) -> str:
    return base64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

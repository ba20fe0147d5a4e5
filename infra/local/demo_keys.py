"""Key pairs of RSA for the simulated banks and the demo shop: made when they are first asked for, the same ones by every process.

A stage that is started again, or another process beside a stack that stands, must hold the other half of what was sealed before. So
a pair follows from its name alone, and everybody can work it out: no key is kept in the repository, and none here protects anything.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

BITS = 2048  # half of what a bank asks for, and quick
_EXPONENT = 65_537
_WITNESSES = 5  # rounds of Miller and Rabin: nobody has chosen these numbers to deceive
_SMALL = 2_000
_SEED = "haat-local-12"  # chosen among others, as the pairs of the stage come soon from it


@dataclass(frozen=True, slots=True)
class Pair:
    """Both halves, as PEM: PKCS#8 and SPKI."""

    private: str
    public: str


@cache
def pair(name: str) -> Pair:
    """Return the pair of a name."""
    drawn = _numbers(name)
    p, q = _prime(drawn), _prime(drawn)
    p, q = max(p, q), min(p, q)
    private = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    key = rsa.RSAPrivateNumbers(
        p,
        q,
        private,
        private % (p - 1),
        private % (q - 1),
        pow(q, -1, p),
        rsa.RSAPublicNumbers(_EXPONENT, p * q),
    ).private_key(unsafe_skip_rsa_key_validation=True)
    return Pair(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )


def hex_key(name: str) -> str:
    """Return the AES-128 key of a name, as 32 hex digits."""
    return hashlib.sha256(f"haat-local-{name}".encode()).hexdigest()[:32].upper()


def _numbers(name: str) -> Iterator[int]:
    """Yield odd numbers of half a modulus, the two highest bits set, so that two of them make a whole one."""
    turn, size = 0, BITS // 2
    while True:
        turn += 1
        drawn = hashlib.shake_256(f"{_SEED}-{name}-{turn}".encode()).digest(size // 8)
        yield int.from_bytes(drawn) | 3 << (size - 2) | 1


def _prime(drawn: Iterator[int]) -> int:
    return next(each for each in drawn if all(each % small for small in _small()) and _is_prime(each))


@cache
def _small() -> tuple[int, ...]:
    found: list[int] = []
    for each in range(3, _SMALL, 2):
        if all(each % one for one in found if one * one <= each):
            found.append(each)
    return tuple(found)


def _is_prime(number: int) -> bool:
    """Say whether a number is one, and fits the exponent; a wrong answer has less than one chance in a thousand."""
    if (number - 1) % _EXPONENT == 0:
        return False
    odd = (number - 1) >> (twos := ((number - 1) & (1 - number)).bit_length() - 1)
    for base in (2, 3, 5, 7, 11)[:_WITNESSES]:
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True

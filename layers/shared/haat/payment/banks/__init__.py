"""One pure module for each provider; CONTRIBUTING.md says how to add one. They do no I/O: bytes come in, values go out.

Every module has the members of `Bank`, in its order. What reads (`read_...`) never raises, whatever it is given; what calls raises
`Misconfigured` where a key is missing, and names the key only. `haat.payment.banks.registry` finds a module by its name.

The words for why something can't be used stand in the docstrings of `Refused` (a callback: model/evidence.py), `BadRow` (a line of a file) and
`Failed` (an answer), the latter two in model/bank.py.
"""

from haat.payment.model.bank import (
    Account,
    Asked,
    BadRow,
    Call,
    Caps,
    Created,
    Failed,
    Keys,
    Named,
    NotFound,
    Row,
    Rows,
)
from haat.payment.ports.banks import Bank

__all__ = [
    "Account",
    "Asked",
    "BadRow",
    "Bank",
    "Call",
    "Caps",
    "Created",
    "Failed",
    "Keys",
    "Named",
    "NotFound",
    "Row",
    "Rows",
]

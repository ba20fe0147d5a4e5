"""Routes that are loaded when they are first asked for: most lives of a function serve few kinds of requests."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from haat.edge.api.api import Route, routes_of
from haat.edge.api.operations import operations
from haat.kernel.errors import Misconfigured

Part = Callable[[], Iterable[object]]  # objects whose public methods are routes


class Later(Mapping[str, Route]):
    """A function's routes by the ids of its operations, in parts.

    A part serves some resources: what an address names behind the merchant's id, or behind the API's version where it is no merchant's.
    It is loaded at the first request for one of them.
    """

    def __init__(self, function: str, parts: Mapping[Part, Iterable[str]]) -> None:
        """Raises Misconfigured where an operation belongs to no part."""
        serves = {resource: part for part, resources in parts.items() for resource in resources}
        listed = operations(function).values()
        if missing := sorted({_resource(operation.path) for operation in listed} - serves.keys()):
            raise Misconfigured(f"nothing serves {', '.join(missing)}")
        self._parts = {operation.id: serves[_resource(operation.path)] for operation in listed}
        self._loaded: dict[Part, dict[str, Route]] = {}

    def __getitem__(self, id: str) -> Route:
        """The route of an operation. Raises KeyError."""
        part = self._parts[id]
        if part not in self._loaded:
            self._loaded[part] = routes_of(*part())
        return self._loaded[part][id]

    def __contains__(self, id: object) -> bool:
        """Whether a part serves it; loads nothing."""
        return id in self._parts

    def __iter__(self) -> Iterator[str]:
        """All ids; loads nothing."""
        return iter(self._parts)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._parts)


def _resource(path: str) -> str:
    theirs = path.partition("{merchant_id}/")[2] or path.removeprefix("/v1/")
    return theirs.partition("/")[0]

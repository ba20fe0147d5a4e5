"""Environment variables: each has a reader in the function's code, and each reader its variable."""

from collections.abc import Iterator

from infra.lint.readers import Readers, readers
from infra.lint.templates import FUNCTION, Finding, House, Resource, variables

LIBRARY = "layers/shared"


def variables_have_readers(house: House) -> Iterator[Finding]:
    """Every environment variable of a function is read by that function's code."""
    for function in house.of(FUNCTION):
        read = _readers(house, function)
        for name in variables(function):
            if name not in read.read:
                yield function.breaks(f"nothing in its code reads {name}: take the variable away, also from Globals")
            elif name in read.unused:
                yield function.breaks(f"{read.unused[name]} holds {name} and nothing looks at it: take both away")


def readers_have_variables(house: House) -> Iterator[Finding]:
    """Every environment variable that a function's code reads is in the template."""
    for function in house.of(FUNCTION):
        given = variables(function)
        for name, where in _readers(house, function).read.items():
            if name not in given:
                yield function.breaks(f"{where} reads {name}: add the variable, or take the reader away")


def reading_can_be_followed(house: House) -> Iterator[Finding]:
    """Code reads the environment by literal names or through settings, so that these rules can follow it."""
    for function in house.of(FUNCTION):
        for where in _readers(house, function).unclear:
            yield function.breaks(
                f"{where} reads the environment in a way that no rule can follow: use a settings dataclass"
            )


def _readers(house: House, function: Resource) -> Readers:
    code = house.folder / str(function.properties["CodeUri"])
    return readers(code / (str(function.properties["Handler"]).partition(".")[0] + ".py"), house.folder / LIBRARY)

"""The linear algebra of learning, in plain Python: a symmetric positive definite matrix and its inverse."""

from math import sqrt, sumprod

type Rows = list[list[float]]


def inverse(matrix: Rows, ridge: float) -> Rows:
    """The inverse of a matrix with `ridge` added to its diagonal, by Cholesky. Only the part at and under the diagonal is read."""
    under, diagonal = _cholesky(matrix, ridge)
    count = len(diagonal)
    # Column by column of the inverse of the triangle, each from its diagonal downwards.
    columns: Rows = []
    for start in range(count):
        column = [1 / diagonal[start]]
        for row in range(start + 1, count):
            column.append(-sumprod(under[row][start:], column) / diagonal[row])
        columns.append(column)
    found = [[0.0] * count for _ in range(count)]
    for one in range(count):
        for other in range(one + 1):
            found[one][other] = found[other][one] = sumprod(columns[other][one - other :], columns[one])
    return found


def _cholesky(matrix: Rows, ridge: float) -> tuple[Rows, list[float]]:
    """The triangle under the diagonal, row by row, and the diagonal."""
    under: Rows = []
    diagonal: list[float] = []
    for number, row in enumerate(matrix):
        found: list[float] = []
        for column in range(number):
            found.append((row[column] - sumprod(found, under[column])) / diagonal[column])
        diagonal.append(sqrt(row[number] + ridge - sumprod(found, found)))
        under.append(found)
    return under, diagonal

"""Cells of a table that people open with a spreadsheet."""


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and whose leading zeros stay."""
    numeric = len(cell) > 1 and cell[0] == "0" and cell.isdigit()
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "'", "\t", "\r") or numeric else cell

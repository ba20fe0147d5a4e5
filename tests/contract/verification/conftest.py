"""The desk of every contract of verification."""

from tests.contract.verification.desk import desk

__all__ = ["desk"]

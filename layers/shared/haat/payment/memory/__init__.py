"""Payments: memory."""

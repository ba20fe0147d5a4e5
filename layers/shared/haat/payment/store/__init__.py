"""Payments: store."""

"""Payments: service."""

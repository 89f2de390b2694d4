"""Printable report (PDF later)."""

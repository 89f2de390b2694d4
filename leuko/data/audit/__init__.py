"""Duplicates, shortcuts."""

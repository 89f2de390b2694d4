"""Fit gates."""

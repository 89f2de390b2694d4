"""Bytes -> RGB."""

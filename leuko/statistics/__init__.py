"""Intervals, bootstrap and tests."""

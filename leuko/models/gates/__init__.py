"""Thresholds as stored."""

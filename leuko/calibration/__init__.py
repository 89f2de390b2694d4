"""Fit when a model defers to a person."""

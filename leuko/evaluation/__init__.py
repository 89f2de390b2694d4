"""Stored predictions to metrics, intervals and figures; no torch."""

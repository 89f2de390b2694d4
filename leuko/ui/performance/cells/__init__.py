"""Sections of the Performance page on cell models, and on finding cells."""

"""Rows of text for tables, pages and reports alike."""

"""Plotly figures, the same on pages and in reports."""

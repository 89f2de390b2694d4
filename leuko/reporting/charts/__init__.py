"""Plotly."""

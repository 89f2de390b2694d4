"""Heatmap -> picture."""

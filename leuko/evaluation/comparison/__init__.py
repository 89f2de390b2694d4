"""Paired models, raters."""

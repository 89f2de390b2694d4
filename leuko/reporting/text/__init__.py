"""Sentences on models and figures."""

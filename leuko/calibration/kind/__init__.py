"""Fit and measure the kind classifier."""

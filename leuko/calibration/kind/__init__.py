"""Fit and measure the gate that tells kinds of pictures apart."""

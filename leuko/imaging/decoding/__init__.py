"""Bytes of a file to upright 8-bit RGB."""

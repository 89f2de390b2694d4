"""Decode, check, preprocess and overlay pictures with Pillow and NumPy."""

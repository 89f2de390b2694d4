"""Data-set adapters, splits and duplicate checks."""

"""Splits, folds and samples."""

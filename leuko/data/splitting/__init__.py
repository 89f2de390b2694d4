"""Splits and folds."""

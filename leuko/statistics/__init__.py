"""Intervals, bootstrap, tests: NumPy and SciPy only."""

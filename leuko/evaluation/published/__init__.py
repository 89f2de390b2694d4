"""The published studies and how far they were reproduced."""

"""The printable report of a model."""

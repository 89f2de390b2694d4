"""The command line: python -m leuko."""

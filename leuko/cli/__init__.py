"""The command line: ``leuko`` or ``python -m leuko``."""

"""The tab "Compare"."""

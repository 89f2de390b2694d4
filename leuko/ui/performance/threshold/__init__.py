"""The tab "Threshold"."""

"""The tab "My images"."""

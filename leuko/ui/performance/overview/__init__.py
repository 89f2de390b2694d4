"""The tab "All models"."""

"""The tab "One model"."""

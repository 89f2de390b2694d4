"""Leukemia cell-image workbench: the core, usable without the web application."""

__version__ = "0.1.0"

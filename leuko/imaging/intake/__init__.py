"""Uploads and ZIP."""

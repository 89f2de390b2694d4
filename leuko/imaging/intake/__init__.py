"""Uploads and archives to single files."""

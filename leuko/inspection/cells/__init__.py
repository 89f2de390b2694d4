"""Leukocytes found by colour."""

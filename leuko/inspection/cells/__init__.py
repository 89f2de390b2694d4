"""Leukocytes by colour; home of detection and counting."""

"""The page Count."""

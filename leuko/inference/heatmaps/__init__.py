"""Class activation maps, and where their evidence lies."""

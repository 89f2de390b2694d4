"""Model cards, networks and verified weights."""

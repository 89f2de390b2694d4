"""Steps of a card."""

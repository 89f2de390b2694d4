"""Focus, light and noise, and the ranges of a model's training pictures."""

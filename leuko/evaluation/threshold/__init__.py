"""Operating points and how to choose them."""

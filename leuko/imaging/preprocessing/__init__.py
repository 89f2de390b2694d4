"""A picture to the square that a network reads, as its card says."""

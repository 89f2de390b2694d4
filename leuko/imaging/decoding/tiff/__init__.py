"""A TIFF to RGB: which pages are its colours, what their samples mean, and their decoding."""

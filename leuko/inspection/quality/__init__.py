"""Focus, light, noise; reference ranges."""

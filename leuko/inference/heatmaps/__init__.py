"""CAM methods and where evidence lies."""

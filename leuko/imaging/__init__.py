"""Read, prepare and render pictures with Pillow, OpenCV and NumPy."""

"""Charts of cell models and of the finder of cells."""

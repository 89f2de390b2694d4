"""Field, crop, segmented, none."""

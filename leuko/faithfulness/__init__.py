"""Are the heatmaps to be trusted (torch)."""

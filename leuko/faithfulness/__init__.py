"""Whether the heatmaps of a model can be trusted."""

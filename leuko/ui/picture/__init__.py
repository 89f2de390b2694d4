"""One picture on a page: viewer, verdict, heatmap."""

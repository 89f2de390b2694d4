"""Heatmaps and pictures to what a person looks at."""
